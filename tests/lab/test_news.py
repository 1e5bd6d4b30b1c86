"""What the company says arrives as it was said, and nothing else is taken for it."""

from __future__ import annotations

import msgspec
import pytest

from triage_tui.lab.news import Doing, Failed, Moved, News, Up, decode, encode


@pytest.mark.parametrize(
    "news",
    [
        Moved("/tmp/triage-demo-x"),
        Doing("starting PostgreSQL"),
        Up("postgresql://a:b@127.0.0.1:1/shop", "redis://:c@127.0.0.1:2/0", "http://127.0.0.1:3/health"),
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
