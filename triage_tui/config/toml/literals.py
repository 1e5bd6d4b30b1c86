"""Secrets that stand in the configuration itself, so that the file must be nobody's but its owner's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from triage_tui.config.toml.locate import KeyPath
from triage_tui.config.toml.values import literal
from triage_tui.text import redact

HARMLESS_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-type",
        "host",
        "origin",
        "pragma",
        "referer",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    }
)
"""Headers that carry no secret. Any other one may: there is no list of what people call their tokens."""

_PASSWORD = re.compile(r"://[^/?#@]*:[^/?#]+@")


def literal_secrets(target: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Keys of a target's table, as written in the file, that hold a secret or a default for one."""
    url = target.get("url")
    if isinstance(url, str) and _in_url(literal(url)):
        yield ("url",)
    password = target.get("password")
    if isinstance(password, str) and literal(password):
        yield ("password",)
    headers = target.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if isinstance(value, str) and literal(value) and name.lower() not in HARMLESS_HEADERS:
            yield ("headers", name)


def _in_url(url: str) -> bool:
    # The redactor knows passwords in parameters and keyword strings, and also where a URL is malformed.
    return _PASSWORD.search(url) is not None or redact(url) != url
