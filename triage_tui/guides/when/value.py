"""What a tree is of the answers that there are: true, false or unknown."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from triage_tui.guides.when.tree import Both, Comparison, Constant, Name, Node, Not

Answers = Mapping[str, object]

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def value_of(node: Node, answers: Answers) -> object:
    """What a node is of these answers. None: unknown."""
    match node:
        case Constant(value):
            return value
        case Name(name):
            return _plain(answers.get(name))
        case Not(of):
            inner = value_of(of, answers)
            return not inner if isinstance(inner, bool) else None
        case Both(parts, either):
            found = [value_of(part, answers) for part in parts]
            if any(value is either for value in found):
                return either
            return not either if all(isinstance(value, bool) for value in found) else None
        case Comparison(left, op, right):
            return _compare(
                value_of(left, answers), op, value_of(right, answers), _is_null(left) or _is_null(right)
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
