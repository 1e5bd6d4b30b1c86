"""Which driver: the replica in front of a terminal, Textual's own for browsers, tests and where it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

from textual import constants
from textual.driver import Driver

CHECK_VARIABLE = "TRIAGE_CHECK_TERMINAL"
"""Names a file: every write to the terminal is then replayed and compared, and the file says what was wrong."""


def driver_for(chosen: type[Driver]) -> type[Driver]:
    """The driver to use where Textual has chosen this one."""
    if constants.DRIVER is not None or chosen.__name__ != "LinuxDriver":
        return chosen
    from triage_tui.ui.terminal.driver import ReplicaDriver

    if os.environ.get(CHECK_VARIABLE):
        from triage_tui.ui.terminal.check import Checker

        ReplicaDriver.check = Checker(Path(os.environ[CHECK_VARIABLE]))
    return ReplicaDriver
