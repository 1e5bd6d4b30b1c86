"""A place for calls that block."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class StillBusyError(Exception):
    """The previous call has not come back; a second one is not started beside it."""


class Worker:
    """One daemon thread that runs blocking calls, one at a time.

    A call that hangs keeps this one thread and nothing more: further calls fail at once with StillBusyError
    instead of piling up, and leaving the program does not wait for it. Callers set socket timeouts of their
    own, so a hang ends.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._busy = False

    @property
    def busy(self) -> bool:
        """A call is under way."""
        return self._busy

    async def run(self, call: Callable[[], T]) -> T:
        """Run a blocking call and await its result. Raises what it raises, or StillBusyError."""
        if self._busy:
            raise StillBusyError(f"{self._name}: the previous call has not come back")
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        self._busy = True

        def work() -> None:
            try:
                result = call()
            except BaseException as error:
                self._busy = False
                _deliver(loop, outcome, outcome.set_exception, error)
            else:
                self._busy = False
                _deliver(loop, outcome, outcome.set_result, result)

        self._calls.put(work)
        return await outcome

    def close(self) -> None:
        """Let the thread end after the call that it runs now."""
        self._calls.put(None)

    def _serve(self) -> None:
        while (work := self._calls.get()) is not None:
            work()


def _deliver(
    loop: asyncio.AbstractEventLoop,
    outcome: asyncio.Future[Any],
    settle: Callable[[Any], None],
    value: object,
) -> None:
    def set_if_awaited() -> None:
        if not outcome.done():
            settle(value)

    # The loop is gone when the program leaves while a call hangs; there is nobody left to tell.
    if not loop.is_closed():
        try:
            loop.call_soon_threadsafe(set_if_awaited)
        except RuntimeError:
            return
