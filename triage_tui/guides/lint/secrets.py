"""Secrets in guides: what redaction would take out and is no placeholder."""

from __future__ import annotations

import re
from itertools import pairwise

from triage_tui.guides.lint.subject import Subject
from triage_tui.text import REDACTED, redact

_PLACEHOLDER = re.compile(
    r"[A-Z]+(?:_[A-Z]+)*|<[^<>]+>|\$\{?\w+.*|\{[\w.]+\}|%\w+%|\*+|x+|X+|…+|\.{3}|[\"'`,;:\s]*"
    r"|(?i:(?:your|my|new|old|the|some|example)[-_ ]?[a-z]*|password|secret|token|change-?me|pw|\[?redacted\]?)"
    r"|[A-Z][a-z]+(?:-[A-Z][a-z]+)+"
)
"""PASSWORD, <password>, ${PASSWORD}, ***, your-password; and names of headers, behind which no value follows."""


def secrets(subject: Subject) -> None:
    """Note each line that holds something like a password or a token that is no placeholder."""
    for number, line in enumerate(subject.text.splitlines(), start=1):
        if any(not _is_harmless(before, taken) for before, taken in taken_out(line)):
            subject.note(
                "a secret stands here; write a placeholder like PASSWORD or ${DB_PASSWORD}", line=number
            )


def taken_out(line: str) -> list[tuple[str, str]]:
    """What redaction replaces in a line: the character before it, and it."""
    shown = redact(line)
    if shown == line:
        return []
    kept = shown.split(REDACTED)
    found: list[tuple[str, str]] = []
    at = 0
    for before, after in pairwise(kept):
        if not line.startswith(before, at):
            return [("", line)]
        at += len(before)
        end = line.find(after, at) if after else len(line)
        if end < 0:
            return [("", line)]
        found.append((line[at - 1 : at], line[at:end]))
        at = end
    return found


def _is_harmless(before: str, taken: str) -> bool:
    bare = taken.strip("\"'`,;:()[]{}<>. ")
    if any(_PLACEHOLDER.fullmatch(text) for text in (bare, taken.strip("\"'`,; "))):
        return True
    # A sentence goes on after a word like "requirepass"; a value stands in quotes, or behind a sign.
    return before == " " and bare.isalpha() and bare.islower()
