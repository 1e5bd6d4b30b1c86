"""What every rule is made of, and the pieces that patterns share.

A repeated group that never gives back what it took is written `(?>(?:…)*)` and not `(?:…)*+`: up to 3.11.4, Python
matches the latter wrongly where something in the group could be taken in another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

REDACTED = "[redacted]"

NEWLINE = r"\r\n␊␍"
"""Inside a character class: line breaks, as they come and as `sanitise` shows them."""

GAP = rf"[\s{NEWLINE}]"
"""White space within a statement."""

BLANK = r"[ \t]"

COLOURS = r"(?>(?:[\x1b␛]\[[0-9;:]{0,24}m){0,3})"
"""Colour sequences, as they come and as `sanitise` shows them: loggers put them between a name and its value."""


class Rule(NamedTuple):
    """One way to find secrets.

    marks  in lower case; the rule can only apply to a text that holds one of them
    apply  the text without the secrets that this rule finds
    """

    marks: tuple[str, ...]
    apply: Callable[[str], str]


def rule(
    marks: str,
    pattern: str,
    replacement: str | Callable[[re.Match[str]], str],
    flags: int = re.IGNORECASE,
    *,
    shortest: int = 0,
) -> Rule:
    """A rule that replaces what a pattern matches. marks: separated by spaces; shortest: characters that a match has.

    The pattern is compiled when its marks are first met: all of them together take as long as a program's start.
    """
    compiled = lazily(pattern, flags | re.DOTALL)
    return Rule(
        tuple(marks.split()),
        lambda text: text if len(text) < shortest else compiled().sub(replacement, text),
    )


def lazily(pattern: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """A pattern that is compiled when it is first asked for."""
    return cache(lambda: re.compile(pattern, flags))


def after_group(match: re.Match[str]) -> str:
    """Keep group 1, redact the rest of the match; leave alone what is redacted already."""
    rest = match.group()[len(match.group(1)) :]
    return match.group() if rest.strip("\"'") == REDACTED else f"{match.group(1)}{REDACTED}"
