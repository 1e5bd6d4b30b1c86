"""From the text of a condition to its tree, within bounds whatever the text is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from triage_tui.guides.when.tree import Both, Comparison, Constant, Name, Node, Not, Value

MAX_LENGTH = 400
"""Characters of one expression. The longest sensible one takes a line."""

MAX_DEPTH = 24
"""Parentheses and negations inside each other."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|[()\[\],]))"
)
_CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None, "none": None}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_WORDS = frozenset({"and", "or", "not", "in", "else"})


class ExpressionError(ValueError):
    """An expression that cannot be understood. `str()` says why and where."""


def tree_of(text: str) -> Node:
    """The tree of a condition. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    if text.strip() == "else":
        return Constant(True)
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def parse(self) -> Node:
        tree = self._either()
        if self._peek():
            raise ExpressionError(f"`{self._peek()}` was not expected here")
        if isinstance(tree, Constant) and not isinstance(tree.value, bool):
            raise ExpressionError("a value alone is neither true nor false")
        return tree

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        if token in wanted:
            self._at += 1
            return token
        return ""

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(f"more than {MAX_DEPTH} levels deep")
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Both(tuple(parts), either=True)

    def _all(self) -> Node:
        parts = [self._negated()]
        while self._take("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else Both(tuple(parts), either=False)

    def _negated(self) -> Node:
        negations = 0
        while self._take("not"):
            negations += 1
            if negations > MAX_DEPTH:
                raise ExpressionError(f"more than {MAX_DEPTH} levels deep")
        node = self._comparison()
        for _ in range(negations):
            node = Not(node)
        return node

    def _comparison(self) -> Node:
        left = self._operand()
        op = self._take(*_COMPARISONS, "in")
        if not op and self._peek() == "not":
            self._at += 1
            if not self._take("in"):
                raise ExpressionError("`in` was expected after `not`")
            op = "not in"
        if not op:
            return left
        right = self._list() if op.endswith("in") and self._peek() == "[" else self._operand()
        if self._peek() in _COMPARISONS:
            raise ExpressionError("comparisons cannot be chained; join them with `and`")
        return Comparison(left, op, right)

    def _list(self) -> Constant:
        self._take("[")
        members: list[Value] = []
        while not self._take("]"):
            member = self._operand()
            if not isinstance(member, Constant) or isinstance(member.value, tuple):
                raise ExpressionError("a list holds texts and numbers only")
            members.append(member.value)
            if not self._take(",") and self._peek() != "]":
                raise ExpressionError("`,` or `]` was expected in a list")
        return Constant(tuple(members))

    def _operand(self) -> Node:
        token = self._peek()
        if not token:
            raise ExpressionError("it ends too early")
        self._at += 1
        if token == "(":
            inner = self._either()
            if not self._take(")"):
                raise ExpressionError("`)` is missing")
            return inner
        if token[0] in "'\"":
            return Constant(token[1:-1])
        if token[0].isdigit() or token[0] == "-":
            return Constant(float(token))
        if token.lower() in _CONSTANTS:
            return Constant(_CONSTANTS[token.lower()])
        if token in _WORDS or not (token[0].isalpha() or token[0] == "_"):
            raise ExpressionError(f"`{token}` was not expected here")
        return Name(token)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"`{text[at:].strip()[:20]}` cannot be read")
        tokens.append(match.group().strip())
        at = match.end()
    return tokens
