"""One record of the audit, as a line of JSON that the next line vouches for.

A line is `{"number":…,"previous":…,…,"hash":"…"}`: `previous` is the hash of the record before it, `hash` is SHA-256 of
the line without its last member. Whoever changes, removes or moves a line breaks the chain at that line.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from triage_tui.text import safe

FIRST = "0" * 64
"""What the first record has for `previous`."""

LONGEST_LINE = 64 * 1024
"""Bytes of a record. What would not fit is cut, field by field, before it is written."""

_TEXT_LIMIT = 1000
_SHORT_LIMIT = 200
_ITEMS = 40
_TAIL = b',"hash":"'
_TAIL_LENGTH = len(_TAIL) + 64 + len(b'"}')


class Record(Struct, frozen=True):
    """What a line says, beside its content. content: all of it, by name."""

    number: int
    previous: str
    hash: str
    content: dict[str, Any]

    @property
    def what(self) -> str:
        """intent, result or verdict."""
        return str(self.content.get("what", ""))

    @property
    def run(self) -> str:
        """What intent, result and verdict of one run have in common."""
        return str(self.content.get("run", ""))


def encode(content: dict[str, Any], number: int, previous: str, torn: str | None = None) -> tuple[bytes, str]:
    """A line with its end, and its hash. torn: SHA-256 of half a line that stands before it."""
    head: dict[str, Any] = {"number": number, "previous": previous}
    if torn is not None:
        head["torn"] = torn
    body = msgspec.json.encode(head | clean(content))
    if len(body) > LONGEST_LINE:
        body = msgspec.json.encode(head | clean(content, _SHORT_LIMIT, 10))
    digest = digest_of(body)
    return body[:-1] + _TAIL + digest.encode() + b'"}\n', digest


def decode(line: bytes) -> Record | None:
    """The record in a line without its end; None where it is none, or its hash is not its own."""
    if len(line) <= _TAIL_LENGTH or not line.endswith(b'"}'):
        return None
    body, tail = line[:-_TAIL_LENGTH] + b"}", line[-_TAIL_LENGTH:]
    if not tail.startswith(_TAIL) or tail[len(_TAIL) : -2] != digest_of(body).encode():
        return None
    try:
        content = msgspec.json.decode(body)
        return Record(
            msgspec.convert(content.pop("number"), int),
            msgspec.convert(content.pop("previous"), str),
            tail[len(_TAIL) : -2].decode(),
            content,
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, AttributeError):
        return None


def digest_of(raw: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(raw).hexdigest()


def clean(value: Any, limit: int = _TEXT_LIMIT, items: int = _ITEMS) -> Any:
    """The same without secrets and control characters, cut where it is long."""
    match value:
        case str():
            return safe(value, limit=limit)
        case dict():
            return {
                safe(str(key), limit=80): clean(each, limit, items)
                for key, each in list(value.items())[:items]
            }
        case list() | tuple():
            kept = [clean(each, limit, items) for each in value[:items]]
            return kept if len(value) <= items else [*kept, f"{len(value) - items} more"]
        case _:
            return value
