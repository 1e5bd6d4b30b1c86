"""Frames and plain bytes made into lines, however they are cut."""

from __future__ import annotations

import struct
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from triage_tui.sources.docker.logs.messages import (
    LARGEST_FRAME,
    LONGEST_LINE,
    Lines,
    Position,
    time_and_text,
)

AT = "2026-11-26T07:00:00.%09dZ"


def at(nanoseconds: int) -> bytes:
    return (AT % nanoseconds).encode()


def frame(text: bytes, nanoseconds: int = 0, stream: int = 1) -> bytes:
    message = at(nanoseconds) + b" " + text
    return struct.pack(">BxxxL", stream, len(message)) + message


def all_of(lines: Lines, pieces: list[bytes], room: int = 1000) -> tuple[list[bytes], int]:
    texts: list[bytes] = []
    count = 0
    for piece in pieces:
        found, begun = lines.feed(piece, room)
        texts += [time_and_text(line)[1] for line in found]
        count += begun
    return texts, count


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


texts = st.lists(
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b"")), max_size=12
)


@settings(deadline=None)
@given(texts, st.lists(st.integers(0, 10_000), max_size=6))
def test_frames_are_the_same_wherever_they_are_cut(written: list[bytes], places: list[int]) -> None:
    stream = b"".join(frame(text + b"\n", number) for number, text in enumerate(written))
    lines = Lines()
    assert all_of(lines, cut(stream, places)) == (written, len(written))
    if written:
        assert lines.position == Position(at(len(written) - 1), 1)


@settings(deadline=None)
@given(texts, st.lists(st.integers(0, 10_000), max_size=6))
def test_a_terminal_has_no_frames(written: list[bytes], places: list[int]) -> None:
    stream = b"".join(at(number) + b" " + text + b"\r\n" for number, text in enumerate(written))
    assert all_of(Lines(), cut(stream, places)) == (written, len(written))


def test_a_line_in_parts_is_one_and_is_bounded() -> None:
    """As Docker splits at 16 KiB, and as Podman does anywhere; parts of the other stream may come between."""
    stream = (
        frame(b"he", 1)
        + frame(b"err\n", 2, stream=2)
        + frame(b"llo", 3)
        + frame(b" world\n", 4)
        + frame(b"x" * 16384, 5)
        + frame(b"y" * 16384, 5)
        + frame(b"z\n", 5)
        + frame(b"after\n", 6)
    )
    written, count = all_of(Lines(), [stream])
    assert written[:2] == [b"err", b"hello world"]
    assert (len(written[2]), written[2][:1]) == (LONGEST_LINE - len(at(0)) - 1, b"x")
    assert written[3] == b"after"
    assert count == 4


def test_a_terminal_line_without_an_end_is_handed_over_and_holds_no_memory() -> None:
    lines = Lines()
    stream = at(1) + b" " + b"x" * (1 << 20)
    written, count = all_of(lines, [stream[:4096], *cut(stream[4096:], [9000, 70_000])])
    assert (written, count) == ([], 1)
    written, count = all_of(lines, [b"end\r\n", at(2) + b" next\r\n"])
    assert [text[:5] for text in written] == [b"xxxxx", b"next"]
    assert count == 1


def test_a_frame_that_is_too_large_is_passed_over() -> None:
    huge = struct.pack(">BxxxL", 1, LARGEST_FRAME + 5)
    lines = Lines()
    stream = frame(b"a\n", 1) + huge + b"x" * (LARGEST_FRAME + 5) + frame(b"b\n", 2)
    assert all_of(lines, cut(stream, [5000, 400_000])) == ([b"a", b"b"], 2)


def test_a_flood_is_sampled_over_all_of_its_length_and_counted() -> None:
    stream = b"".join(frame(b"%d\n" % number, number) for number in range(1000))
    found, count = Lines().feed(stream, 10)
    assert count == 1000
    assert [int(time_and_text(line)[1]) for line in found] == list(range(0, 1000, 100))
    assert Lines().feed(stream, 0) == ([], 1000)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=30),
    st.integers(0, 30),
    st.lists(st.integers(0, 9999), max_size=4),
)
def test_nothing_is_lost_or_doubled_on_the_next_connection(
    steps: list[int], read: int, places: list[int]
) -> None:
    """`since` is inclusive, and many lines may have one time: batches, and engines with a coarse clock."""
    moments, now = [], 0
    for step in steps:
        now += step
        moments.append(now)
    frames = [frame(b"%d\n" % number, moment) for number, moment in enumerate(moments)]
    read = min(read, len(frames))
    first = Lines()
    before, _ = all_of(first, frames[:read])
    # The engine sends everything from that time on again.
    since = moments[read - 1] if read else 0
    again = b"".join(part for part, moment in zip(frames, moments, strict=True) if moment >= since)
    after, _ = all_of(Lines(first.position), cut(again, places))
    assert [int(text) for text in before + after] == list(range(len(frames)))


def test_lines_from_before_are_passed_over_where_the_engine_sends_more_than_asked_for() -> None:
    """Older Podman knows whole seconds only."""
    stream = b"".join(frame(b"%d\n" % number, number) for number in range(10))
    assert all_of(Lines(Position(at(6), 1)), [stream])[0] == [b"7", b"8", b"9"]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=8), st.integers(0, 5))
def test_any_bytes_are_lines_or_none(pieces: list[bytes], room: int) -> None:
    lines = Lines(Position(at(3), 2))
    for piece in pieces:
        found, count = lines.feed(piece, room)
        assert len(found) <= max(count, 0) + 2
        assert all(len(line) <= LONGEST_LINE for line in found)


def test_time_and_text() -> None:
    assert time_and_text(at(5) + b" hello world\r\n") == (at(5), b"hello world")
    assert time_and_text(at(5) + b"\n") == (at(5), b"")
    assert time_and_text(b"no time here\n") == (b"", b"no time here")
    assert time_and_text(b"2023-09-05T10:11:12.5+02:00 podman\n") == (
        b"2023-09-05T10:11:12.5+02:00",
        b"podman",
    )
