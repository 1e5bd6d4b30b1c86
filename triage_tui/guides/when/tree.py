"""What a condition is made of."""

from __future__ import annotations

from msgspec import Struct

Value = str | float | bool | None


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


def names_in(node: Node) -> list[str]:
    """Every name in a tree, as often as it stands there."""
    match node:
        case Name(name):
            return [name]
        case Not(of):
            return names_in(of)
        case Both(parts):
            return [name for part in parts for name in names_in(part)]
        case Comparison(left, _, right):
            return names_in(left) + names_in(right)
        case _:
            return []
