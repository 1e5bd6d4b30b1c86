"""What the lab says arrives as it was said, and nothing else is taken for it."""

from __future__ import annotations

import msgspec
import pytest

from triage_tui.lab.news import Doing, Failed, News, Up, Well, decode, encode


@pytest.mark.parametrize(
    "news",
    [
        Doing("starting PostgreSQL"),
        Up("/tmp/triage-demo-x/triage.toml", {"gateway": "http://127.0.0.1:3/health"}),
        Well(("platform-redis-1 is exited, unhealthy",)),
        Failed("line one\nline two"),
    ],
    ids=lambda news: type(news).__name__,
)
def test_it_arrives_as_one_line(news: News) -> None:
    line = encode(news)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == news


@pytest.mark.parametrize("line", [b"", b"Segmentation fault\n", b'{"type":"other"}\n', b'{"type":"up"}\n'])
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(line)
