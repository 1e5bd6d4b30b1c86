"""What differs from one occurrence of an error to the next, replaced by what it is.

One pass with one expression, whose alternatives stand in the order in which they win: what has to stay (an exit code,
an errno, a signal, an HTTP status and a SQLSTATE are the message, not its decoration), then the exact forms, then the
loose ones, then bare numbers.
"""

from __future__ import annotations

import re

_STATUS_WORDS = (
    r"Bad|Not|Too|Internal|Service|Gateway|Unauthorized|Forbidden|Client|Server|Request|Payload|Content|Unprocessable|"
    r"Conflict|Moved|Found|Method|Method|Length|Precondition|Gone|OK|Created|Accepted"
)

_KEPT = (
    r"\bexit(?:ed|ing|s)?(?:\s+with)?(?:\s+(?:non-?zero))?(?:\s+(?:code|status))?[\s:=(]*-?\d{1,3}\b",
    r"\bexit_?code[\"'\s:=]*-?\d{1,3}\b",
    r"\berrno[\s:=]*-?\d{1,3}\b",
    r"\bsignal[\s:=]*\d{1,2}\b",
    r"\bSQLSTATE\b[\s:=(\[]*[0-9A-Z]{5}\b",
    r"\b(?:ERROR|FATAL|PANIC|WARNING):\s+[0-9A-Z]{5}(?=:)",
    r"\b[0-9]{2}P[0-9]{2}\b",
    r"\bHTTP/\d(?:\.\d)?\"?\s+[1-5]\d\d\b",
    r"(?<=\"\s)[1-5]\d\d\b(?=\s|$)",
    r"\b(?:http|response|status|error)(?:[ _-]?(?:code|status))+[\"'\s:=(]*[1-5]\d\d\b",
    r"\bstatus[\"'\s:=(]*[1-5]\d\d\b",
    r"\b(?:error|errors|HTTP|code|returned|got|received)[\"':=\s(]+[1-5]\d\d\b",
    rf"\b[1-5]\d\d\b(?=[\s:,-]+(?:{_STATUS_WORDS})\b)",
)

_MASKED = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("url", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>)\]]+"),
    ("uuid", r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    (
        "date",
        r"\b\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|\s?[+-]\d\d:?\d\d|\s?UTC\b)?)?"
        r"|\b\d{1,2}[/.-](?:\d{1,2}|[A-Z][a-z]{2})[/.-]\d{2,4}(?:[ :T]\d\d:\d\d:\d\d)?"
        r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)?,? ?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}"
        r"(?: \d{4})?(?:,? \d\d:\d\d:\d\d)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b",
    ),
    (
        "ip",
        r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b|\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}\b|\[?::1\]?(?::\d{1,5})?",
    ),
    ("host", r"\b(?:[a-z0-9_](?:[\w-]*[a-z0-9])?\.)*[a-z][\w-]*:\d{2,5}\b"),
    ("sha", r"\b(?:sha256:)?[0-9a-f]{40,64}\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,39}\b"),
    ("duration", r"\b\d+(?:\.\d+)?\s?(?:ns|us|µs|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?)\b"),
    ("hex", r"\b0x[0-9a-f]+\b"),
    ("size", r"\b\d+(?:\.\d+)?\s?(?:[kmgt]i?b|bytes?)\b"),
    ("num", r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])|(?<=[\w.-])\d{3,}\b"),
    ("value", r"(?<==)(?:\"[^\"]*\"|'[^']*')"),
)

_PATTERN = re.compile(
    "|".join([f"(?P<kept>{'|'.join(_KEPT)})", *(f"(?P<{name}>{pattern})" for name, pattern in _MASKED)]),
    re.IGNORECASE,
)

MASKS = frozenset(name for name, _ in _MASKED)
"""What a masked text may hold between `<` and `>`."""


def mask(line: str) -> str:
    """The line with its variable parts as `<ip>`, `<num>`, …, and its blanks made single. Linear in its length."""
    return " ".join(_PATTERN.sub(_replaced, line).split())


def _replaced(match: re.Match[str]) -> str:
    return match.group() if match.lastgroup == "kept" else f"<{match.lastgroup}>"
