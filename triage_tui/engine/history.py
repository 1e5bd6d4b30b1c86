"""The last readings of every numeric signal: bounded, cheap to extend, frozen when handed out.

A busy engine has 500 containers with four signals each. Making 2,000 tuples for every picture would cost more
than all the rest of it, and almost nobody reads them. So a picture gets a view instead, and a Series is made when
somebody asks for it. A view never changes: arrays are only ever appended to, and it knows the last instant that it
may show; where anything but an append is needed, the table is replaced, and old views keep the old one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from triage_tui.model import Series
from triage_tui.model.signals import Reading

KEPT_READINGS = 300
"""Readings of one signal: ten minutes at the usual two seconds, the first ten minutes of an incident."""

KEPT_SERIES = 4096
"""Signals × subjects of one target: 1,000 containers with four signals. At 16 bytes a reading, 24 MB at most."""

_SLACK_READINGS = KEPT_READINGS // 5
"""Readings beyond the kept ones before old ones are dropped, so that dropping is rare."""


class Column(NamedTuple):
    """One series as it grows: monotonic seconds and values, both only ever appended to."""

    times: array[float]
    values: array[float]


_Key = tuple[str, str]
_Table = dict[_Key, Column]


class History:
    """The series of one target. Written by the engine's thread alone; its views may be read from any."""

    def __init__(self, *, readings: int = KEPT_READINGS, series: int = KEPT_SERIES) -> None:
        self._readings = readings
        self._series = series
        self._table: _Table = {}
        self._until = float("-inf")
        self._looks: deque[float] = deque(maxlen=readings)

    def add(self, at: float, readings: Iterable[Reading]) -> None:
        """Append what one look read. at: monotonic seconds, later than all before; earlier ones are ignored."""
        if at <= self._until:
            return
        new: _Table = {}
        full = False
        for signal, subject, value in ((r.signal, r.subject, r.value) for r in readings):
            column = self._table.get((signal, subject))
            if column is None:
                new[signal, subject] = Column(array("d", (at,)), array("d", (value,)))
            elif column.times[-1] < at:
                # Values first: a reader on another thread counts times.
                column.values.append(value)
                column.times.append(at)
                full = full or len(column.times) > self._readings + _SLACK_READINGS
        self._until = at
        self._looks.append(at)
        if new or full:
            self._table = self._fitted(self._table | new)

    def view(self) -> View:
        """Everything up to now."""
        return View(self._table, self._until, self._readings)

    def _fitted(self, table: _Table) -> _Table:
        """The table within its bounds: no more readings than are kept, no series that ended before the first of
        them, and of the rest those that were heard last."""
        horizon = self._looks[0]
        kept = {
            key: _last(column, self._readings) for key, column in table.items() if column.times[-1] >= horizon
        }
        if len(kept) > self._series:
            # The sort is stable: among series that are alive the older ones stay.
            lively = sorted(kept, key=lambda key: -kept[key].times[-1])[: self._series]
            kept = {key: kept[key] for key in lively}
        return kept


class View:
    """A History as it was at one instant."""

    __slots__ = ("_readings", "_table", "_until")

    def __init__(self, table: _Table, until: float, readings: int) -> None:
        self._table = table
        self._until = until
        self._readings = readings

    def series(self, key: _Key) -> Series:
        """The readings of one signal and subject. Raises KeyError where there are none."""
        times, values = self._table[key]
        stop = bisect_right(times, self._until)
        start = max(0, stop - self._readings)
        return Series(tuple(times[start:stop]), tuple(values[start:stop]))

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


class Histories(Mapping[tuple[str, str, str], Series]):
    """The views of all targets, as a Picture wants them: (target, signal, subject) → Series."""

    __slots__ = ("_views",)

    def __init__(self, views: Mapping[str, View]) -> None:
        self._views = views

    def __getitem__(self, key: tuple[str, str, str]) -> Series:
        target, signal, subject = key
        return self._views[target].series((signal, subject))

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return ((target, *key) for target, view in self._views.items() for key in view)

    def __len__(self) -> int:
        return sum(len(view) for view in self._views.values())


def _last(column: Column, readings: int) -> Column:
    if len(column.times) <= readings + _SLACK_READINGS:
        return column
    return Column(column.times[-readings:], column.values[-readings:])
