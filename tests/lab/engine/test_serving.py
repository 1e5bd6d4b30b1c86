"""The socket: who may open it, what stands in its way, and the engine as a program of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.lab.engine.conftest import eventually
from tests.lab.engine.questions import ask
from triage_tui.lab.engine.api import SocketError
from triage_tui.lab.engine.engine import Engine, temporary_engine
from triage_tui.lab.engine.spec import ServiceSpec, http_check


async def test_only_its_user_may_connect_and_it_is_gone_afterwards(engine: Engine, room: Path) -> None:
    api = await engine.serve(room / "sub" / "s")
    assert stat.S_IMODE((room / "sub" / "s").stat().st_mode) == 0o600
    await api.close()
    assert not (room / "sub" / "s").exists()


async def test_a_socket_that_is_taken(engine: Engine, room: Path) -> None:
    await engine.serve(room / "s")
    async with Engine(room) as other:
        with pytest.raises(SocketError, match=r"an engine answers on .* already"):
            await other.serve(room / "s")
    assert (await asyncio.to_thread(ask, room / "s", "GET /_ping"))["body"] == "OK"


async def test_a_socket_that_was_left_is_taken_over(engine: Engine, room: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(room / "s"))
    await engine.serve(room / "s")
    assert (await asyncio.to_thread(ask, room / "s", "GET /_ping"))["body"] == "OK"


async def test_what_is_no_socket_stays(engine: Engine, room: Path) -> None:
    (room / "s").write_text("precious")
    with pytest.raises(SocketError, match="is no socket"):
        await engine.serve(room / "s")
    assert (room / "s").read_text() == "precious"


@pytest.mark.parametrize(("path", "words"), [("x" * 120, "at most 100 bytes"), ("file/s", "cannot look at")])
async def test_places_where_there_can_be_none(engine: Engine, room: Path, path: str, words: str) -> None:
    (room / "file").write_text("")
    with pytest.raises(SocketError, match=words):
        await engine.serve(room / path)


async def test_routes_of_whoever_runs_it(engine: Engine, room: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"drill": request.match_info["name"]})

    await engine.serve(room / "s", routes=[web.get("/v{version}/lab/{name}", answer)])
    assert (await asyncio.to_thread(ask, room / "s", "GET /lab/flood"))["body"] == {"drill": "flood"}


async def test_versions_it_does_not_speak(served: Engine, room: Path) -> None:
    async def body(version: str) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_unix_connection(str(room / "s"))
        writer.write(f"GET /{version}/version HTTP/1.0\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return int(answer.split()[1]), answer

    assert (await body("v1.41"))[0] == 200
    status, answer = await body("v1.99")
    assert status == 400
    assert b"client version 1.99 is too new. Maximum supported API version is 1.41" in answer
    assert (await body("v1.0"))[0] == 400


async def test_health_over_http_from_one_end_to_the_other() -> None:
    """A service that answers 200, then 503, and the check that asks it."""
    code = (
        "import http.server, os\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        ill = os.path.exists('ill')\n"
        "        self.send_response(503 if ill else 200)\n"
        "        self.end_headers()\n"
        "        self.wfile.write(b'degraded' if ill else b'ok')\n"
        "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)\n"
        "print(server.server_address[1], flush=True)\n"
        "server.serve_forever()\n"
    )
    async with temporary_engine() as engine:
        argv = (sys.executable, "-c", code)
        engine.add(ServiceSpec("api-unchecked", "api", argv, folder=str(engine.folder)))
        await engine.start("api-unchecked")
        log = engine.find("api-unchecked").log
        await eventually("it listens", lambda: log.read(frozenset({1})) != [])
        port = int(log.read(frozenset({1}))[0].text)
        check = http_check(f"http://127.0.0.1:{port}/health", interval_s=0.1, timeout_s=30, retries=1)
        await engine.start(engine.add(ServiceSpec("api", "api", ("sleep", "300"), health=check)))
        health = engine.find("api").health
        assert health is not None
        await eventually("it is well", lambda: health.status == "healthy")
        assert health.log[-1].output == "HTTP 200: ok\n"
        (engine.folder / "ill").touch()
        await eventually("it is ill", lambda: health.status == "unhealthy")
        assert health.log[-1].output == "HTTP 503: degraded\n"
        await engine.kill("api-unchecked")
        await eventually("nobody answers", lambda: "Connection refused" in health.log[-1].output)


@contextlib.asynccontextmanager
async def _program(
    room: Path, *options: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    """The engine as a program, and the line that it says when it answers."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "triage_tui.lab.engine",
            "--socket",
            str(room / "s"),
            "--until-eof",
            *options,
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(room)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            yield process, json.loads(await process.stdout.readline())
            process.stdin.close()
            await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_as_a_program(room: Path) -> None:
    async with _program(room, "--containers", "30") as (process, said):
        assert said == {"socket": str(room / "s"), "containers": 30, "pid": process.pid}
        rows = (await asyncio.to_thread(ask, room / "s", "GET /containers/json?all=1"))["body"]
        assert len(rows) == 30
    assert process.returncode == 0
    assert await asyncio.to_thread(lambda: list(room.iterdir())) == []


async def test_as_a_program_that_dies_in_the_middle(room: Path) -> None:
    async with _program(room, "--containers", "30", "--die", "--after", "2") as (process, _):
        for _ in range(2):
            rows = (await asyncio.to_thread(ask, room / "s", "GET /containers/json?all=1"))["body"]
            assert len(rows) == 30
        with pytest.raises((OSError, HTTPException)):
            await asyncio.to_thread(ask, room / "s", "GET /containers/json?all=1")
        assert await process.wait() == -signal.SIGKILL


async def test_as_a_program_that_lies(room: Path) -> None:
    async with _program(room, "--lie", "html") as (_, _):
        answer = await asyncio.to_thread(ask, room / "s", "GET /containers/json")
        assert "502 Bad Gateway" in answer["body"]


async def test_as_a_program_whose_socket_is_taken(served: Engine, room: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "triage_tui.lab.engine", "--socket", str(room / "s")),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        _, err = await process.communicate()
    assert process.returncode == 1
    assert b"an engine answers on" in err
