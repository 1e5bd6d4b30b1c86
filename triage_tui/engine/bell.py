"""Telling readers that something changed, without a storm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from triage_tui.engine.defects import Defects

QUIET_S = 0.1
"""Shortest time between two calls of a listener: ten pictures a second are more than anybody can read."""


class Bell:
    """Calls listeners on the event loop, at most once per QUIET_S however often it is rung.

    The first ring after a quiet time is passed on at once, later ones together when the time is over; so the last
    change is always told. Listeners may be added and removed on any thread; one that raises does not hinder others.
    """

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._last = float("-inf")
        self._pending: asyncio.TimerHandle | None = None

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at every change. Returns what ends this; calling that twice does no harm."""
        subscription = _Subscription(listener)
        self._listeners = (*self._listeners, subscription)

        def unsubscribe() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not subscription)

        return unsubscribe

    def ring(self) -> None:
        """Something changed. On the event loop only."""
        if self._pending is None:
            loop = asyncio.get_running_loop()
            self._pending = loop.call_later(max(0.0, self._last + QUIET_S - loop.time()), self._call)

    def _call(self) -> None:
        self._pending = None
        self._last = asyncio.get_running_loop().time()
        for listener in self._listeners:
            try:
                listener()
            except Exception as error:
                self._defects.add(error)


class _Subscription:
    """One subscription, so that the same function may be subscribed twice and each be ended on its own."""

    def __init__(self, listener: Callable[[], None]) -> None:
        self._listener = listener

    def __call__(self) -> None:
        self._listener()
