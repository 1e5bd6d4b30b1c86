"""What is typed while the program stands still was typed blind: it confirms nothing."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.terminal.conftest import HOST_ONLY, Open
from tests.terminal.program import PYTHON
from tests.terminal.sessions import press_until
from triage_tui.ui.acting.ears import LAG_S, REPEAT_S

COMMAND = """
[[environments.dev.commands]]
name = "mark"
about = "makes a mark"
argv = ["touch", "{path}"]
safe = true
"""


@pytest.mark.safety(5)
def test_a_key_that_was_typed_while_it_stood_still_confirms_nothing(
    in_terminal: Open, tmp_path: Path
) -> None:
    mark, config = tmp_path / "mark", tmp_path / "triage.toml"
    config.write_text(HOST_ONLY + COMMAND.format(path=mark))
    program = in_terminal(
        *(PYTHON, "-m", "triage_tui.cli", "--config", str(config)),
        environ={"XDG_STATE_HOME": str(tmp_path / "state")},
    )
    program.wait_for("● live")
    press_until(program, "E", lambda: "run mark" in program.text)
    press_until(program, "\r", lambda: "y do it" in program.text)
    # The age in it has changed once: it has been painted, and the loop has gone round since.
    program.wait_until(lambda: "1s ago" in program.text or "2s ago" in program.text, "an age in the question")
    program.signal(signal.SIGSTOP)
    program.press("y")
    # The fault itself: a machine that is held up for that long.
    time.sleep(3 * LAG_S)
    program.signal(signal.SIGCONT)
    program.wait_for("not counted")
    assert not mark.exists()
    assert not (tmp_path / "state" / "triage-tui" / "audit.jsonl").exists()
    # Deaf for a moment yet, and what follows too soon is a repetition.
    for _ in range(40):
        program.press("y")
        end = time.monotonic() + 2 * REPEAT_S
        while time.monotonic() < end and not mark.exists():
            program.read(0.05)
        if mark.exists():
            break
    program.wait_for("● done")
