"""What terminals of every kind are sent, by the real program and with pictures made by hand."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.terminal.conftest import Open, scene
from tests.terminal.program import ROOT, WAIT_S
from tests.terminal.sequences import colours, tokens, unlisted
from tests.terminal.walking import walk_through

SIXTEEN = re.compile(r"3[0-7]|4[0-7]|9[0-7]|10[0-7]")

PALETTE = {"38;5;252", "38;5;246", "38;5;203", "48;5;233", "48;5;235"}
"""Text, dim and bad, on the background and on what parts the screen."""


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (140, 45), (200, 60)])
def test_the_real_program_paints_this_host(
    in_terminal: Open, host_only: tuple[str, ...], columns: int, rows: int
) -> None:
    program = in_terminal(*host_only, columns=columns, rows=rows)
    program.wait_for("● live")
    program.wait_for("load")
    assert "triage  dev" in program.lines[0] or "triage dev" in program.lines[0]
    assert "read-write" in program.lines[0]
    assert "no engine is watched" in program.text
    assert "quit" in program.lines[-1]
    program.press("q")
    assert program.wait_for_exit() == 0
    assert unlisted(program.sent) == []


@pytest.mark.parametrize("what", ["incident", "trouble"])
def test_nothing_but_cells_and_listed_sequences(in_terminal: Open, what: str) -> None:
    program = in_terminal(*scene(what))
    walk_through(program)
    assert unlisted(program.sent) == []
    assert program.modes.left_over == []


def test_sixteen_colours_are_enough(in_terminal: Open) -> None:
    program = in_terminal(*scene("trouble"), environ={"TERM": "xterm", "COLORTERM": ""})
    walk_through(program)
    found = colours(program.sent)
    assert found, "this terminal has colours"
    assert {colour for colour in found if not SIXTEEN.fullmatch(colour)} == set()


def test_an_empty_no_color_says_nothing(in_terminal: Open) -> None:
    for environ in ({"NO_COLOR": ""}, {}):
        program = in_terminal(*scene("trouble"), environ=environ)
        walk_through(program)
        # Which others there are depends on which frames are dropped.
        assert colours(program.sent) >= PALETTE


def test_no_color_means_none(in_terminal: Open) -> None:
    program = in_terminal(*scene("trouble"), environ={"NO_COLOR": "1"})
    walk_through(program)
    assert colours(program.sent) == set()


@pytest.mark.parametrize(
    "environ", [{"LC_ALL": "C"}, {"LC_ALL": "", "LANG": "POSIX"}, {"LC_ALL": "", "LANG": ""}]
)
def test_a_c_locale_gets_ascii(in_terminal: Open, environ: dict[str, str]) -> None:
    program = in_terminal(*scene("trouble"), environ=environ)
    walk_through(program)
    assert program.sent.isascii(), set(filter(lambda character: not character.isascii(), program.sent))
    # State is told by words, not by symbols alone.
    for word in ("STALE", "DOWN", "DENIED", "connecting"):
        assert word in program.sent


def test_a_terminal_that_cannot_place_text_gets_a_plain_report(
    in_terminal: Open, host_only: tuple[str, ...]
) -> None:
    program = in_terminal(*host_only, environ={"TERM": "dumb"})
    assert program.wait_for_exit() == 0
    assert "this-host" in program.sent
    assert {token.sent for token in tokens(program.sent) if token.kind != "text"} <= {"\r", "\n"}


def test_without_a_terminal_there_is_a_plain_report(host_only: tuple[str, ...]) -> None:
    done = subprocess.run(
        host_only, stdin=subprocess.DEVNULL, capture_output=True, cwd=ROOT, timeout=WAIT_S, check=True
    )
    assert b"this-host" in done.stdout
    assert b"not the cockpit" in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
