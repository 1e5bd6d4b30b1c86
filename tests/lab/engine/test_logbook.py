"""What a container writes is kept whole, in order and within limits."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.lab.engine.logbook import PIECE, LogBook, stamp
from triage_tui.lab.engine.spec import LogLimits

BOTH = frozenset({1, 2})


async def _take(book: LogBook, chunks: list[bytes], stream: int = 1) -> None:
    reader = asyncio.StreamReader()
    taking = asyncio.create_task(book.take(reader, stream))
    for chunk in chunks:
        reader.feed_data(chunk)
        await asyncio.sleep(0)
    reader.feed_eof()
    await taking


@given(st.lists(st.binary(max_size=60), max_size=12))
def test_every_byte_comes_back(chunks: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = LogBook(Path(folder) / "log", LogLimits())
        asyncio.run(_take(book, chunks))
        lines = book.read(BOTH)
        assert b"".join(line.text for line in lines) == b"".join(chunks)
        assert all(line.text.endswith(b"\n") for line in lines[:-1])


async def test_long_lines_come_in_pieces(tmp_path: Path) -> None:
    book = LogBook(tmp_path / "log", LogLimits())
    await _take(book, [b"x" * (PIECE * 2 + 5) + b"\nshort\n"])
    texts = [line.text for line in book.read(BOTH)]
    assert b"".join(texts) == b"x" * (PIECE * 2 + 5) + b"\nshort\n"
    assert max(map(len, texts)) == PIECE
    assert texts[-1] == b"short\n"


def test_old_lines_go_first(tmp_path: Path) -> None:
    limits = LogLimits(bytes=4096, files=3)
    book = LogBook(tmp_path / "log", limits)
    for number in range(1000):
        book.add(1, [b"line %d\n" % number])
    kept = [int(line.text.split()[1]) for line in book.read(BOTH)]
    assert kept == list(range(kept[0], 1000))
    assert len(kept) > 50
    files = list((tmp_path / "log").iterdir())
    assert len(files) <= limits.files
    assert sum(file.stat().st_size for file in files) <= limits.bytes * limits.files


def test_streams_times_and_tail(tmp_path: Path) -> None:
    book = LogBook(tmp_path / "log", LogLimits())
    for number in range(6):
        book.add(1 + number % 2, [b"%d\n" % number], number * 10**9)

    def texts(**wanted: object) -> list[bytes]:
        return [line.text.strip() for line in book.read(wanted.pop("streams", BOTH), **wanted)]  # type: ignore[arg-type]

    assert texts() == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert texts(streams=frozenset({2})) == [b"1", b"3", b"5"]
    assert texts(since=stamp(2 * 10**9), until=stamp(4 * 10**9)) == [b"2", b"3", b"4"]
    assert texts(tail=2) == [b"4", b"5"]
    assert texts(tail=0) == []
    assert texts(streams=frozenset({1}), tail=1) == [b"4"]


async def test_followers_get_what_comes_and_the_end(tmp_path: Path) -> None:
    book = LogBook(tmp_path / "log", LogLimits())
    book.add(1, [b"before\n"])
    with book.follow(frozenset({2})) as feed:
        book.add(1, [b"other stream\n"])
        book.add(2, [b"one\n", b"two\n"])
        book.ended()
        heard = [await feed.next() for _ in range(3)]
    assert [line.text if line else None for line in heard] == [b"one\n", b"two\n", None]


def test_a_disk_that_takes_no_more_costs_the_log_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    book = LogBook(tmp_path / "log", LogLimits())
    book.add(1, [b"lost\n"])
    assert book.read(BOTH) == []


@pytest.mark.parametrize("files", [1, 0])
def test_one_file_is_enough(tmp_path: Path, files: int) -> None:
    book = LogBook(tmp_path / "log", LogLimits(bytes=1024, files=files))
    for number in range(200):
        book.add(1, [b"%d\n" % number])
    assert book.read(BOTH)[-1].text == b"199\n"
    assert book.path.stat().st_size <= 1024
