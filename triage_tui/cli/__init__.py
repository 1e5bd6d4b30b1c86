"""The `triage` command: reads arguments and calls one function."""

from triage_tui.cli.main import main

__all__ = ["main"]
