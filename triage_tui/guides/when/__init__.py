"""The expressions of `when`: comparisons of what a probe answered, joined with and, or and not.

    value == 'noeviction'
    used_ratio >= 0.9 and policy in ['noeviction', 'volatile-lru']
    not answered
    else

They are parsed into a tree and walked; nothing of them is ever given to Python. A name that the probe did not answer
is unknown, and unknown stays unknown through everything that depends on it (Kleene's three-valued logic): a comparison
with it is neither true nor false.
"""

from __future__ import annotations

from msgspec import Struct

from triage_tui.guides.when.parser import MAX_DEPTH, MAX_LENGTH, ExpressionError, tree_of
from triage_tui.guides.when.tree import Node, names_in
from triage_tui.guides.when.value import Answers, value_of

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Expression", "ExpressionError", "parse"]


class Expression(Struct, frozen=True):
    """A parsed condition, and the text that it was parsed from."""

    text: str
    tree: Node

    def holds(self, answers: Answers) -> bool | None:
        """Whether it is true of what was answered; None where that cannot be known."""
        found = value_of(self.tree, answers)
        return found if isinstance(found, bool) else None

    def names(self) -> frozenset[str]:
        """Every name in it."""
        return frozenset(names_in(self.tree))


def parse(text: str) -> Expression:
    """Read one expression. Raises ExpressionError."""
    return Expression(text, tree_of(text))
