"""One container's log, from engines that cut, chunk, refuse, hang, lie and fall behind."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from triage_tui.sources.docker.endpoint import Endpoint
from triage_tui.sources.docker.logs import tail as tailing
from triage_tui.sources.docker.logs.ledger import Ledger
from triage_tui.sources.docker.logs.pipe import Pipe, connect
from triage_tui.sources.docker.logs.reading import Reader
from triage_tui.sources.docker.logs.tail import Tail

PATIENCE_S = 30.0
Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"


def frame(number: int) -> bytes:
    text = b"2026-11-26T07:00:00.%09dZ line %d\n" % (number, number)
    return struct.pack(">BxxxL", 1, len(text)) + text


@asynccontextmanager
async def engine(answer: Answer) -> AsyncIterator[tuple[Endpoint, list[str]]]:
    """Something that listens where an engine would. Yields where, and the paths that it was asked for."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        asked.append(path)
        try:
            await answer(path, writer)
            writer.close()
        except (ConnectionError, asyncio.CancelledError):
            writer.transport.abort()

    with TemporaryDirectory(prefix="triage-test-") as folder:
        socket = Path(folder) / "s"
        server = await asyncio.start_unix_server(serve, socket)
        try:
            yield Endpoint("unix", path=str(socket)), asked
        finally:
            server.close()


async def until(condition: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(what) from None


def heard_by() -> tuple[Reader, list[str]]:
    heard: list[str] = []
    return Reader(Ledger(), lambda line: heard.append(line)), heard  # type: ignore[func-returns-value]


def never(at: datetime | None) -> float | None:
    return 0.0


async def test_chunks_are_put_together_wherever_they_are_cut() -> None:
    """A proxy may answer in chunks what was asked for without them."""
    body = b"".join(frame(number) for number in range(50))

    async def answer(path: str, writer: asyncio.StreamWriter) -> None:
        chunks = b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in _parts(body, 37)) + b"0\r\n\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in _parts(chunks, 11):
            writer.write(part)
            await writer.drain()

    taken = bytearray()
    async with engine(answer) as (endpoint, _):
        pipe = await connect(endpoint, "/logs", taken.extend)
        await asyncio.wait_for(pipe.ended.wait(), PATIENCE_S)
    assert pipe.status == 200
    assert bytes(taken) == body


def _parts(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 100_000, b"\0" * 64,
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"],
)  # fmt: skip
async def test_what_is_no_answer_ends(said: bytes) -> None:
    async def answer(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    taken: list[bytes] = []
    async with engine(answer) as (endpoint, _):
        pipe: Pipe = await connect(endpoint, "/logs", taken.append)
        await asyncio.wait_for(pipe.ended.wait(), PATIENCE_S)
    assert taken == []


async def test_a_refusal_is_kept_in_words_and_not_asked_again_at_once() -> None:
    async def answer(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b'HTTP/1.1 501 Not Implemented\r\n\r\n{"message":"configured logging driver does not support"}'
        )

    reader, _ = heard_by()
    tail = Tail("abc", "api-1", reader, never)
    async with engine(answer) as (endpoint, asked):
        tail.keep(lambda _: endpoint, "1.41", "run", ended=False)
        await until(lambda: not tail.connected, "it stays connected")
        for _ in range(5):
            tail.keep(lambda _: endpoint, "1.41", "run", ended=False)
            await asyncio.sleep(0)
    assert tail.refused is not None
    assert "does not support" in tail.refused
    assert len(asked) == 1


async def test_the_next_connection_goes_on_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut in the middle of a frame; what is asked for again is known by its time."""
    monkeypatch.setattr(tailing, "LEAST_PAUSE_S", 0.0)
    every = [frame(number) for number in range(30)]

    async def answer(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        if "since=" in path:
            since = int(path.partition("since=")[2].partition("&")[0].partition(".")[2])
            writer.write(b"".join(every[since:]))
        else:
            writer.write(b"".join(every[:12]) + every[12][:20])

    reader, heard = heard_by()
    tail = Tail("abc", "api-1", reader, never)
    async with engine(answer) as (endpoint, asked):
        for _ in range(2):
            tail.keep(lambda _: endpoint, "1.41", "run", ended=False)
            await until(lambda: not tail.connected, "it stays connected")
    reader.read(10.0)
    assert heard == [f"line {number}" for number in range(30)]
    assert tail.lines == 30
    assert "tail=60" in asked[0]
    assert "since=1795676400.000000011" in asked[1]


async def test_an_engine_that_falls_behind_is_read_from_the_end_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lines that are older with each look tell nothing about now."""
    monkeypatch.setattr(tailing, "CATCH_UP_LINES", 1000)
    monkeypatch.setattr(tailing, "_LAG_EVERY_S", 0.0)

    async def answer(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        if len(asked) > 1:
            # From the end on it is quiet.
            await asyncio.Event().wait()
        number = 0
        while True:
            writer.write(frame(number))
            number += 1
            if number % 100 == 0:
                await writer.drain()

    reader, _ = heard_by()
    tail = Tail("abc", "api-1", reader, lambda _: 60.0)
    async with engine(answer) as (endpoint, asked):
        tail.keep(lambda _: endpoint, "1.41", "run", ended=False)
        await until(lambda: not tail.connected, "it goes on reading what is old")
        monkeypatch.setattr(tailing, "LEAST_PAUSE_S", 0.0)
        tail._not_before = 0.0
        tail.keep(lambda _: endpoint, "1.41", "run", ended=False)
        await until(lambda: len(asked) == 2, "it does not come back")
        tail.stop()
    assert tail.skipped == 1
    assert "since=" not in asked[1]
    assert tail.dropped > tail.lines / 2


async def test_an_engine_that_is_silent_costs_nothing_and_is_let_go_of_at_once() -> None:
    async def answer(path: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    reader, _ = heard_by()
    tail = Tail("abc", "api-1", reader, never)
    async with engine(answer) as (endpoint, asked):
        tail.keep(lambda _: endpoint, "1.41", "run", ended=False)
        await until(lambda: bool(asked), "it does not ask")
        assert tail.connected
        tail.stop()
        await until(lambda: not tail.connected, "it holds on")


async def test_nobody_there() -> None:
    reader, _ = heard_by()
    tail = Tail("abc", "api-1", reader, never)
    tail.keep(lambda _: Endpoint("unix", path="/no/such/socket"), "1.41", "run", ended=False)
    await until(lambda: not tail.connected, "it stays connected")
    tail.keep(lambda _: None, "1.41", "run", ended=True)
    assert tail.refused is None


async def test_nothing_stays_open_when_the_watch_ends() -> None:
    """The other side sees the end of the connection."""
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + frame(1))
        await reader.read()
        gone.set()
        writer.close()

    reader, _ = heard_by()
    tail = Tail("abc", "api-1", reader, never)
    with TemporaryDirectory(prefix="triage-test-") as folder:
        server = await asyncio.start_unix_server(serve, f"{folder}/s")
        tail.keep(lambda _: Endpoint("unix", path=f"{folder}/s"), "1.41", "run", ended=False)
        await until(lambda: tail.lines == 1, "no line comes")
        tail.stop()
        await tail.ended()
        assert not tail.connected
        await asyncio.wait_for(gone.wait(), PATIENCE_S)
        server.close()
