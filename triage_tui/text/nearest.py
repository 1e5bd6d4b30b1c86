"""The known name that a mistyped one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable

from triage_tui.text.safe import safe

MAX_COMPARED = 64
"""Characters of a name that are compared in the search for the nearest one, whose time grows with the square."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped one most likely stands for; None where none is close."""
    # difflib costs as much to import as everything else here, and most names are right.
    import difflib

    by_lower = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name[:MAX_COMPARED].lower(), by_lower, n=1)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or what there is to choose from where nothing is close. Empty where there is nothing."""
    candidates = list(known)
    near = nearest(name, candidates)
    if near is not None:
        return f"; did you mean `{safe(near)}`?"
    if not candidates:
        return ""
    return f"; known here: {safe(', '.join(candidates))}"
