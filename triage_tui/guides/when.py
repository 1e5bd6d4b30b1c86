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

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

MAX_LENGTH = 400
"""Characters of one expression. The longest sensible one takes a line."""

MAX_DEPTH = 24
"""Parentheses and negations inside each other."""

Value = str | float | bool | None
Answers = Mapping[str, object]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|[()\[\],]))"
)
_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None, "none": None}
_WORDS = frozenset({"and", "or", "not", "in", "else"})


class ExpressionError(ValueError):
    """An expression that cannot be understood. `str()` says why and where."""


class Constant(Struct, frozen=True):
    """A value that is written down. Lists stand on the right of `in` only."""

    value: Value | tuple[Value, ...]


class Name(Struct, frozen=True):
    """Something that the probe answered."""

    name: str


class Not(Struct, frozen=True):
    """The opposite."""

    of: Node


class Both(Struct, frozen=True):
    """Parts joined with `and`, or with `or` where `either` is true."""

    parts: tuple[Node, ...]
    either: bool


class Comparison(Struct, frozen=True):
    """left op right; op is one of == != < <= > >= in, "not in"."""

    left: Node
    op: str
    right: Node


Node = Constant | Name | Not | Both | Comparison


class Expression(Struct, frozen=True):
    """A parsed condition, and the text that it was parsed from."""

    text: str
    tree: Node

    def holds(self, answers: Answers) -> bool | None:
        """Whether it is true of what was answered; None where that cannot be known."""
        found = _value(self.tree, answers)
        return found if isinstance(found, bool) else None

    def names(self) -> frozenset[str]:
        """Every name in it."""
        return frozenset(_names(self.tree))


def parse(text: str) -> Expression:
    """Read one expression. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    if text.strip() == "else":
        return Expression(text, Constant(True))
    return Expression(text, _Parser(text).parse())


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
        op = self._take("==", "!=", "<", "<=", ">", ">=", "in")
        if not op and self._peek() == "not":
            self._at += 1
            if not self._take("in"):
                raise ExpressionError("`in` was expected after `not`")
            op = "not in"
        if not op:
            return left
        right = self._list() if op.endswith("in") and self._peek() == "[" else self._operand()
        if self._peek() in _COMPARE or self._peek() in ("==", "!="):
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


def _names(node: Node) -> list[str]:
    match node:
        case Name(name):
            return [name]
        case Not(of):
            return _names(of)
        case Both(parts):
            return [name for part in parts for name in _names(part)]
        case Comparison(left, _, right):
            return _names(left) + _names(right)
        case _:
            return []


def _value(node: Node, answers: Answers) -> object:
    """What a node is of these answers. None: unknown."""
    match node:
        case Constant(value):
            return value
        case Name(name):
            return _plain(answers.get(name))
        case Not(of):
            inner = _value(of, answers)
            return not inner if isinstance(inner, bool) else None
        case Both(parts, either):
            found = [_value(part, answers) for part in parts]
            if any(value is either for value in found):
                return either
            return not either if all(isinstance(value, bool) for value in found) else None
        case Comparison(left, op, right):
            return _compare(
                _value(left, answers), op, _value(right, answers), _is_null(left) or _is_null(right)
            )


def _is_null(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None


def _plain(value: object) -> object:
    """An answer as expressions have it: numbers are floats, and what is no number at all is unknown."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = float(value) if abs(value) < 1e300 else math.inf
    return None if math.isnan(number) else number


def _compare(left: object, op: str, right: object, with_null: bool) -> bool | None:
    if op in ("==", "!=") and with_null:
        return (left is None and right is None) == (op == "==")
    if left is None or right is None:
        return None
    if op in ("==", "!="):
        return _same(left, right) == (op == "==")
    if op in ("in", "not in"):
        return _within(left, right, op == "in")
    left, right = _number(left), _number(right)
    if left is None or right is None:
        return None
    return _COMPARE[op](left, right)


def _within(left: object, right: object, wanted: bool) -> bool | None:
    if isinstance(right, str):
        return (str(left) in right) == wanted if isinstance(left, str) else None
    if isinstance(right, list | tuple | set | frozenset):
        return any(_same(left, _plain(member)) for member in right) == wanted
    return None


def _same(left: object, right: object) -> bool:
    """Equal, or the same number written in another way: servers answer "16384" where people write 16384."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if type(left) is type(right):
        return left == right
    first, second = _number(left), _number(right)
    return first is not None and first == second


def _number(value: object) -> float | None:
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return None
