"""From an error line, or a pasted traceback, to the entry that knows it; or an honest "no match".

Four ways, the surest first: a signature that is found in a line; a line that ends within a signature; a line that, its
variable parts masked, is nearly one that an entry is known by; and a line that says nearly the same words as one of
them. The last two have thresholds (see benchmarks/guides for how they were found, and what they let through).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from triage_tui.guides.document import without_masks
from triage_tui.guides.index import Index, Row
from triage_tui.guides.logline import said, shapes
from triage_tui.guides.mask import mask
from triage_tui.guides.pattern import Pattern
from triage_tui.guides.sieve import Sieve, Stored
from triage_tui.guides.words import EMPTY, stem, telling
from triage_tui.text import safe

MAX_LINES = 400
"""Lines of a paste that are looked at: the last ones, where a traceback says what happened."""

MAX_LINE = 2_000
"""Characters of a line that are looked at."""

MAX_RESULTS = 5

ALIKE = 88.0
"""Likeness of masked lines, of 100, from which one is the other."""

SHARED = 0.6
"""Share of the words of two lines, weighed by rarity, that both have to hold."""

MIN_WORDS = 4
"""Words that have to be shared: three are shared by chance."""

_WEIGHTS = (2.0, 1.0, 5.0, 0.5, 0.2)
_CANDIDATES = 30
_LINES_CUT = 60
"""Lines of a paste whose end may be lost."""

_LINES_BY_WORDS = 12
"""Lines of a paste that are compared by words: each costs a search."""

How = Literal["signature", "cut", "alike", "words"]

_SURE = {"signature": (0.9, "its signature found"), "cut": (0.8, "the line ends within its signature:")}
"""The least score of each, and how it is told."""


class Match(Struct, frozen=True):
    """An entry that knows a line.

    score  0 to 1; a signature is above 0.9, a cut one above 0.8, the rest below
    line   the line of the paste, from 1, and its text, made safe
    why    what was found, in sentences
    """

    row: Row
    score: float
    how: How
    line: int
    text: str
    why: tuple[str, ...]


def match(index: Index, pasted: str, limit: int = MAX_RESULTS) -> list[Match]:
    """Entries that know one of the lines, the best first. Empty: none does."""
    lines = _lines(pasted)
    found = (
        _by_signature(index, index.whole(), lines, "signature")
        or _by_signature(index, index.cut(), lines[:_LINES_CUT], "cut")
        or _by_likeness(index, lines[:_LINES_BY_WORDS])
    )
    best: dict[int, Match] = {}
    for one in sorted(found, key=lambda each: (-each.score, -each.line)):
        best.setdefault(one.row.number, one)
    return list(best.values())[:limit]


def _lines(pasted: str) -> list[tuple[int, str]]:
    """Lines with their numbers, the last first: a traceback ends with what happened."""
    every = [(number, line) for number, line in enumerate(pasted.splitlines(), start=1) if line.strip()]
    return [(number, safe(line, limit=MAX_LINE)) for number, line in reversed(every[-MAX_LINES:])]


def _by_signature(index: Index, sieve: Sieve, lines: Sequence[tuple[int, str]], how: How) -> list[Match]:
    excludes = index.excludes()
    found: list[tuple[int, Pattern, str, int, str]] = []
    for number, line in lines:
        looked_at, asked = "", list[Stored]()
        for shape in shapes(line):
            lowered = shape.lower()
            if not asked or lowered not in looked_at:
                looked_at, asked = lowered, sieve.through(lowered)
            for one in asked:
                if (hit := one.pattern.search(shape)) is None:
                    continue
                if any(each.search(shape) is not None for each in excludes.get(one.entry, ())):
                    continue
                found.append((one.entry, one.pattern, hit.group(), number, line))
    rows = index.rows({entry for entry, *_ in found})
    least, told = _SURE[how]
    return [
        Match(
            rows[entry],
            # More is asked for, more is meant; of two that ask for as much, the later line of the paste counts.
            round(least + 0.1 * pattern.weight / (pattern.weight + 20), 4),
            how,
            number,
            line,
            (f"{told} “{safe(' '.join(text.split()), limit=80)}”",),
        )
        for entry, pattern, text, number, line in found
    ]


_NEGATION = re.compile(r"\b(?:no|not|never|without|cannot|\w+n't)\b")
_OF_LOGGERS = frozenset(
    map(stem, ("trace", "debug", "info", "notice", "warning", "error", "fatal", "log", "exception"))
)
"""Words that stand in lines about anything."""


def _by_likeness(index: Index, lines: Sequence[tuple[int, str]]) -> list[Match]:
    return [one for number, line in lines for text in said(line) for one in _like(index, number, line, text)]


def _like(index: Index, number: int, line: str, text: str) -> list[Match]:
    """Entries that know a text, which was said in a line, by what is like it."""
    from rapidfuzz import fuzz

    masked = mask(text)
    words = _telling(masked)
    if len(words) < MIN_WORDS:
        return []
    lowered = masked.lower()
    denies = _denies(lowered)
    known = [word for word in words if index.holders(word)]
    numbers = index.candidates(_rare(index, known), _WEIGHTS, _CANDIDATES)
    templates, rows = index.templates(numbers), index.rows(numbers)
    excludes = index.excludes()
    found: list[Match] = []
    for entry in numbers:
        if any(each.search(line) is not None for each in excludes.get(entry, ())):
            continue
        alike = [each for each in templates.get(entry, ()) if _denies(each) == denies]
        near = max(
            ((fuzz.token_sort_ratio(lowered, each), each) for each in alike),
            default=(0.0, ""),
        )
        if near[0] >= ALIKE:
            why = f"{near[0]:.0f} % alike: “{safe(near[1], limit=80)}”"
            found.append(Match(rows[entry], round(0.8 * near[0] / 100, 4), "alike", number, line, (why,)))
            continue
        shares, shared = max((_shared(index, words, each) for each in alike), default=(0.0, []))
        if shares >= SHARED and len(shared) >= MIN_WORDS:
            why = f"shares with an error line of it: {', '.join(shared[:8])}"
            found.append(Match(rows[entry], round(0.7 * shares, 4), "words", number, line, (why,)))
    return found


def _shared(index: Index, words: Sequence[str], template: str) -> tuple[float, list[str]]:
    """The share of what two lines say that both say, by rarity, from 0 to 1; and the words."""
    others = set(_telling(template))
    shared = [word for word in words if word in others]
    both = sum(map(index.rarity, shared))
    either = sum(map(index.rarity, others.union(words)))
    return (both / either if either else 0.0), shared


def _denies(lowered: str) -> bool:
    """Whether a line says that something is not: "no running event loop" is another matter than one that runs."""
    return _NEGATION.search(lowered) is not None


def _telling(masked: str) -> list[str]:
    """The words of a masked line that say something."""
    return [
        word
        for word in telling(without_masks(masked))[:40]
        if word not in EMPTY and word not in _OF_LOGGERS and len(word) > 1
    ]


def _rare(index: Index, known: list[str]) -> list[str]:
    return sorted(known, key=index.holders)[:10]
