"""Threads that ask the engine: a fixed number, each with a client of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from docker.errors import APIError

from triage_tui.sources.docker.client import AbortedError, AnswerError, Client
from triage_tui.sources.worker import Worker

T = TypeVar("T")

CLOSING_S = 0.5
"""What threads get to come back after their sockets were shut down; they need a millisecond."""


class _Lane:
    """One thread and the client that only it uses."""

    def __init__(self, name: str, connect: Callable[[], Client]) -> None:
        self.worker = Worker(name)
        self._connect = connect
        self._client: Client | None = None
        self._given_up = False

    def ask(self, call: Callable[[Client], T]) -> T:
        """Runs on the lane's thread. A client that failed is replaced before the next call."""
        if self._given_up:
            raise AbortedError("given up")
        if self._client is not None and self._client.aborted:
            self.drop()
        if self._client is None:
            self._client = self._connect()
        try:
            return call(self._client)
        except APIError:
            # A refusal is an answer: the connection is as good as it was.
            raise
        except (ValueError, RecursionError) as error:
            # The JSON decoder's ways of giving up on an answer.
            raise AnswerError(str(error)) from error
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def abort(self) -> None:
        """For any thread: let the call under way fail."""
        client = self._client
        if client is not None:
            client.abort()

    def close(self) -> None:
        self._given_up = True
        self.abort()
        self.worker.close()


class Crew:
    """Runs blocking questions to the engine on at most `size` threads, each with one connection.

    Threads and connections are made when they are first needed. A question that is given up, because its time is
    over or nobody waits any more, has its socket shut, so that its thread comes back at once; a thread that does
    not come back all the same stays counted and is not replaced.
    """

    def __init__(self, name: str, size: int, connect: Callable[[], Client]) -> None:
        self.size = size
        self._lanes = [_Lane(f"{name}-{number}", connect) for number in range(size)]
        self._free = list(self._lanes)
        self._waiting = asyncio.Semaphore(size)
        self._under_way: set[asyncio.Future[Any]] = set()

    async def ask(self, call: Callable[[Client], T], timeout_s: float) -> T:
        """Await the answer to one question. Raises what it raises, and TimeoutError when the time is over, in which
        the wait for a free thread is included."""
        async with asyncio.timeout(timeout_s):
            await self._waiting.acquire()
            # The one used last has a warm connection; the others may never be needed.
            lane = self._free.pop()
            task = asyncio.ensure_future(lane.worker.run(lambda: lane.ask(call)))
            self._under_way.add(task)
            task.add_done_callback(lambda done: self._came_back(lane, done))
            try:
                return await asyncio.shield(task)
            finally:
                if not task.done():
                    lane.abort()

    def renew(self) -> None:
        """Let every call under way fail, and use new connections from now on."""
        for lane in self._lanes:
            lane.abort()

    async def aclose(self) -> None:
        """End all threads. Those that wait for the engine are made to come back; does not wait for it."""
        for lane in self._lanes:
            lane.close()
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=CLOSING_S)
        for lane in self._lanes:
            if not lane.worker.busy:
                lane.drop()

    def _came_back(self, lane: _Lane, task: asyncio.Future[T]) -> None:
        self._under_way.discard(task)
        self._free.append(lane)
        self._waiting.release()
        if not task.cancelled():
            # Looked at, so that nobody complains that nobody did.
            task.exception()
