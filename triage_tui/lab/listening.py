"""The lab's ear: questions on the control socket, and what is answered."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from triage_tui.lab.breaking import Breaking, BreakingError
from triage_tui.lab.company.company import Company
from triage_tui.lab.control import Answer, Ask, AskBreak, AskDown, AskMend, AskStatus, Member
from triage_tui.lab.news import Up

_MOST_BYTES = 1 << 16


class Listener:
    """Answers for one lab, one question after the other: two people who break and mend at once would be a third fault.

    over: set when somebody wants it to end
    """

    def __init__(self, company: Company, breaking: Breaking, up: Up, over: asyncio.Event) -> None:
        self._company = company
        self._breaking = breaking
        self._up = up
        self._over = over
        self._since = time.monotonic()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def listen(self, control: Path) -> AsyncIterator[None]:
        """Take questions for as long as this is open. Raises OSError where the socket cannot be made."""
        server = await asyncio.start_unix_server(self._answer, control, limit=_MOST_BYTES)
        try:
            yield
        finally:
            server.close()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
            line = await reader.readuntil(b"\n")
            try:
                question = msgspec.json.decode(line, type=Ask)
            except msgspec.DecodeError as error:
                answer = Answer(error=f"not a question: {error}")
            else:
                async with self._turn:
                    answer = await self._find_out(question)
            writer.write(msgspec.json.encode(answer) + b"\n")
            await writer.drain()
        writer.close()

    async def _find_out(self, question: Ask) -> Answer:
        try:
            match question:
                case AskStatus():
                    return self._status()
                case AskBreak(drill, seed):
                    return Answer(broken=(await self._breaking.cause(drill, seed),))
                case AskMend(drill):
                    return Answer(mended=await self._breaking.mend(drill))
                case AskDown():
                    self._over.set()
                    return Answer(pid=os.getpid())
        except BreakingError as error:
            return Answer(error=str(error))

    def _status(self) -> Answer:
        return Answer(
            config=self._up.config,
            endpoints=self._up.endpoints,
            up_s=round(time.monotonic() - self._since, 1),
            pid=os.getpid(),
            containers=tuple(
                Member(one.name, one.state.word, one.health.status if one.health is not None else None)
                for one in self._company.engine.containers
            ),
            troubles=tuple(self._company.troubles()),
            broken=self._breaking.truths,
        )
