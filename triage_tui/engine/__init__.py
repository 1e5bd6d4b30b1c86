"""When to look, and what is true now."""

from triage_tui.engine.engine import Engine

__all__ = ["Engine"]
