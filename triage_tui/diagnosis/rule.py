"""A rule: a pure function of a picture and thresholds, and what it says about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TypeVar

from msgspec import Struct

from triage_tui.config.limits import Bound, default_of
from triage_tui.model import Deed, Evidence, Finding, Kind, Picture, Severity, Sighting
from triage_tui.model.finding import Key

HYSTERESIS = 0.05
"""What was found stays so until it is better by this share of the threshold: a value on the edge does not flicker."""

D = TypeVar("D")


class Needs(Enum):
    """What a rule has to have of a target before it says anything.

    FRESH   data that are live; what is stale, down or denied is neither found nor cleared
    ANSWER  a look that has ended, in whichever way
    """

    FRESH = "live data of the target, not older than three of its intervals"
    ANSWER = "at least one look at the target that has ended"


class Unclear(Struct, frozen=True):
    """The rule cannot tell: it neither finds anything, nor does it call the subject well.

    subject  None: all subjects of this rule at this target
    """

    subject: str | None = None


class Scene(Struct, frozen=True):
    """What a rule is shown: one target of a picture. The rest of the picture is there for comparison.

    rule    id of the finding that is looked for
    bounds  thresholds by the name of a signal or limit, see config/limits.py
    active  what was found in the pictures before and has not been cleared, and how bad it was
    """

    rule: str
    picture: Picture
    sighting: Sighting
    bounds: Mapping[str, Bound] = {}
    active: Mapping[Key, Severity] = {}

    @property
    def target(self) -> str:
        """Name of the target."""
        return self.sighting.target.name

    def data(self, of: type[D]) -> D:
        """The target's data. Raises TypeError where they are of another kind, which is a mistake in a rule."""
        if not isinstance(self.sighting.data, of):
            raise TypeError(f"{self.rule} looks for {of.__name__} at {self.target}")
        return self.sighting.data

    def severity(self, name: str, value: float | None, subject: str = "") -> Severity | None:
        """How bad a value of a signal or limit is; None where it is well, or unknown.

        With hysteresis: for what is active the thresholds are nearer to the good side.
        """
        bound = self.bounds.get(name)
        if value is None or bound is None:
            return None
        severity = _crossed(bound, value, 0.0)
        before = (
            self.active.get((self.rule, self.target, subject)) if severity is not Severity.CRITICAL else None
        )
        if before is None:
            return severity
        # What was critical stays so near the edge; what was a warning does not become critical there.
        relaxed = _crossed(bound, value, HYSTERESIS)
        if relaxed is Severity.CRITICAL and before is not Severity.CRITICAL:
            return Severity.WARNING
        return relaxed

    def limit(self, name: str, severity: Severity) -> float | None:
        """The threshold of a signal or limit for a severity, as it is configured."""
        bound = self.bounds.get(name)
        if bound is None:
            return None
        return bound.critical if severity is Severity.CRITICAL else bound.warning

    def scope(self, name: str) -> float:
        """What counts begins or ends here: a limit of config/scopes.py, which is no grade of badness."""
        bound = self.bounds.get(name) or default_of(name)
        value = bound.warning if bound.warning is not None else bound.critical
        if value is None:
            raise TypeError(f"{name} is no limit with a value")
        return value

    def fact(self, text: str) -> Evidence:
        """Evidence as old as the target's data."""
        return Evidence(text, age_s=self.sighting.age_s)

    def measured(self, text: str, name: str, value: float, severity: Severity) -> Evidence:
        """Evidence that a threshold was compared with."""
        return Evidence(text, name, value, self.limit(name, severity), self.sighting.age_s)

    def deed(self, id: str, argument: str = "", why: str = "") -> Deed:
        """A check or an action at this target."""
        return Deed(id, self.target, argument, why)

    def finding(
        self,
        severity: Severity,
        subject: str,
        title: str,
        evidence: Iterable[Evidence],
        *,
        against: Iterable[str] = (),
        began_s: float | None = None,
        checks: Iterable[Deed] = (),
        actions: Iterable[Deed] = (),
        about: Iterable[str] = (),
        quotes: Iterable[str] = (),
        guides: Iterable[str] = (),
    ) -> Finding:
        """A finding of this rule at this target."""
        return Finding(
            id=self.rule,
            severity=severity,
            target=self.target,
            subject=subject,
            title=title,
            evidence=tuple(evidence),
            against=tuple(against),
            began_s=began_s,
            checks=tuple(checks),
            actions=tuple(actions),
            about=tuple(about),
            quotes=tuple(quotes),
            guides=tuple(guides),
        )


def _crossed(bound: Bound, value: float, slack: float) -> Severity | None:
    """slack: the share of a threshold by which it is moved to the good side."""
    warning, critical, low_is_bad = bound
    if low_is_bad:
        if critical is not None and value <= critical * (1 + slack):
            return Severity.CRITICAL
        return Severity.WARNING if warning is not None and value <= warning * (1 + slack) else None
    if critical is not None and value >= critical * (1 - slack):
        return Severity.CRITICAL
    return Severity.WARNING if warning is not None and value >= warning * (1 - slack) else None


Judge = Callable[[Scene], Iterable[Finding | Unclear]]
"""All that is wrong with one target by one rule, and what it cannot tell. A subject that is not named is well."""


class Rule(Struct, frozen=True):
    """One rule. Several may look for the same finding, at targets of different kinds.

    id        the finding, of model/findings.py
    kinds     the kinds of target that it is asked about
    looks_at  what it compares, as a sentence
    because   why that matters, as a sentence
    limits    names of the thresholds that it compares with: signals or limits
    needs     what has to be fresh
    hold_s    how long it has to be so before it is told; the data may tell that it has been so for that long
    clear_s   how long it has to be well before it is over
    """

    id: str
    kinds: tuple[Kind, ...]
    looks_at: str
    because: str
    judge: Judge
    limits: tuple[str, ...] = ()
    needs: Needs = Needs.FRESH
    hold_s: float = 0.0
    clear_s: float = 4.0
