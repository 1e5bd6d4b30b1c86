"""Text as words that can be compared: split where programmers join, cut to their stems, without the empty ones."""

from __future__ import annotations

import re
from functools import lru_cache

MIN_STEM = 3

_WHOLE = frozenset({"site"})
"""Words that would become others, as `sit` of `site`."""

_WORD = re.compile(r"[^\W_]+(?:[_.'-][^\W_]+)*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_JOINTS = re.compile(r"[_.'-]")
_VOWEL = re.compile(r"[aeiouy]")

EMPTY = frozenset(
    """
    a about after again all also an and any are as at be because been before being but by can cannot could did do does
    doesn don for from get gets getting got had has have how i if in into is isn it its just keep keeps like me my no
    not of on one only or our out over same see seems since some so still such than that the their them then there
    these they this to too up us very want was we were what when where which while who why will with would you your
    """.split()  # noqa: SIM905
)
"""Words that stand in every question and say nothing about the trouble."""


def words(text: str) -> list[str]:
    """Lower-case words in their order; `maxmemory_policy`, `OutOfMemory` and `pg-dump` also come in their parts."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        whole = match.group()
        if whole.isalpha() and (whole.islower() or whole.istitle()):
            found.append(whole.lower())
            continue
        parts = [part.lower() for joint in _JOINTS.split(whole) for part in _PART.findall(joint)]
        found.extend(parts)
        joined = _JOINTS.sub("", whole).lower()
        if len(parts) > 1 and len(joined) <= 40:
            found.append(joined)
    return found


def stems(text: str) -> list[str]:
    """The stems of all words in their order, empty words included."""
    return [stem(word) for word in words(text)]


def telling(text: str) -> list[str]:
    """The stems of the words that say something, each once, in their order. All of them where none says anything."""
    found = words(text)
    kept = [word for word in found if word not in EMPTY and (len(word) > 1 or word.isdigit())]
    return list(dict.fromkeys(stem(word) for word in kept or found))


STEMS_KEPT = 4096
"""Words whose stems are remembered. Logs bring new words without end, and each remembered one takes 200 bytes."""


@lru_cache(maxsize=STEMS_KEPT)
def stem(word: str) -> str:
    """A word without its ending: `refuses`, `refused` and `refusing` are one. Light on purpose: it must not join what
    differs (`server` and `serve` stay two)."""
    if len(word) <= MIN_STEM or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    if word in _WHOLE:
        return word
    for ending in ("ation", "ing", "ion", "ed"):
        if word.endswith(ending):
            base = word[: -len(ending)] + ("at" if ending == "ation" else "")
            if len(base) >= MIN_STEM and _VOWEL.search(base) and (ending != "ion" or base[-1] in "st"):
                word = base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
                break
    return word[:-1] if word.endswith("e") and len(word) > MIN_STEM else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
