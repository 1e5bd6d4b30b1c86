"""An engine that misbehaves on purpose: slow, silent, lying, or dead in the middle of a word."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from typing import Any, Literal, NoReturn

import msgspec
from msgspec import Struct

Lie = Literal["garbage", "html", "shape", "absurd", "half"]

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n"
_HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07[/][@click=app.quit]x[/]\r\n\u202e\u200b{}"
_ABSURD_NUMBERS = (-1, 1 << 63, (1 << 64) - 1, 10**30)
_ABSURD_TEXTS = ("", "x" * 20_000, _HOSTILE, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")
_UNTRUE: tuple[Any, ...] = (None, 7, "seven", True, [], {}, [None], {"": {}}, -1.5)


class Faults(Struct, frozen=True):
    """How the engine's socket misbehaves. Without arguments it does not.

    after    so many answers are given as they should be first
    slow_s   every answer comes that much later
    silent   connections are taken, and nothing is ever answered
    lie      what answers are instead of the truth: `garbage` bytes, a proxy's `html`, JSON of the wrong `shape`,
             the right shape with `absurd` values in it, or `half` of it and then the end of the connection
    die      the process is gone in the middle of an answer
    seed     of what is chosen at random
    """

    after: int = 0
    slow_s: float = 0.0
    silent: bool = False
    lie: Lie | None = None
    die: bool = False
    seed: int = 1


NONE = Faults()


def untrue(lie: Lie, body: bytes, seed: int) -> tuple[bytes, str]:
    """What is said instead of a body, and its content type. `half` says the first half of it."""
    chance = random.Random(seed)
    match lie:
        case "garbage":
            return chance.randbytes(2048), "application/json"
        case "html":
            return _HTML, "text/html"
        case "half":
            return body[: len(body) // 2], "application/json"
    try:
        truth: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return chance.randbytes(len(body)), "application/json"
    twist = _other_shape if lie == "shape" else _absurd
    # Not with msgspec, which refuses numbers of more than 64 bits.
    return json.dumps(twist(truth, chance)).encode() + b"\n", "application/json"


def kill_this_process() -> NoReturn:
    """As kill -9 does it."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def _other_shape(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.15:
        return chance.choice(_UNTRUE)
    return _inside(value, lambda part: _other_shape(part, chance))


def _absurd(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and chance.random() < 0.3:
        return chance.choice(_ABSURD_NUMBERS)
    if isinstance(value, str) and chance.random() < 0.3:
        return chance.choice(_ABSURD_TEXTS)
    return _inside(value, lambda part: _absurd(part, chance))


def _inside(value: Any, twist: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: twist(part) for name, part in value.items()}
    if isinstance(value, list):
        return [twist(part) for part in value]
    return value
