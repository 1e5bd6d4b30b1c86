"""What the company's process says about itself: one JSON object per line."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Moved(Struct, frozen=True, tag="moved"):
    """The first word: the folder that holds whatever it keeps, and that goes when it ends."""

    folder: str


class Doing(Struct, frozen=True, tag="doing"):
    """A step of the start, for people."""

    step: str


class Up(Struct, frozen=True, tag="up"):
    """Everything runs. The urls hold passwords, so they travel through a pipe and nowhere else.

    postgres  as the role that watches, which may read everything and change nothing of the shop's
    """

    postgres: str
    redis: str
    http: str


class Failed(Struct, frozen=True, tag="failed"):
    """It could not start; the message says why and what to do. The last word."""

    message: str


News = Moved | Doing | Up | Failed

_DECODER: msgspec.json.Decoder[News] = msgspec.json.Decoder(News)


def encode(news: News) -> bytes:
    """One line, with its end."""
    return msgspec.json.encode(news) + b"\n"


def decode(line: bytes) -> News:
    """Raises msgspec.DecodeError for anything that `encode` did not make."""
    return _DECODER.decode(line)
