"""Whatever is drawn, a terminal that is sent the differences shows the wanted grid, and obeys nothing else."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_tui.ui.terminal.check import Replay
from triage_tui.ui.terminal.replica import SYNC_START, Replica

WIDTH, HEIGHT = 12, 4
LISTED = re.compile(r"\x1b\[[0-9;]*[HGCDm]|\r")
"""All that a difference may hold beside visible characters."""

plain = st.text(alphabet="ab ─█●", min_size=1, max_size=14)
wide = st.text(alphabet="a 漢字é…", min_size=1, max_size=8)
pens = st.sampled_from(
    ["0", "1", "31", "1;38;2;10;20;30", "48;5;17", "7", "22", "39;49", "38;2;1;2;3;48;2;4;5;6"]
)


def at(x: int, y: int) -> str:
    """Cursor position."""
    return f"\x1b[{y + 1};{x + 1}H"


spans = st.builds(
    lambda x, y, pen, text: f"{at(x, y)}\x1b[{pen}m{text}\x1b[0m",
    st.integers(0, WIDTH - 1),
    st.integers(0, HEIGHT - 1),
    pens,
    plain | wide,
)
frames = st.lists(spans, min_size=1, max_size=4).map("".join)
resizes = st.tuples(st.integers(1, 20), st.integers(1, 6))


@settings(max_examples=300, deadline=None)
@given(st.lists(frames | resizes | st.none(), min_size=1, max_size=8))
def test_the_terminal_shows_what_is_wanted(steps: list[str | tuple[int, int] | None]) -> None:
    """Frames, resizes and times at which nothing is taken, in any order."""
    replica, replay = Replica(WIDTH, HEIGHT), Replay(WIDTH, HEIGHT)
    for step in [*steps, ""]:
        if step is None:
            continue
        if isinstance(step, tuple):
            replica.resize(*step)
            replay.resize(*step)
        else:
            replica.draw(step)
        replay.feed(replica.take())
        replay.compare(replica)
        assert replica.sent()[0] == replica.wanted()


@settings(max_examples=300, deadline=None)
@given(st.lists(frames, min_size=1, max_size=6))
def test_frames_that_nobody_took_are_not_sent(many: list[str]) -> None:
    """However many frames were drawn meanwhile, the terminal gets one difference, and it is right."""
    replica, replay = Replica(WIDTH, HEIGHT), Replay(WIDTH, HEIGHT)
    replay.feed(replica.take())
    for frame in many:
        replica.draw(frame)
    sent = replica.take()
    replay.feed(sent)
    replay.compare(replica)
    whole = Replica(WIDTH, HEIGHT)
    whole.draw("".join(many))
    assert len(sent) <= len(whole.take()) + 8


@settings(max_examples=500, deadline=None)
@given(st.lists(st.text() | st.binary().map(lambda b: b.decode("latin-1")), min_size=1, max_size=5))
def test_only_cells_and_listed_sequences_get_through(foreign: list[str]) -> None:
    """Any text whatever, escapes in every state of completion among it."""
    replica = Replica(WIDTH, HEIGHT)
    for text in foreign:
        replica.draw(text)
    rest = LISTED.sub("", replica.take())
    assert all(character.isprintable() or ord(character) >= 0x300 for character in rest), ascii(rest)
    assert "\x1b" not in rest
    assert "\x9b" not in rest


@pytest.mark.parametrize(
    "evil",
    [
        "\x1b]52;c;aGVsbG8=\x07",
        "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
        "\x1b]0;title\x07",
        "\x1bP$q\x1b\\",
        "\x1b[?1049l",
        "\x1b[2J",
        "\x1b[6n",
        "\x9b31m",
        "\x1bc",
        "\x1b#8",
        "\x1b[5m",
    ],
)
def test_no_sequence_in_a_frame_is_obeyed(evil: str) -> None:
    """Neither whole nor split over two writes at any place."""
    for split in range(len(evil) + 1):
        replica = Replica(40, 2)
        replica.take()
        replica.draw(at(0, 0) + "before " + evil[:split])
        replica.draw(evil[split:] + " after")
        sent = replica.take()
        rest = LISTED.sub("", sent)
        assert "\x1b" not in rest
        assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in rest)
        assert "\x1b[5m" not in sent


def test_an_equal_frame_costs_nothing() -> None:
    """Drawing the same again sends no byte."""
    replica = Replica(WIDTH, HEIGHT)
    frame = f"{at(0, 1)}\x1b[31mabc\x1b[0m"
    replica.draw(frame)
    assert replica.take()
    replica.draw(frame)
    assert replica.take() == ""


def test_one_changed_cell_costs_a_few_bytes() -> None:
    """A move, at most one change of pen, a character."""
    replica = Replica(140, 45)
    replica.take()
    replica.draw(f"{at(0, 0)}\x1b[1;38;2;1;2;3;48;2;4;5;6m{'x' * 140}\x1b[0m")
    replica.take()
    replica.draw(f"{at(70, 0)}\x1b[1;38;2;1;2;3;48;2;4;5;6my\x1b[0m")
    assert len(replica.take()) <= len("\x1b[1;71H") + 1


def test_after_forgetting_everything_is_sent_again() -> None:
    """A resumed or cleared terminal is brought up to date whole."""
    replica, replay = Replica(WIDTH, HEIGHT), Replay(WIDTH, HEIGHT)
    replica.draw(f"{at(2, 2)}hello")
    replay.feed(replica.take())
    replay.feed("\x1b[2J\x1b[H\x1b[0;45mrubbish")
    replica.forget()
    replay.feed(replica.take())
    replay.compare(replica)


def test_half_of_a_wide_character_is_never_left_over() -> None:
    """Overwriting either half blanks the other one."""
    replica, replay = Replica(6, 1), Replay(6, 1)
    replica.draw(f"{at(0, 0)}漢字x")
    replay.feed(replica.take())
    replica.draw(f"{at(1, 0)}a")
    replay.feed(replica.take())
    replay.compare(replica)
    assert replica.wanted() == (" a字x ",)


def test_long_differences_are_synchronised_where_the_terminal_can() -> None:
    """Short ones are not: the wrapping would cost more than they do."""
    replica = Replica(140, 45)
    replica.synchronised = True
    assert replica.take().startswith(SYNC_START)
    replica.draw(f"{at(3, 3)}x")
    assert SYNC_START not in replica.take()


@pytest.mark.parametrize("opening", ["\x1b]52;c;", "\x1bP", "\x1b[", "\x9d", "\x1b_"])
def test_an_escape_that_never_ends_is_not_kept(opening: str) -> None:
    """Neither its text nor memory for it; what is drawn after it is drawn."""
    replica = Replica(WIDTH, HEIGHT)
    replica.take()
    for _ in range(200):
        replica.draw(at(0, 0) + opening + "1" * 5_000)
    held = sys.getsizeof(replica) + sum(len(cell) for row in replica.wanted() for cell in row)
    assert held < 10_000
    replica.draw(f"{at(0, 1)}after")
    sent = replica.take()
    assert "after" in sent
    assert "\x1b]" not in sent
    assert len(sent) < 1_000
