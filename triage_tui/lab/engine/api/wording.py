"""Answers and routes, in the form that Docker's have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]

_VERSION = r"/v{version:[0-9][0-9.]*}"


def json_response(value: Any, status: int = 200) -> web.Response:
    """A JSON answer, ended as Go ends it."""
    return web.Response(body=encode(value), status=status, content_type="application/json")


def encode(value: Any) -> bytes:
    """JSON in a line of its own."""
    return msgspec.json.encode(value) + b"\n"


def both(method: str, path: str, handle: Handle) -> list[web.RouteDef]:
    """A route with and without the API's version in front."""
    return [web.route(method, prefix + path, handle) for prefix in ("", _VERSION)]
