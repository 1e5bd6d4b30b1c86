"""What calls a reader who looks elsewhere: the terminal's title, and its bell."""

from __future__ import annotations

from triage_tui.config.settings import ScreenSettings
from triage_tui.model import Diagnosis, Severity
from triage_tui.model.finding import Key
from triage_tui.text import ascii_only, safe
from triage_tui.ui.problems.rows import counted

TITLE_CHARACTERS = 80


class Alarm:
    """Compares each diagnosis with the one before.

    Whoever knows of a finding already is not called again while it comes and goes within an incident: a finding counts
    as new once, until the cockpit is left.
    """

    def __init__(self, settings: ScreenSettings, environment: str, *, unicode: bool) -> None:
        self._settings = settings
        self._environment = safe(environment)
        self._unicode = unicode
        self._title = ""
        self._known: set[Key] = set()

    def title(self, diagnosis: Diagnosis) -> str | None:
        """The terminal's new title: `✗ 2 critical: triage prod`; None where it stays as it is."""
        if not self._settings.title:
            return None
        worst = counted(diagnosis)
        title = f"{worst}: triage {self._environment}" if worst else f"triage {self._environment}"
        title = (title if self._unicode else ascii_only(title))[:TITLE_CHARACTERS]
        if title == self._title:
            return None
        self._title = title
        return title

    def rings(self, diagnosis: Diagnosis) -> bool:
        """Something critical is wrong that was not before."""
        critical = {one.root.key for one in diagnosis.incidents if one.root.severity is Severity.CRITICAL}
        new = critical - self._known
        self._known |= new
        return bool(new) and self._settings.bell
