"""The title of the terminal's window: kept, set, and put back."""

from __future__ import annotations

from tests.terminal.conftest import Open, scene

KEEP, PUT_BACK, SET = "\x1b[22;2t", "\x1b[23;2t", "\x1b]2;triage prod\x1b\\"


def test_the_title_is_kept_set_and_put_back(in_terminal: Open) -> None:
    program = in_terminal(*scene("incident"))
    program.wait_until(lambda: SET in program.sent, "the title")
    program.press("q")
    assert program.wait_for_exit() == 0
    order = [program.sent.index(one) for one in (KEEP, SET, PUT_BACK)]
    assert order == sorted(order)
    assert program.sent.count(KEEP) == program.sent.count(PUT_BACK) == 1


def test_it_is_put_back_for_the_shell_and_set_again(in_terminal: Open) -> None:
    program = in_terminal("sh", "-i", environ={"PS1": "$ ", "ENV": ""})
    program.wait_for("$ ")
    program.press(" ".join(scene("incident")) + "\r")
    program.wait_until(lambda: SET in program.sent, "the title")
    program.press("\x1a")
    program.wait_until(lambda: program.sent.endswith("$ ") and not program.modes.left_over, "the shell")
    assert program.sent.count(PUT_BACK) == 1
    program.press("fg\r")
    program.wait_until(lambda: program.sent.count(SET) == 2, "the title again")
    program.press("q")
    program.wait_until(lambda: program.sent.count(PUT_BACK) == 2, "put back again")
    program.press("exit\r")
    program.wait_for_exit()


def test_a_console_has_none(in_terminal: Open) -> None:
    program = in_terminal(*scene("incident"), environ={"TERM": "linux"})
    program.wait_for("PostgreSQL")
    program.press("q")
    assert program.wait_for_exit() == 0
    assert "\x1b]2;" not in program.sent
    assert KEEP not in program.sent
