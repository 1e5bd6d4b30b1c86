"""What a command says when it will not do what was asked."""

from __future__ import annotations


class CannotError(Exception):
    """What was asked for cannot be done, for a reason that is told to people in `str()`; nothing was done."""
