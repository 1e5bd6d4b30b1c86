"""One error in several logs: who tells of it first hand, and who repeats it."""

from __future__ import annotations

import re

from triage_tui.model import Finding

_ROUTINE = re.compile(r"^.{0,60}?\b(?:INFO|DEBUG|NOTICE|TRACE)\b")
"""A level at which a program tells of its daily work: a request that it refused is no trouble of its own."""

LEAST_SAID = 16
"""Characters of a message from which on its being in another line is no chance."""


def tells_first_hand(one: Finding, other: Finding) -> bool | None:
    """Of two logs with an error that one guide answers, whether the first tells of it and the second repeats it.

    None: it cannot be told. A line that holds what the other one says repeats it; a line that its program takes for
    daily work is not where the trouble is.
    """
    repeated, repeats = _holds_words_of(other, one), _holds_words_of(one, other)
    if repeated != repeats:
        return repeated
    routine, other_routine = _is_routine(one), _is_routine(other)
    return None if routine == other_routine else other_routine


def _is_routine(finding: Finding) -> bool:
    return bool(finding.quotes) and _ROUTINE.match(finding.quotes[0]) is not None


def _holds_words_of(finding: Finding, said_by: Finding) -> bool:
    """Whether a line of the first holds what a line of the second says, from some `: ` on to its end."""
    return any(
        tail in line
        for said in said_by.quotes
        for tail in _tails(said)
        for line in finding.quotes
        if line != said
    )


def _tails(line: str) -> list[str]:
    parts = line.split(": ")
    tails = [": ".join(parts[start:]) for start in range(1, len(parts))]
    return [tail for tail in tails if len(tail) >= LEAST_SAID]
