"""What a line of a log tells by itself: a variable that is missing, and versions that do not fit. Pure functions."""

from __future__ import annotations

import re

_NAME = r"[\"'`‘“]?(?:[Ee]nvironment[ -])?[\"'`‘“$]?\{?(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{4,}URL)\}?[\"'`’”]?"
_VARIABLE = r"(?:env(?:ironment)?[ _-]?var(?:iable)?s?|variable|setting|config(?:uration)?(?: value)?)"
_LACKS = r"(?:required|missing|not set|not defined|undefined|unset|not configured|not provided|not found|empty|absent)"

_MISSING = tuple(
    re.compile(pattern)
    for pattern in (
        # HMAC_SECRET_KEY environment variable is required
        rf"{_NAME}\s+{_VARIABLE}\s+(?:is|was|must be|has not been|isn't)\s+(?:{_LACKS}|set)",
        # DATABASE_URL is not set, must be set
        rf"{_NAME}\s+(?:is|was|isn't|are)\s+(?:a\s+)?{_LACKS}",
        rf"{_NAME}\s+(?:must|has to|needs to|should) be (?:set|defined|provided|specified|configured)",
        rf"{_NAME}:?\s+(?:parameter (?:null or )?not set|unbound variable)",
        # missing required environment variable: X, environment variable X is not set, you must specify X
        rf"(?i:missing|required|undefined|unset)\s+(?i:required\s+)?(?i:{_VARIABLE})\s*[:=]?\s*{_NAME}",
        rf"(?i:{_VARIABLE})\s+{_NAME}\s+(?:is|was|must|not|has)\b(?!\s+(?:set|ok|present|loaded|found|used)\b)",
        rf"(?i:must|have to|need to) (?:specify|set|define|provide)(?: the)?(?: {_VARIABLE})? {_NAME}",
        # Python's os.environ["X"], Node's env-var and envalid, Rust's and Go's packages
        rf"KeyError: {_NAME}\s*\Z",
        rf"env-var: {_NAME} is a required variable",
        rf"required key {_NAME} missing value",
        rf"(?i:variable) (?i:\"\${{)?{_NAME} (?i:is not set)",
    )
)

_MARKS = (
    "required", "missing", "not set", "undefined", "unset", "must", "keyerror", "not defined", "unbound", "not found",
    "not configured", "not provided", "need to", "have to", "has to", "needs to", "null or", "empty", "absent",
)  # fmt: skip

_VERSIONS = re.compile(
    r"server version:? (?P<server>\d+(?:\.\d+)*)[^;]{0,60}; "
    r"(?P<program>pg_dump|pg_dumpall|pg_restore|psql|pg_basebackup) version:? (?P<client>\d+(?:\.\d+)*)"
)
_PSQL = re.compile(r"(?P<program>psql) major version (?P<client>\d+), server major version (?P<server>\d+)")


def missing_variable(line: str, lowered: str) -> str | None:
    """The variable that a line says is missing; None where it says no such thing. lowered: the line in lower case."""
    if not any(mark in lowered for mark in _MARKS):
        return None
    for pattern in _MISSING:
        if (match := pattern.search(line)) is not None:
            return match["name"]
    return None


def versions(line: str) -> tuple[str, str, str] | None:
    """(program, its version, the server's version) where a program of PostgreSQL's tells that they differ."""
    if "version" not in line:
        return None
    match = _VERSIONS.search(line) or _PSQL.search(line)
    return (match["program"], match["client"], match["server"]) if match is not None else None
