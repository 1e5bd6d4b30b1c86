"""Entries for what is wrong now: symptoms are compared with readings, and what is unknown speaks neither way."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from triage_tui.guides.index import Index, Row
from triage_tui.text import figures

Readings = Mapping[str, Sequence[float]]
"""Signal → the values that it has now, one for each target and subject."""

MAX_SUGGESTIONS = 5

ENOUGH = 2.0
"""Weight of symptoms that have to hold: those of 1 alone fit many a calm day."""

_FINDING = 100.0
"""What a finding speaks for an entry that answers it: more than all symptoms together."""

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_SEVERITY = {"critical": 2, "warning": 1, "info": 0}


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
    """Entries whose symptoms hold, or that answer a finding; what fits best first."""
    evidence: dict[int, _Evidence] = {}
    for finding in findings:
        for entry in index.answering(finding):
            evidence.setdefault(entry, _Evidence()).support(f"answers {finding}", _FINDING)
    for entry, signal, op, value, weight in index.symptoms():
        evidence.setdefault(entry, _Evidence()).weigh(signal, op, value, weight, readings.get(signal, ()))
    fitting = {entry: found for entry, found in evidence.items() if found.fits}
    rows = index.rows(fitting)
    ranked = sorted(
        fitting.items(),
        key=lambda item: (-item[1].score, -_SEVERITY.get(rows[item[0]].severity, 0), rows[item[0]].id),
    )
    return [
        Suggestion(rows[entry], one.score, tuple(one.supporting), tuple(one.refuting), tuple(one.unknown))
        for entry, one in ranked[:limit]
    ]


class _Evidence:
    def __init__(self) -> None:
        self.weight = self.against = 0.0
        self.supporting: list[str] = []
        self.refuting: list[str] = []
        self.unknown: list[str] = []

    def support(self, said: str, weight: float) -> None:
        self.supporting.append(said)
        self.weight += weight

    def weigh(self, signal: str, op: str, value: float, weight: float, readings: Sequence[float]) -> None:
        wanted = f"{signal} {op} {value:g}"
        if not readings:
            self.unknown.append(f"{wanted}: not known")
            return
        holding = [reading for reading in readings if _OPERATORS[op](reading, value)]
        if holding:
            self.support(f"{wanted}: {_shown(signal, max(holding))}", weight)
        else:
            self.refuting.append(f"{wanted}: {_shown(signal, readings[0])}")
            self.against += weight

    @property
    def fits(self) -> bool:
        return self.weight >= ENOUGH and self.weight > self.against

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
