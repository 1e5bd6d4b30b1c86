"""What the terminal sends in its turn: keys in pieces, floods, what never ends; and what goes into its clipboard."""

from __future__ import annotations

import base64
from pathlib import Path

import psutil
import pytest

from tests.terminal.conftest import Open, scene
from tests.terminal.program import WAIT_S, Program
from tests.terminal.sequences import tokens, unlisted
from tests.terminal.sessions import ESCAPE, look_into_help, press_until
from tests.terminal.still import SECRET
from triage_tui.ui.terminal.driver import UNENDED

CLIPBOARD = "\x1b]52;c;"
MEMORY_BYTES = 16 << 20
"""What a flood may leave behind. Without bounds each key costs more than two kilobytes: 80 MB here."""

FLOOD = "1;" * 1000
FLOODS = 16


def copied(program: Program) -> list[str]:
    """What the terminal was told to put into the clipboard."""
    strings = [token.sent for token in tokens(program.sent) if token.sent.startswith(CLIPBOARD)]
    return [base64.b64decode(one.removeprefix(CLIPBOARD).rstrip("\x07")).decode() for one in strings]


def test_the_clipboard_is_written_when_somebody_asks_for_it(in_terminal: Open) -> None:
    program = in_terminal(*scene("incident"))
    program.wait_for("PostgreSQL")
    for key in "jk?":
        program.press(key)
    program.wait_for("Esc closes")
    press_until(program, ESCAPE, lambda: "Esc closes" not in program.text)
    assert copied(program) == []
    program.press("y")
    program.wait_for("copied: importer")
    assert copied(program) == ["importer"]
    program.press("q")
    assert program.wait_for_exit() == 0
    assert [one for one in unlisted(program.sent) if not one.startswith(CLIPBOARD)] == []


def test_no_name_gets_into_the_clipboard_by_itself_or_with_a_secret(
    in_terminal: Open, tmp_path: Path
) -> None:
    program = in_terminal(*scene("foreign", str(tmp_path / "asked")))
    program.wait_for("frame-40")
    for number in range(1, 36):
        program.press("yj")
        program.wait_until(lambda number=number: len(copied(program)) == number, f"{number} names copied")  # type: ignore[misc]
    names = copied(program)
    assert all(name.isprintable() for name in names), names
    assert any("app:" in name for name in names), "the name with a secret is among them"
    assert SECRET not in program.sent + "".join(names)
    assert "\x1b]8;" not in program.sent
    program.press("q")
    assert program.wait_for_exit() == 0


@pytest.mark.parametrize("key", ["\x1b[B", "\x1bOB", "\x1b[57353u"], ids=ascii)
def test_a_key_in_pieces_is_that_key_or_none(in_terminal: Open, key: str) -> None:
    """A slow line splits sequences anywhere."""
    program = in_terminal(*scene("incident"))
    program.wait_for("PostgreSQL")
    for cut in range(1, len(key)):
        program.press(key[:cut])
        program.read(0.01)
        program.press(key[cut:])
        program.read(0.01)
    look_into_help(program)
    program.press("q")
    assert program.wait_for_exit() == 0
    assert unlisted(program.sent) == []


@pytest.mark.parametrize("opening", ["", "\x1b]52;c;", "\x1b[200~"], ids=ascii)
def test_a_flood_is_survived_in_bounded_memory(in_terminal: Open, opening: str) -> None:
    """Keys without end, a sequence without one, and a long paste."""
    program = in_terminal(*scene("incident"))
    program.wait_for("PostgreSQL")
    process = psutil.Process(program.pid)
    before = process.memory_info().rss
    program.press(opening)
    for _ in range(FLOODS):
        program.press(FLOOD)
        program.read(0)
    if opening == "\x1b[200~":
        program.press("\x1b[201~")
    press_until(program, "?", lambda: "Esc closes" in program.text)
    assert process.memory_info().rss - before < MEMORY_BYTES
    press_until(program, ESCAPE, lambda: "Esc closes" not in program.text)
    program.press("q")
    assert program.wait_for_exit(WAIT_S) == 0


def test_a_paste_that_never_ends_is_given_up(in_terminal: Open) -> None:
    program = in_terminal(*scene("incident"))
    program.wait_for("PostgreSQL")
    program.press("\x1b[200~")
    for _ in range(UNENDED // 4096 + 2):
        program.press("x" * 4096)
        program.read(0)
    look_into_help(program)
    program.press("q")
    assert program.wait_for_exit(WAIT_S) == 0
