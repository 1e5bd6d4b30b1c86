"""From a question to entries, with the reason for each.

SQLite's full-text search finds candidates; the order is made here, because its BM25 gives nothing for a word that half
of the entries hold, which in a small collection are the words that people ask with. A word counts by its rarity, by the
best field that holds it, and less where it is not the asked one but a synonym, an ending or a typo of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from triage_tui.guides.document import FIELDS
from triage_tui.guides.index import Index, Row
from triage_tui.guides.synonyms import alike
from triage_tui.guides.words import EMPTY, stem, telling, words

MAX_QUESTION = 400
"""Characters of a question that are looked at. Longer text is a log, for which there is `match`."""

MAX_WORDS = 24
MAX_RESULTS = 20

_WEIGHTS = (4.0, 2.5, 1.3, 1.3, 0.5)
"""Of the fields, in the order of FIELDS."""

_ALSO = 0.5
"""What a word counts in each further field that holds it."""

_PAIR = 0.6
"""What two words count that stand side by side in the entry as in the question, of what they count alone."""

_CANDIDATES = 80
_WALK = 2_500
"""Entries that are ranked by full-text search at most: words that many entries hold are left to the order."""

_MIN_PREFIX = 2
_COMPLETIONS = 6
_MIN_TYPO = 4
_NEAR = 0.75
"""Likeness of two words from which one may be a typo of the other: one letter of four, two of eight."""

How = Literal["", "like", "begins", "typo"]
"""The word itself, a synonym, a word that begins so, or one that differs by a letter or two."""

_EVEN = 0.6
"""Power of a word's rarity: a rare word of a question is often chance (`huge`, `halfway`), and must not outweigh two
that name the thing."""

_COUNTS: dict[How, float] = {"": 1.0, "begins": 0.8, "typo": 0.65, "like": 0.55}


class Option(Struct, frozen=True):
    """A stem, or stems side by side, that may stand for an asked word."""

    phrase: str
    how: How


class Asked(Struct, frozen=True):
    """One word of a question and what may stand for it.

    most  what any of them may count: a rare word that only begins like a known one says no more than that
    """

    word: str
    options: tuple[Option, ...]
    most: float = math.inf


class Hit(Struct, frozen=True):
    """An entry that answers.

    score    compared within one search only; 1 is an entry that holds every word in its title
    why      sentences, the strongest reason first
    snippet  a line of the entry in which most of the words stand; "" where they stand in its title alone
    """

    row: Row
    score: float
    why: tuple[str, ...]
    snippet: str = ""


def search(index: Index, question: str, limit: int = MAX_RESULTS, *, typing: bool = False) -> list[Hit]:
    """Entries for a question, the best first. typing: the last word may be the beginning of one."""
    question = question[:MAX_QUESTION]
    asked = _asked(index, question, typing and not question.endswith(" "))
    best = _scored(index, question, asked)[:limit]
    rows = index.rows(number for _, number, _ in best)
    return [
        Hit(rows[number], score, _why(reasons), snippet(index.body(number), asked))
        for score, number, reasons in best
        if score > 0
    ]


def ranking(index: Index, question: str, limit: int = MAX_RESULTS) -> list[int]:
    """The numbers of what `search` finds, without a word about why: a third of its time."""
    question = question[:MAX_QUESTION]
    best = _scored(index, question, _asked(index, question, typing=False))[:limit]
    return [number for score, number, _ in best if score > 0]


def _scored(index: Index, question: str, asked: list[Asked]) -> list[tuple[float, int, list[Reason]]]:
    """Score, number and reasons of the candidates, the best first."""
    if not asked:
        return []
    weight_of = {option.phrase: _rarity(index, option.phrase) for one in asked for option in one.options}
    numbers = _candidates(index, asked, weight_of)
    fields = index.fields(numbers)
    pairs = _pairs(question)
    full = (
        sum(max((weight_of[o.phrase] for o in one.options if not o.how), default=1.0) for one in asked)
        * _WEIGHTS[0]
    )
    scored = []
    for number in numbers:
        score, reasons = _score([f" {field} " for field in fields[number]], asked, weight_of, pairs)
        scored.append((score / full, number, reasons))
    scored.sort(key=lambda one: (-one[0], one[1]))
    return scored


def _asked(index: Index, question: str, typing: bool) -> list[Asked]:
    """The words of a question that say something, with everything that may stand for each."""
    found = telling(question)[:MAX_WORDS]
    written = {stem(word): word for word in reversed(words(question))}
    last = words(question)[-1] if typing and words(question) else ""
    around = _synonyms(question)
    asked = []
    for one in found:
        options = [Option(one, "")]
        options += [Option(" ".join(phrase), "like") for phrase in around.get(one, ())]
        if last and stem(last) == one:
            options += [Option(each, "begins") for each in _completions(index, last) if each != one]
        if not index.holders(one) and not any(option.how == "begins" for option in options):
            options += [Option(each, "typo") for each in _near(index, one)]
        most = _rarity(index, one) if index.holders(one) else math.inf
        asked.append(Asked(written.get(one, one), tuple(options), most))
    if last and stem(last) not in found and len(last) >= _MIN_PREFIX:
        # The beginning of a word may look like one that says nothing: `for` of `foreign`.
        asked.append(Asked(last, tuple(Option(each, "begins") for each in _completions(index, last))))
    return [one for one in asked if one.options]


def _synonyms(question: str) -> dict[str, list[tuple[str, ...]]]:
    """Stem of a word → phrases that mean what begins there."""
    asked = [stem(word) for word in words(question)[: 2 * MAX_WORDS]]
    found: dict[str, list[tuple[str, ...]]] = {}
    for at, phrases in alike(asked).items():
        # A phrase may begin with a word that says nothing; it is hung onto the first one that does.
        word = next((each for each in asked[at : at + 4] if each not in EMPTY), asked[at])
        found.setdefault(word, []).extend(phrases)
    return found


def _completions(index: Index, beginning: str) -> list[str]:
    """Stems that a word which is still being typed may become."""
    if len(beginning) < _MIN_PREFIX:
        return []
    longer = index.starting_with(beginning, _COMPLETIONS)
    # The stem may be shorter than what is typed: `connectio` will be `connection`, whose stem is `connect`.
    shorter = [beginning[:cut] for cut in range(len(beginning) - 1, max(3, len(beginning) - 5), -1)]
    return list(dict.fromkeys([*longer, *(each for each in shorter if not longer and index.holders(each))]))


def _near(index: Index, word: str) -> list[str]:
    if len(word) < _MIN_TYPO or not word.isalpha():
        return []
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = index.every_stem()
    close = [
        each
        for each in known
        if abs(len(each) - len(word)) <= 2 and (each[0] == word[0] or each[1:2] == word[1:2])
    ]
    found = process.extract(word, close, scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=8)
    ranked = sorted(found, key=lambda each: (-round(each[1], 2), -known[each[0]]))
    return [each[0] for each in ranked[:3]]


def _rarity(index: Index, phrase: str) -> float:
    """Of several words side by side: that of the rarest."""
    return math.pow(max(index.rarity(each) for each in phrase.split()), _EVEN)


def _candidates(index: Index, asked: list[Asked], weight_of: dict[str, float]) -> list[int]:
    options = sorted(weight_of, key=lambda phrase: -weight_of[phrase])
    chosen: list[str] = []
    walked = 0
    for phrase in options:
        holders = min(index.holders(each) for each in phrase.split())
        if not holders:
            continue
        if chosen and walked + holders > _WALK:
            break
        chosen.append(phrase)
        walked += holders
    return index.candidates(chosen, _WEIGHTS, _CANDIDATES)


def _pairs(question: str) -> list[tuple[str, str]]:
    """Stems side by side in a question, where both say something."""
    found = [(word, stem(word)) for word in words(question)[: 2 * MAX_WORDS]]
    return [(one[1], two[1]) for one, two in pairwise(found) if one[0] not in EMPTY and two[0] not in EMPTY]


Reason = tuple[float, str, str, How]
"""What a word counted, the word as it was asked, the field or stem that answered, and how."""


def _score(
    fields: Sequence[str], asked: list[Asked], weight_of: dict[str, float], pairs: list[tuple[str, str]]
) -> tuple[float, list[Reason]]:
    """fields: each between spaces."""
    everything = "".join(fields)
    total = 0.0
    reasons: list[Reason] = []
    for one in asked:
        best: Reason = (0.0, "", "", "")
        for option in one.options:
            strength, where = _held(fields, everything, f" {option.phrase} ")
            counts = strength * min(one.most, weight_of[option.phrase]) * _COUNTS[option.how]
            if counts > best[0]:
                best = (counts, one.word, where if not option.how else option.phrase, option.how)
        if best[0]:
            total += best[0]
            reasons.append(best)
    for first, second in pairs:
        strength, _ = _held(fields, everything, f" {first} {second} ")
        if strength:
            total += _PAIR * strength * min(weight_of.get(first, 0.0), weight_of.get(second, 0.0))
    # An entry that answers most of the question is worth more than one that answers a part of it very well.
    return total * (0.4 + 0.6 * len(reasons) / len(asked)), reasons


def _held(fields: Sequence[str], everything: str, phrase: str) -> tuple[float, str]:
    """How strongly fields hold a phrase, and the one that does most."""
    if phrase not in everything:
        return 0.0, ""
    best = also = 0.0
    where = ""
    for field, weight, name in zip(fields, _WEIGHTS, FIELDS, strict=True):
        if phrase in field:
            also += weight
            if weight > best:
                best, where = weight, name
    return best + _ALSO * (also - best), where


_SAID: dict[str, str] = {
    "title": "in the title",
    "tags": "among its tags",
    "signatures": "in its error lines",
    "symptoms": "in symptoms and causes",
    "body": "in the text",
}


_HOW: dict[How, str] = {"like": "means the same as", "begins": "begins", "typo": "read as"}

_MIN_SNIPPET = 12
"""Characters of a line that is worth showing."""


def _why(reasons: list[Reason]) -> tuple[str, ...]:
    said: dict[str, list[str]] = {}
    for _, word, where, how in sorted(reasons, reverse=True):
        said.setdefault(_SAID[where] if not how else f"{_HOW[how]} “{where}”", []).append(word)
    return tuple(f"{', '.join(found)} {place}" for place, found in said.items())


def snippet(body: str, asked: Sequence[Asked]) -> str:
    """The line of a body that holds most of what was asked; "" where none holds any of it."""
    whole = body.lower()
    wanted = [
        phrase for phrase in {option.phrase for one in asked for option in one.options} if phrase in whole
    ]
    if not wanted:
        return ""
    best, found = 0, ""
    for line in body.splitlines():
        # Stems are beginnings of words, near enough for choosing a line.
        lowered = line.lower()
        held = sum([phrase in lowered for phrase in wanted])
        if held > best and not line.startswith("## "):
            bare = line.strip().lstrip("#>-*|0123456789. ").rstrip("| ")
            if len(bare) >= _MIN_SNIPPET and not bare.startswith("```"):
                best, found = held, bare
    return found
