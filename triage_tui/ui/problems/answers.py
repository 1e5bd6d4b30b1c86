"""Which guide answers which finding: asked at the desk once for each, and again when a guide was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from triage_tui.model import Diagnosis, Finding
from triage_tui.model.finding import Key
from triage_tui.ui.guides.desk import Desk, Post

if TYPE_CHECKING:
    from triage_tui.guides.library import Library


class Answers:
    """Where nothing is wrong nothing is asked: the guides are not even opened.

    known  finding → ids of entries, the best first; what has not been answered yet is missing
    """

    def __init__(self, desk: Desk, post: Post, changed: Callable[[], None]) -> None:
        """post: runs something on the screen's thread; changed: called there when an answer has come."""
        self._desk = desk
        self._post = post
        self._changed = changed
        self._asked: dict[Key, Finding] = {}
        self._waiting: set[Key] = set()
        self.known: dict[Key, Sequence[str]] = {}

    def look(self, diagnosis: Diagnosis) -> None:
        """Ask about what has not been asked about. A finding whose words have changed is another question."""
        findings = {finding.key: finding for finding in diagnosis.findings}
        asked = {key: self._asked[key] for key in findings if key in self._asked}
        wanted = [one for key, one in findings.items() if key not in asked or _differs(one, asked[key])]
        self.known = {key: ids for key, ids in self.known.items() if key in findings}
        self._asked = asked
        self._waiting &= findings.keys()
        if not wanted:
            return
        self._asked |= {finding.key: finding for finding in wanted}
        self._waiting |= {finding.key for finding in wanted}
        self._desk.open(self._post, self._on_news)
        # With those that still wait, since of several questions only the last is asked. Not with those that have
        # their answer: findings come one after the other, and each costs a search.
        open_ones = [findings[key] for key in findings if key in self._waiting]
        self._desk.ask("answers", lambda library: _answered(library, open_ones), self._on_answered)

    def _on_answered(self, found: object) -> None:
        # Where guides cannot be read the sidebar says why; a finding does without.
        if not isinstance(found, dict):
            return
        self._waiting -= found.keys()
        known = self.known | found
        if known != self.known:
            self.known = known
            self._changed()

    def _on_news(self) -> None:
        self._asked.clear()
        self._changed()


def _differs(one: Finding, other: Finding) -> bool:
    return (one.quotes, one.guides, one.about) != (other.quotes, other.guides, other.about)


def _answered(library: Library, findings: Sequence[Finding]) -> dict[Key, Sequence[str]]:
    from triage_tui.guides.answers import answers

    return {one.key: tuple(answer.id for answer in answers(library, one)) for one in findings}
