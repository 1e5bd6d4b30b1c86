"""The socket, and what all answers have in common: versions, headers, errors, and faults on request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from aiohttp import web

from triage_tui.lab.engine.answers.about import API, OLDEST_API, VERSION
from triage_tui.lab.engine.api import containers, streams, system
from triage_tui.lab.engine.api.faults import NONE, Faults, kill_this_process, untrue
from triage_tui.lab.engine.api.wording import json_response
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import EngineError, UnchangedError

LONGEST_PATH = 100
"""Bytes that a socket's path may have on every system: macOS takes 103, Linux 107."""

_KEEP_ALIVE_S = 3600.0
"""Docker never closes a connection that is merely quiet, and clients count on it."""

_CLOSE_S = 0.5
_PROBE_S = 2.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SocketError(Exception):
    """The socket cannot be opened; the message is for people."""


class Api:
    """Answers for one engine.

    faults   how it misbehaves; may be changed at any time
    routes   further ones, for whoever runs the engine
    die      what ends this process where the faults say so
    """

    def __init__(
        self,
        engine: Engine,
        *,
        faults: Faults = NONE,
        routes: Iterable[web.AbstractRouteDef] = (),
        die: Callable[[], object] = kill_this_process,
    ) -> None:
        self.faults = faults
        self.answers = 0
        self._die = die
        self._app = web.Application(middlewares=[self._answer])
        self._app.on_response_prepare.append(_add_headers)
        for group in (system, containers, streams):
            self._app.add_routes(group.routes(engine))
        self._app.add_routes(routes)
        self._runner: web.AppRunner | None = None
        self._socket: Path | None = None

    async def open(self, path: Path) -> None:
        """Listen on a unix socket that only this user can use. Raises SocketError."""
        if len(os.fsencode(path)) > LONGEST_PATH:
            raise SocketError(f"the path of a socket has at most {LONGEST_PATH} bytes: {path}")
        _make_room(path)
        # A client that leaves ends its stream, whether there is anything to be sent on it or not.
        runner = web.AppRunner(
            self._app,
            handler_cancellation=True,
            access_log=None,
            keepalive_timeout=_KEEP_ALIVE_S,
            shutdown_timeout=_CLOSE_S,
        )
        await runner.setup()
        try:
            listener = _bind(path)
            await web.SockSite(runner, listener).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner, self._socket = runner, path

    async def close(self) -> None:
        """Stop listening, end all streams, and remove the socket."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        faults = self.faults if self.answers >= self.faults.after else NONE
        self.answers += 1
        if faults.silent:
            await asyncio.Event().wait()
        if faults.slow_s:
            await asyncio.sleep(faults.slow_s)
        if faults.die or faults.lie:
            return await self._misbehave(request, handler, faults)
        return await _told(request, handler)

    async def _misbehave(self, request: web.Request, handler: Handler, faults: Faults) -> web.StreamResponse:
        """Say something else than what is true."""
        body = b""
        if not streams.endless(request):
            truth = await _told(request, handler)
            body = truth.body if isinstance(truth, web.Response) and isinstance(truth.body, bytes) else b""
        if faults.die or faults.lie == "half":
            half = await _say_half(request, body)
            if faults.die:
                self._die()
            return half
        assert faults.lie is not None
        said, kind = untrue(faults.lie, body, faults.seed + self.answers)
        return web.Response(body=said, content_type=kind)


async def _told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The answer, where need be an error in Docker's form."""
    version = request.match_info.get("version")
    if version is not None and (refused := _refused_version(version)) is not None:
        return refused
    try:
        return await handler(request)
    except UnchangedError:
        return web.Response(status=304)
    except EngineError as error:
        return _error(str(error), error.status)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return _error("page not found", 404)


def _refused_version(version: str) -> web.Response | None:
    asked, newest, oldest = (_numbers(text) for text in (version, API, OLDEST_API))
    if asked > newest:
        return _error(f"client version {version} is too new. Maximum supported API version is {API}", 400)
    if asked < oldest:
        said = f"client version {version} is too old. Minimum supported API version is {OLDEST_API}"
        return _error(f"{said}, please upgrade your client to a newer version", 400)
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)


def _error(message: str, status: int) -> web.Response:
    return json_response({"message": message}, status)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(
        {
            "Api-Version": API,
            "Docker-Experimental": "false",
            "Ostype": "linux",
            "Server": f"Docker/{VERSION} (linux)",
        }
    )


async def _say_half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise all of it, and send half."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = max(len(body), 2)
    await response.prepare(request)
    await response.write(body[: len(body) // 2] or b"{")
    if request.transport is not None:
        request.transport.abort()
    return response


def _bind(path: Path) -> socket.socket:
    """Raises SocketError."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError as error:
        listener.close()
        raise SocketError(f"cannot listen on {path}: {error.strerror or error}") from error
    return listener


def _make_room(path: Path) -> None:
    """Remove the socket of an engine that is gone. Raises SocketError where anything else is there."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return
    except OSError as error:
        raise SocketError(f"cannot look at {path}: {error.strerror or error}") from error
    if not stat.S_ISSOCK(mode):
        raise SocketError(f"{path} is there and is no socket")
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PROBE_S)
        probe.connect(str(path))
        raise SocketError(f"an engine answers on {path} already")
    path.unlink(missing_ok=True)
