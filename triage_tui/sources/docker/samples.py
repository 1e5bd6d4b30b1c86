"""Readings kept from look to look: what is current, and what it is compared with."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from triage_tui.sources.docker.usage import Counters, cpu_percent, throttled_ratio

LEAST_SPAN_S = 0.25
"""Shortest time between the two readings of a CPU value: the host's CPU time advances in steps of 10 ms."""

FRESH_S = 30.0
"""A reading older than this is not shown as current: cpu, memory and the rest become unknown. The slowest way to
read (stats of 200 containers from an engine of version 20.10) takes 17 s for all of them."""


class Usage(Struct, frozen=True):
    """What a container uses as of `age_s` seconds ago. cpu_percent is None before there are two readings."""

    counters: Counters
    cpu_percent: float | None
    age_s: float
    throttled_ratio: float | None = None


class _Kept(Struct):
    run: object
    base: Counters
    base_at: float
    latest: Counters
    latest_at: float
    cpu_percent: float | None = None
    throttled_ratio: float | None = None


class Samples:
    """The readings of all running containers. CPU spans are at least LEAST_SPAN_S long, however often one looks."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def note(self, id: str, run: object, counters: Counters, at: float) -> None:
        """Keep a reading.

        run  tells one run of the container from the next (when it started): counters do not outlive it
        at   steady seconds of the reading
        """
        kept = self._kept.get(id)
        if kept is None or kept.run != run:
            self._kept[id] = _Kept(run, counters, at, counters, at)
            return
        if at < kept.latest_at:
            return
        kept.latest, kept.latest_at = counters, at
        if counters.system_ns is not None and counters.system_ns == kept.base.system_ns:
            # The engine sent the same collection again; the next one brings a value.
            return
        if at - kept.base_at >= LEAST_SPAN_S:
            kept.cpu_percent = cpu_percent(kept.base, counters)
            kept.throttled_ratio = throttled_ratio(kept.base, counters)
            kept.base, kept.base_at = counters, at

    def usage(self, id: str, run: object, now: float) -> Usage | None:
        """The latest reading of this run; None where there is none younger than FRESH_S."""
        kept = self._kept.get(id)
        if kept is None or kept.run != run or now - kept.latest_at > FRESH_S:
            return None
        return Usage(kept.latest, kept.cpu_percent, max(0.0, now - kept.latest_at), kept.throttled_ratio)

    def read_at(self, id: str) -> float:
        """Steady seconds of the latest reading; -inf where there is none."""
        kept = self._kept.get(id)
        return kept.latest_at if kept is not None else float("-inf")

    def has_cpu(self, id: str) -> bool:
        """Two readings far enough apart were made."""
        kept = self._kept.get(id)
        return kept is not None and kept.cpu_percent is not None

    def keep_only(self, ids: Collection[str]) -> None:
        """Forget what does not run any more."""
        for gone in self._kept.keys() - set(ids):
            del self._kept[gone]
