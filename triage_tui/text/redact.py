"""Taking secrets out of text.

Detectors for source code (gitleaks, detect-secrets) look for tokens with high entropy and miss what stands in
queries, connection strings and command lines; so this is a list of the places where passwords stand (`places/`).
Most text holds none of them and is passed on after a look for a few words.
"""

from __future__ import annotations

from triage_tui.text.places import assignments, commands, headers, statements, tokens, urls
from triage_tui.text.places.rule import REDACTED

__all__ = ["REDACTED", "redact", "redact_url"]

# Exact forms before loose ones: a URL keeps its user and host, and an assignment would take the whole of it.
_RULES = (
    *tokens.RULES,
    *urls.RULES,
    *headers.RULES,
    *statements.RULES,
    *commands.RULES,
    *assignments.RULES,
)


def _rules_by_mark() -> tuple[tuple[str, int], ...]:
    """Each mark once, with a bit set for every rule that it wakes."""
    found: dict[str, int] = {}
    for number, rule in enumerate(_RULES):
        for mark in rule.marks or ("",):
            found[mark] = found.get(mark, 0) | 1 << number
    return tuple(found.items())


_BY_MARK = _rules_by_mark()


def redact(text: str) -> str:
    """The text with every secret replaced by `[redacted]`; user names, hosts and the rest stay. Linear time."""
    lowered = text.lower()
    awake = 0
    for mark, rules in _BY_MARK:
        if mark in lowered:
            awake |= rules
    while awake:
        lowest = awake & -awake
        text = _RULES[lowest.bit_length() - 1].apply(text)
        awake ^= lowest
    return text


def redact_url(url: str) -> str:
    """A URL (or libpq keyword string) fit for showing: without password and secret parameters. Never raises."""
    return redact(url)
