"""What is wrong, how that is known, and what may be done: the result of a diagnosis."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

Key = tuple[str, str, str]
"""(finding id, target, subject): the identity of a finding over successive pictures."""


class Severity(StrEnum):
    """How bad a finding is. The value is the word in JSON and in triage.toml.

    info      worth knowing, and no reason to get up
    warning   it will hurt soon, or hurts a little
    critical  it hurts now
    """

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info, 2 for critical."""
        return _RANKS[self]


_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


class Evidence(Struct, frozen=True):
    """One fact that a finding rests on.

    text    a sentence with its numbers in it
    signal  the signal or limit that was compared, where there is one; value and limit are in its unit
    age_s   seconds since the fact was seen; None: it holds by itself (a configuration)
    """

    text: str
    signal: str | None = None
    value: float | None = None
    limit: float | None = None
    age_s: float | None = None


class Deed(Struct, frozen=True):
    """A check or an action that is proposed: an id of model/deeds.py, and what it is done to.

    target    name of the target that it goes through
    argument  a container, a pid, a queue, …; "" the target itself
    why       what it would tell, or mend
    """

    id: str
    target: str
    argument: str = ""
    why: str = ""


class Possible(Struct, frozen=True):
    """One of the causes that a finding may have.

    share  how likely it is among them, 0…1, by what is seen and what checks said
    """

    id: str
    words: str
    share: float


class Change(Struct, frozen=True):
    """Something that happened shortly before a finding began. at: UTC; before_s: seconds before the beginning."""

    at: datetime
    before_s: float
    text: str


class Finding(Struct, frozen=True):
    """One thing that is wrong.

    id        see model/findings.py
    target    name of the target; subject: a container, a queue, `pid 42`, a mount, … within it; "" the target itself
    title     one line, without the target's name
    evidence  the strongest first
    against   what speaks against it
    began_s   seconds since it began, as the data tell; None where they do not
    since     when it began, UTC: by the data, or when it was first seen
    before    what changed shortly before, the latest first
    checks, actions  proposals, the best first
    about     names of containers and targets that it concerns beside its own subject: they fold under it, or it
              under them
    quotes    lines of foreign text (made safe) that it rests on; guides are matched against them
    guides    ids of guides that the evidence itself names, the best first
    stale     what it rests on cannot be seen any more: it was so when last seen
    causes    where several remain possible, each, the likeliest first
    """

    id: str
    severity: Severity
    target: str
    subject: str
    title: str
    evidence: tuple[Evidence, ...] = ()
    against: tuple[str, ...] = ()
    began_s: float | None = None
    since: datetime | None = None
    before: tuple[Change, ...] = ()
    checks: tuple[Deed, ...] = ()
    actions: tuple[Deed, ...] = ()
    about: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    guides: tuple[str, ...] = ()
    stale: bool = False
    causes: tuple[Possible, ...] = ()

    @property
    def key(self) -> Key:
        """What makes it the same finding in the next picture."""
        return self.id, self.target, self.subject


class Incident(Struct, frozen=True):
    """Findings that hang together. symptoms: what the root explains, the worst first."""

    root: Finding
    symptoms: tuple[Finding, ...] = ()


class Quiet(Struct, frozen=True):
    """A finding that is known and not to be told.

    until  UTC; None: for good
    by     who made it quiet by key; "" where the configuration does
    rule   (finding, target, subject) of the rule that was set by key, as it is written: what can be lifted by key
    """

    finding: Finding
    reason: str
    until: datetime | None = None
    by: str = ""
    rule: Key | None = None


class Diagnosis(Struct, frozen=True):
    """What the pictures so far mean.

    taken_at   monotonic seconds of the last picture; wall_at the same instant in UTC
    incidents  ranked: the one to see to first comes first
    quiet      findings that are snoozed, ignored or expected
    pending    findings that hold, but not for long enough yet
    notes      what is not known of what was made quiet by key, and why, in words
    """

    taken_at: float
    wall_at: datetime
    incidents: tuple[Incident, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    pending: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that are told, incident by incident, each root before its symptoms."""
        return tuple(finding for one in self.incidents for finding in (one.root, *one.symptoms))

    @property
    def known(self) -> tuple[Finding, ...]:
        """What is told, what is known and quiet, and what has not held for long enough to be told."""
        return (*self.findings, *(one.finding for one in self.quiet), *self.pending)

    def quiet_of(self, finding: Finding) -> Quiet | None:
        """Why a finding is not to be told; None where it is."""
        return next((one for one in self.quiet if one.finding.key == finding.key), None)

    @property
    def worst(self) -> Severity | None:
        """The worst severity of what is told; None where all is well."""
        return max((one.severity for one in self.findings), key=lambda each: each.rank, default=None)
