"""From one picture after the other to a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from triage_tui.config.limits import bounds
from triage_tui.config.settings import Hold, QuietRule, Threshold
from triage_tui.diagnosis.changes import News, kept, news_of, with_changes
from triage_tui.diagnosis.course import Course, Holding, active, pending, step, told
from triage_tui.diagnosis.incidents import incidents_of
from triage_tui.diagnosis.judging import judge
from triage_tui.diagnosis.quiet import split
from triage_tui.diagnosis.registry import all_rules
from triage_tui.diagnosis.rule import Rule
from triage_tui.diagnosis.separating import HEARD_S, separated
from triage_tui.diagnosis.ties import ties_of
from triage_tui.model import Diagnosis, Incident, Picture
from triage_tui.model.finding import Key
from triage_tui.model.outcome import Heard

MOST_HEARD = 64
"""Answers that are remembered: several rounds of checks."""


class Diagnostician:
    """Remembers what has to be remembered between pictures, and nothing else. Not for two threads at once."""

    def __init__(
        self,
        thresholds: Mapping[str, Threshold] | None = None,
        quiet: Sequence[QuietRule] = (),
        rules: Sequence[Rule] | None = None,
        holds: Mapping[str, Hold] | None = None,
    ) -> None:
        """thresholds, quiet, holds: what triage.toml gives; rules: None for all that there are."""
        self.quiet: Sequence[QuietRule] = quiet
        """What is not told; may be replaced between two pictures."""

        self._bounds = bounds(thresholds or {})
        self._rules = all_rules() if rules is None else tuple(rules)
        self._holding = Holding(self._rules, holds)
        self._courses: dict[Key, Course] = {}
        self._before: Picture | None = None
        self._news: tuple[News, ...] = ()
        self._heard: tuple[Heard, ...] = ()
        self.defects: tuple[Exception, ...] = ()
        """Mistakes of rules, met in the latest picture."""

    def hear(self, heard: Heard) -> None:
        """A check was answered: its latest answer counts for a while, and moves what is likely."""
        same = (heard.id, heard.target, heard.argument)
        others = [one for one in self._heard if (one.id, one.target, one.argument) != same]
        self._heard = (*others, heard)[-MOST_HEARD:]

    def see(self, picture: Picture) -> Diagnosis:
        """What the pictures so far mean, this one the latest."""
        judgement = judge(self._rules, picture, self._bounds, active(self._courses))
        self.defects = judgement.defects
        self._courses = step(self._courses, judgement, picture, self._holding)
        self._news = kept((*self._news, *news_of(self._before, picture)), picture.wall_at)
        self._before = picture
        self._heard = tuple(one for one in self._heard if picture.taken_at - one.at <= HEARD_S)
        findings = told(self._courses, judgement, picture)
        found: tuple[Incident, ...] = ()
        if findings:
            ties = ties_of(picture)
            found = tuple(
                replace(one, root=separated(one.root, picture, self._heard, findings, ties))
                for one in incidents_of([with_changes(one, self._news, ties) for one in findings], ties)
            )
        incidents, quiet = split(found, self.quiet, picture.wall_at)
        return Diagnosis(
            taken_at=picture.taken_at,
            wall_at=picture.wall_at,
            incidents=incidents,
            quiet=quiet,
            pending=tuple(pending(self._courses)),
        )
