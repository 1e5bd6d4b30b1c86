"""Regular expressions of guides, looked into before they are run: what a line has to hold, and what takes for ever.

Python's engine has no time limit. An expression that can backtrack without bound is refused; lines are bounded. What
a line has to hold at least is looked for first, by plain search: of ten thousand expressions a handful is then run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

MAX_PATTERN = 1_000
"""Characters of one expression."""

MIN_LITERAL = 3
"""Characters from which on a literal is worth looking for."""

_FLAGS = re.IGNORECASE | re.MULTILINE
_UNBOUNDED = 100
"""Repetitions from which on a repeat counts as unbounded."""

_MAX_ALTERNATIVES = 40

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class PatternError(ValueError):
    """An expression that will not be run. `str()` says why."""


class Pattern(Struct, frozen=True):
    """An expression that may be run.

    literals  lower case; a text that it finds holds at least one of them. Empty: any text may
    weight    literal characters that every text has that it finds: how much it asks for
    """

    source: str
    literals: tuple[str, ...]
    weight: int

    def search(self, text: str) -> re.Match[str] | None:
        """Where it is found in a text, in any case; `^` and `$` are the ends of each line."""
        return _compiled(self.source).search(text)

    def may_be_in(self, lowered: str) -> bool:
        """Whether a text in lower case holds what it needs; False is certain, but for ı and ſ."""
        return not self.literals or any(literal in lowered for literal in self.literals)


@lru_cache(maxsize=4096)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, _FLAGS)


def pattern(source: str) -> Pattern:
    """Look into an expression. Raises PatternError."""
    if not source.strip():
        raise PatternError("it is empty")
    if len(source) > MAX_PATTERN:
        raise PatternError(f"it is longer than {MAX_PATTERN} characters")
    try:
        _compiled(source)
        tree = _tree(source)
    except re.error as error:
        raise PatternError(f"no regular expression: {error}") from None
    except (RecursionError, OverflowError):
        raise PatternError("it is too deep") from None
    if _repeats_in_repeat(tree, within=False):
        raise PatternError("a repeat within a repeat, (x+)+, can take for ever; write it as one")
    if _compiled(source).search("") is not None:
        raise PatternError("it is found in every line")
    sets = _needed(tree)
    return Pattern(source, _best(sets), _weight(tree))


def plain(text: str) -> Pattern:
    """An expression that finds a text as it is, with any blanks between its words."""
    return pattern(r"\s+".join(re.escape(word) for word in text.split()))


def _tree(source: str) -> Any:
    parser: Any = __import__("re._parser", fromlist=["parse"])
    return parser.parse(source, _FLAGS)


def _repeats_in_repeat(tree: Any, *, within: bool) -> bool:
    """Whether an unbounded repeat of something that varies in length stands in an unbounded repeat."""
    for op, argument in tree:
        name = str(op)
        if name in _REPEATS:
            _, most, inner = argument
            unbounded = int(most) > _UNBOUNDED
            if unbounded and within:
                return True
            if _repeats_in_repeat(inner, within=within or (unbounded and not _is_parted(inner))):
                return True
        elif any(_repeats_in_repeat(inner, within=within) for inner in _inner(name, argument)):
            return True
    return False


def _is_parted(tree: Any) -> bool:
    """Whether each round of a repeat begins with a character that nothing else in it can be: there is one way only to
    find `(\\.\\w+)*`."""
    elements = list(tree)
    while len(elements) == 1 and str(elements[0][0]) == "SUBPATTERN":
        elements = list(elements[0][1][-1])
    if not elements or str(elements[0][0]) != "LITERAL":
        return False
    first = chr(elements[0][1])
    return not (first.isalnum() or first == "_") and all(
        _never_is(name, argument, first) for name, argument in ((str(op), arg) for op, arg in elements[1:])
    )


def _never_is(name: str, argument: Any, character: str) -> bool:
    if name == "LITERAL":
        return bool(chr(argument) != character)
    if name in _REPEATS:
        return all(_never_is(str(op), inner, character) for op, inner in argument[2])
    if name == "IN":
        return all(
            str(op) in ("LITERAL", "RANGE", "CATEGORY") and not _holds(str(op), inner, character)
            for op, inner in argument
        )
    return False


def _holds(name: str, argument: Any, character: str) -> bool:
    """Whether a member of a class of characters is the character, which is no letter, digit or underscore."""
    if name == "LITERAL":
        return bool(chr(argument) == character)
    if name == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    return str(argument) not in ("CATEGORY_WORD", "CATEGORY_DIGIT")


def _inner(name: str, argument: Any) -> Iterable[Any]:
    """The sequences inside an element that is no repeat."""
    match name:
        case "BRANCH":
            return list(argument[1])
        case "SUBPATTERN":
            return [argument[-1]]
        case "ATOMIC_GROUP":
            return [argument]
        case "ASSERT" | "ASSERT_NOT":
            return [argument[1]]
        case "GROUPREF_EXISTS":
            return [part for part in argument[1:] if part is not None]
        case _:
            return []


Needed = list[tuple[str, ...]]
"""Alternatives of literals: each tuple is a condition "one of these has to be there"."""


def _needed(tree: Any) -> Needed:
    """All conditions that a sequence puts on a text."""
    found: Needed = []
    run = ""

    def end() -> None:
        nonlocal run
        if len(run) >= MIN_LITERAL:
            found.append((run,))
        run = ""

    for op, argument in tree:
        name = str(op)
        if name == "LITERAL":
            character = chr(argument).lower()
            # Lower case of some characters depends on their neighbours, or has another length.
            if character.isascii():
                run += character
                continue
            end()
        elif name == "SUBPATTERN":
            end()
            found += _needed(argument[-1])
        elif name == "BRANCH":
            end()
            found += _either([_needed(branch) for branch in argument[1]])
        elif name in _REPEATS:
            end()
            if int(argument[0]) > 0:
                found += _needed(argument[2])
        elif name == "AT":
            continue
        else:
            end()
    end()
    return found


def _either(branches: Sequence[Needed]) -> Needed:
    """What holds whichever branch is taken: one of the best of each. Nothing where one of them needs nothing."""
    best = [_best(branch) for branch in branches]
    if not all(best):
        return []
    joined = tuple(dict.fromkeys(literal for literals in best for literal in literals))
    return [joined] if len(joined) <= _MAX_ALTERNATIVES else []


def _best(conditions: Needed) -> tuple[str, ...]:
    """The condition that fewest texts fulfil: whose shortest literal is longest."""
    return max(conditions, key=lambda literals: (min(map(len, literals)), -len(literals)), default=())


def _weight(tree: Any) -> int:
    """Characters that every text has that is found: literals count whole, classes of characters a tenth."""
    return round(_asked(tree))


def _asked(tree: Any) -> float:
    total = 0.0
    for op, argument in tree:
        name = str(op)
        match name:
            case "LITERAL":
                total += 0.25 if chr(argument).isspace() else 1.0
            case "SUBPATTERN":
                total += _asked(argument[-1])
            case "BRANCH":
                total += min((_asked(branch) for branch in argument[1]), default=0.0)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                total += min(int(argument[0]), 4) * _asked(argument[2])
            case "ANY" | "IN" | "NOT_LITERAL" | "CATEGORY":
                total += 0.1
            case "ATOMIC_GROUP":
                total += _asked(argument)
            case _:
                pass
    return total
