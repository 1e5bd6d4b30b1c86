"""Threads with a loop of their own, and those for what asyncio itself hands to threads: name look-ups."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LOOKUP_THREADS = 16
"""Name look-ups that may hang at once. A resolver that answers nothing holds one for half a minute."""


class DaemonExecutor(ThreadPoolExecutor):
    """An executor whose threads do not outlive the program.

    The interpreter waits at its end for every thread of the standard executor; a name server that does not answer
    would keep the program on the screen for half a minute after the user has left it.
    """

    def __init__(self, threads: int, name: str) -> None:
        super().__init__(max_workers=1)
        self._limit = threads
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started: list[threading.Thread] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `fn` on an idle thread, on a new one where there are fewer than the limit, or later."""
        future: Future[T] = Future()

        def call() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)

        self._calls.put(call)
        if not self._idle.acquire(blocking=False) and len(self._started) < self._limit:
            thread = threading.Thread(
                target=self._serve, name=f"{self._name}-{len(self._started)}", daemon=True
            )
            self._started.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let threads end when they have nothing to do. Never waits."""
        for _ in self._started:
            self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            self._idle.release()


def start_loop(name: str) -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
    """A loop that runs on a daemon thread of this name until it is stopped, and is closed then."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_live, args=(loop, name), name=name, daemon=True)
    thread.start()
    return loop, thread


def _live(loop: asyncio.AbstractEventLoop, name: str) -> None:
    asyncio.set_event_loop(loop)
    loop.set_default_executor(DaemonExecutor(LOOKUP_THREADS, f"{name}-lookup"))
    try:
        loop.run_forever()
    finally:
        loop.close()
