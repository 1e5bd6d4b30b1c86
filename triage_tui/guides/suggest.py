"""Entries for what is wrong now: findings first, then symptoms that are compared with readings.

What is unknown speaks neither way. A symptom that holds on a calm system too (`queue.in_flight == 0`, `queue.waiting >
0`) only adds to what others say: it never proposes an entry.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from triage_tui.guides.index import Index, Row
from triage_tui.model.signals import SIGNALS
from triage_tui.text import figures

Readings = Mapping[str, Sequence[float]]
"""Signal → the values that it has now, one for each target and subject."""

MAX_SUGGESTIONS = 5

ENOUGH = 3.0
"""Weight of telling symptoms that have to hold: one that says it all, or two that say the same."""

_FINDING = 1_000.0
"""What a finding speaks for an entry that answers it: more than all symptoms together."""

_RANKS = 50
_RANK = 20.0
"""Findings whose order counts, and what each place of it counts: more than all symptoms together."""

_NAMESAKE = 2_000.0
"""What is added for the entry that is named like the finding: others answer it for one system, and come after the
namesakes of all findings."""

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_SEVERITY = {"critical": 2, "warning": 1, "info": 0}

_BUSY = frozenset(
    {
        "docker.containers_running", "postgres.active", "postgres.commits_per_s", "postgres.connections",
        "queue.growth_per_s", "queue.in_flight", "queue.waiting", "redis.blocked_clients", "redis.clients",
        "redis.ops_per_s",
    }
)  # fmt: skip
"""Signals that are above zero wherever work is done."""


def is_telling(signal: str, op: str, value: float) -> bool:
    """Whether a condition says that something is wrong: it does not hold at rest, nor where little work is done."""
    holds = _OPERATORS[op]
    known = SIGNALS.get(signal)
    rest = math.inf if known is not None and known.low_is_bad else 0.0
    return not holds(rest, value) and not (signal in _BUSY and holds(1.0, value))


class Suggestion(Struct, frozen=True):
    """An entry, and what speaks for it, what against it, and what is not known, as sentences."""

    row: Row
    score: float
    supporting: tuple[str, ...]
    refuting: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def suggest(
    index: Index, readings: Readings, findings: Collection[str] = (), limit: int = MAX_SUGGESTIONS
) -> list[Suggestion]:
    """Entries whose symptoms hold, or that answer a finding; what fits best first. findings: the worst first."""
    return suggest_at(index, (readings,), findings, limit)


def suggest_at(
    index: Index, places: Iterable[Readings], findings: Collection[str] = (), limit: int = MAX_SUGGESTIONS
) -> list[Suggestion]:
    """The same for many places, as each queue of each server: symptoms of an entry have to hold at one place."""
    found: dict[int, _Evidence] = {}
    answered: dict[int, _Evidence] = {}
    for rank, finding in enumerate(dict.fromkeys(findings)):
        for entry in index.answering(finding):
            weight = _FINDING + _RANK * max(0, _RANKS - rank)
            answered.setdefault(entry, _Evidence()).support(f"answers {finding}", weight, telling=True)
    by_signal, by_entry = _by_signal_and_entry(index)
    places = list(places)
    # Readings of a target stand at each of its subjects: they are compared once.
    compared: dict[int, frozenset[int]] = {}
    for readings in places:
        hold: set[int] = set()
        for signal, values in readings.items():
            if id(values) not in compared:
                compared[id(values)] = frozenset(
                    one.entry for one in by_signal.get(signal, ()) if one.telling and one.holding(values)
                )
            hold |= compared[id(values)]
        for entry in hold:
            evidence = _Evidence()
            for one in by_entry[entry]:
                evidence.weigh(one, readings.get(one.signal, ()))
            if evidence.fits and (entry not in found or evidence.score > found[entry].score):
                found[entry] = evidence
    for entry, evidence in answered.items():
        if entry in found:
            found[entry].join(evidence)
        else:
            found[entry] = evidence
    rows = index.rows(found)
    named = {finding.replace("queue.", "queues.", 1).replace(".", "/", 1) for finding in findings}
    for entry, evidence in found.items():
        if rows[entry].id in named:
            evidence.weight += _NAMESAKE
    ranked = sorted(
        found.items(),
        key=lambda item: (-item[1].score, -_SEVERITY.get(rows[item[0]].severity, 0), rows[item[0]].id),
    )
    return [
        Suggestion(rows[entry], one.score, tuple(one.supporting), tuple(one.refuting), tuple(one.unknown))
        for entry, one in ranked[:limit]
    ]


class _Symptom(Struct, frozen=True):
    entry: int
    signal: str
    op: str
    value: float
    weight: float
    telling: bool

    def holding(self, values: Sequence[float]) -> list[float]:
        holds = _OPERATORS[self.op]
        return [value for value in values if holds(value, self.value)]


def _by_signal_and_entry(index: Index) -> tuple[dict[str, list[_Symptom]], dict[int, list[_Symptom]]]:
    by_signal: dict[str, list[_Symptom]] = {}
    by_entry: dict[int, list[_Symptom]] = {}
    for entry, signal, op, value, weight in index.symptoms():
        one = _Symptom(entry, signal, op, value, weight, is_telling(signal, op, value))
        by_signal.setdefault(signal, []).append(one)
        by_entry.setdefault(entry, []).append(one)
    return by_signal, by_entry


class _Evidence:
    def __init__(self) -> None:
        self.weight = self.telling = self.against = 0.0
        self.supporting: list[str] = []
        self.refuting: list[str] = []
        self.unknown: list[str] = []

    def support(self, said: str, weight: float, *, telling: bool) -> None:
        self.supporting.append(said)
        self.weight += weight
        self.telling += weight if telling else 0.0

    def weigh(self, one: _Symptom, readings: Sequence[float]) -> None:
        wanted = f"{one.signal} {one.op} {one.value:g}"
        if not readings:
            self.unknown.append(f"{wanted}: not known")
            return
        holding = one.holding(readings)
        if holding:
            self.support(f"{wanted}: {_shown(one.signal, max(holding))}", one.weight, telling=one.telling)
        else:
            self.refuting.append(f"{wanted}: {_shown(one.signal, readings[0])}")
            self.against += one.weight

    def join(self, others: _Evidence) -> None:
        """Take in what findings say, which is said first."""
        self.supporting = [*others.supporting, *self.supporting]
        self.weight += others.weight
        self.telling += others.telling

    @property
    def fits(self) -> bool:
        return self.telling >= ENOUGH and self.weight > self.against

    @property
    def score(self) -> float:
        return round(self.weight - self.against, 3)


def _shown(signal: str, value: float) -> str:
    if signal.endswith("_ratio"):
        return f"now {figures.percent(value)}"
    if signal.endswith("_per_s"):
        return f"now {figures.rate(value)}"
    if signal.endswith("_s"):
        return f"now {figures.duration(value)}"
    return f"now {value:,.4g}"
