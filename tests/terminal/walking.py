"""A reader who goes once through everything that the screen has to show."""

from __future__ import annotations

from itertools import pairwise

from tests.terminal.program import Program


def walk_through(program: Program) -> None:
    """Everything that is drawn by widgets of Textual's too: help, palette, search, sidebar; then leave."""
    program.wait_for("PostgreSQL")
    program.press("?")
    program.wait_for("Esc closes")
    program.press("\x1b")
    program.wait_without("Esc closes")
    program.press(":")
    program.wait_for("Search for commands")
    program.press("\x1b")
    program.wait_without("Search for commands")
    program.press("/")
    program.wait_for("words to find")
    program.press("shop\r")
    program.wait_until(lambda: search_is_kept(program), "the search kept and its line gone")
    program.press("g")
    program.wait_for("paste a line")
    program.press("q")
    assert program.wait_for_exit() == 0


def search_is_kept(program: Program) -> bool:
    """The title names the search, and the column titles stand right below it."""
    lines = program.lines
    return any("/shop" in line and "status" in below for line, below in pairwise(lines))
