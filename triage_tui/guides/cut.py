"""Signatures for lines whose end is lost, as in a narrow column or a log with a limit: most of what a signature asks
for has to be there, and the line has to end within the rest of it."""

from __future__ import annotations

import re
from functools import lru_cache

from triage_tui.guides.pattern import MAX_PATTERN, Pattern, PatternError, pattern

SHARE = 0.5
"""Of what a signature asks for, how much has to be there."""

MIN_WEIGHT = 14
"""Characters that have to be there at least: a shorter beginning is anything's."""

_END = r"\W*$"
"""What a cut line may end with: the beginning of a word is lost too, but not a bracket that is opened anew."""

_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
"""To a group by its number or name, which another place would not have."""

_ANYTHING = re.compile(r"\.(?:[*+]|\{\d*,\d*\})\??")
_ATOM = re.compile(
    r"(?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}*+?|]|(?P<group>\())(?P<repeat>(?:[*+?]|\{\d*,?\d*\})\??)?",
    re.DOTALL,
)


def cut(whole: Pattern) -> list[Pattern]:
    """Expressions that find a line which ends within what a signature finds; one for each of its alternatives.

    They are made of parts of an expression that may be run, and are compiled when a line is first compared with them.
    """
    if _REFERENCE.search(whole.source):
        return []
    found = []
    for branch in _branches(whole.source):
        try:
            one = _cut(branch)
        except PatternError:
            continue
        if one is not None:
            found.append(one)
    return found


def _cut(source: str) -> Pattern | None:
    atoms = _atoms(source)
    if atoms is None:
        return None
    weights = [_weight(atom) for atom in atoms]
    least = max(MIN_WEIGHT, SHARE * sum(weights))
    needed, have = 0, 0.0
    while needed < len(atoms) and have < least:
        have += weights[needed]
        needed += 1
    rest = atoms[needed:]
    # Where anything may stand, any line would end within the signature.
    rest = rest[: next((at for at, atom in enumerate(rest) if _ANYTHING.fullmatch(atom)), len(rest))]
    if have < least or not rest:
        return None
    whole = "".join(atoms[:needed]) + _ending_within(rest, _END)
    if len(whole) > MAX_PATTERN:
        return None
    return Pattern(whole, pattern("".join(atoms[:needed])).literals, round(have))


def _ending_within(atoms: list[str], after: str) -> str:
    """An expression for a text that ends at any place within elements that follow each other, or goes on after them.

    Raises PatternError where it is too long.
    """
    tail = after
    for atom in reversed(atoms):
        begun = "".join(f"|{each}" for each in _begun(atom))
        tail = f"(?:{atom}{tail}{begun}|{_END})"
        if len(tail) > MAX_PATTERN:
            raise PatternError("too long")
    return tail


def _begun(atom: str) -> list[str]:
    """For a group: each of its alternatives, ending within."""
    if not atom.startswith("(") or atom.startswith("(?") or not atom.endswith(")"):
        return []
    found = []
    for branch in _branches(atom[1:-1]):
        inner = _atoms(branch)
        if inner:
            found.append(inner[0] + _ending_within(inner[1:], _END))
    return found


@lru_cache(maxsize=4096)
def _weight(atom: str) -> float:
    """Characters that an element asks for, as guides/pattern.py counts them."""
    if len(atom) == 1:
        return 0.25 if atom.isspace() else 1.0 if atom not in ".^$" else 0.0
    if len(atom) == 2 and atom[0] == "\\":
        return 0.0 if atom[1].isalnum() else 1.0
    try:
        return float(pattern(atom).weight)
    except PatternError:
        return 0.0


def _branches(source: str) -> list[str]:
    """The alternatives of an expression that are not within brackets."""
    found, depth, within, start, at = [], 0, False, 0, 0
    while at < len(source):
        sign = source[at]
        if sign == "\\":
            at += 1
        elif within:
            within = sign != "]"
        elif sign == "[":
            within = True
            at += source[at + 1 : at + 3] in ("^]",) or source[at + 1 : at + 2] in ("^", "]")
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            found.append(source[start:at])
            start = at + 1
        at += 1
    return [*found, source[start:]]


def _atoms(source: str) -> list[str] | None:
    """An expression as the elements that follow each other, each with its repeat. None: it cannot be taken apart."""
    atoms: list[str] = []
    at = 0
    while at < len(source):
        match = _ATOM.match(source, at)
        if match is None:
            return None
        end = match.end()
        if match["group"]:
            closed = _closed(source, at)
            if closed is None:
                return None
            repeat = re.compile(r"(?:[*+?]|\{\d*,?\d*\})?\??").match(source, closed)
            end = repeat.end() if repeat is not None else closed
        atoms.append(source[at:end])
        at = end
    return atoms


def _closed(source: str, at: int) -> int | None:
    """Where the group that is opened at a place is over."""
    depth, within = 0, False
    while at < len(source):
        sign = source[at]
        if sign == "\\":
            at += 1
        elif within:
            within = sign != "]"
        elif sign == "[":
            within = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if not depth:
                return at + 1
        at += 1
    return None
