"""A line to an engine on which every request is written down, held up, or left without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType

_REQUEST = re.compile(rb"(GET|POST|PUT|DELETE|HEAD) (\S+) HTTP/1\.1\r\n")

_FORBIDDEN = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 36\r\n\r\n"
    b'{"message": "not allowed by policy"}'
)


class Wire:
    """A unix socket in front of another one, on the running loop.

    requests   "METHOD path" of everything that was sent, in order
    before     awaited with each request before it is passed on
    swallow    answers to requests whose path it ends with never come
    hold       such requests do not arrive, either
    forbid     such requests are answered by 403, as proxies in front of an engine do that let some calls through
    """

    def __init__(self, upstream: Path) -> None:
        self._upstream = upstream
        self._folder = Path(tempfile.mkdtemp(prefix="wire-", dir="/tmp"))
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.requests: list[str] = []
        self.before: Callable[[str], Awaitable[None]] | None = None
        self.swallow: str | None = None
        self.hold: str | None = None
        self.forbid: str | None = None

    @property
    def url(self) -> str:
        """Where to connect to."""
        return f"unix://{self._folder / 's'}"

    @property
    def changing(self) -> list[str]:
        """What was sent beside questions, without the version."""
        return [re.sub(r" /v[0-9.]+", " ", one) for one in self.requests if not one.startswith("GET ")]

    async def close(self) -> None:
        """The engine is gone."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_unix_server(self._serve, self._folder / "s")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_unix_connection(self._upstream)
            quiet = asyncio.Event()
            passing = {
                asyncio.create_task(self._ask(reader, writer, back, quiet)),
                asyncio.create_task(self._answer(there, writer, quiet)),
            }
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in passing:
                    one.cancel()
                await asyncio.gather(*passing, return_exceptions=True)
                back.close()
        writer.close()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        quiet: asyncio.Event,
    ) -> None:
        while chunk := await reader.read(65536):
            passed = True
            for method, path in _REQUEST.findall(chunk):
                request = f"{method.decode()} {path.decode()}"
                self.requests.append(request)
                if self.before is not None:
                    await self.before(request)
                if self.swallow is not None and request.endswith(self.swallow):
                    quiet.set()
                if self.hold is not None and request.endswith(self.hold):
                    quiet.set()
                    passed = False
                if self.forbid is not None and request.endswith(self.forbid):
                    writer.write(_FORBIDDEN)
                    await writer.drain()
                    passed = False
            if passed:
                back.write(chunk)
                await back.drain()

    async def _answer(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, quiet: asyncio.Event
    ) -> None:
        while chunk := await there.read(65536):
            if quiet.is_set():
                continue
            writer.write(chunk)
            await writer.drain()
        if quiet.is_set():
            # No answer, and no end of one either.
            await asyncio.Event().wait()
