"""What the lab's process says about itself while it opens: one JSON object per line."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Doing(Struct, frozen=True, tag="doing"):
    """A step of the start, for people."""

    step: str


class Up(Struct, frozen=True, tag="up"):
    """Servers and engine take connections, and all services have been started.

    config     path of the triage.toml that watches it, which only its owner may read
    endpoints  target → where it is, without passwords
    """

    config: str
    endpoints: dict[str, str]


class Well(Struct, frozen=True, tag="well"):
    """Every container is as it should be. The last word, unless something never gets well.

    troubles  what is not as it should be after all the time that was given; empty when all is well
    """

    troubles: tuple[str, ...] = ()


class Failed(Struct, frozen=True, tag="failed"):
    """It could not start; the message says why and what to do. The last word."""

    message: str


News = Doing | Up | Well | Failed

_DECODER: msgspec.json.Decoder[News] = msgspec.json.Decoder(News)


def encode(news: News) -> bytes:
    """One line, with its end."""
    return msgspec.json.encode(news) + b"\n"


def decode(line: bytes) -> News:
    """Raises msgspec.DecodeError for anything that `encode` did not make."""
    return _DECODER.decode(line)
