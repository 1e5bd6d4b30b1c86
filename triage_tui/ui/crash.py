"""What is left on the terminal when the cockpit itself has a defect."""

from __future__ import annotations

import traceback

from triage_tui.text import safe

FRAMES = 8
"""Of the stack, innermost last. No local variables: they hold what the servers said."""

LINE_LENGTH = 300


def crash_report(error: BaseException) -> str:
    """A short report without secrets, fit for pasting into an issue."""
    told = traceback.TracebackException.from_exception(error, limit=-FRAMES, capture_locals=False)
    lines = [safe(line, limit=LINE_LENGTH) for part in told.format() for line in part.rstrip().split("\n")]
    heading = "triage has met a defect of its own and has stopped. Nothing that it watches was changed. Please report:"
    return "\n".join([heading, "", *lines])
