"""A line of a log, and what the program said in it: without the clock, the level and the name that a logger puts before
it, and out of the JSON or `msg="…"` that it is put into."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_TEXTS = 8
"""Texts of one JSON line that are looked at."""

MAX_DEPTH = 4
"""Objects within each other in which a text is looked for."""

_SAYING = (
    "message", "msg", "log", "error", "err", "exception", "exc_info", "stack_trace", "stacktrace", "stack", "traceback",
    "reason", "detail", "details", "event", "textpayload", "text", "cause", "description", "body",
)  # fmt: skip
"""Names under which loggers keep what was said, the usual ones first."""

_CUT_FIELD = re.compile(rf'"(?:{"|".join(_SAYING)})"\s*:\s*"((?:[^"\\]|\\.)*)', re.IGNORECASE)
"""The same in JSON that ends in the middle."""

_KEY_VALUE = re.compile(r'(?:^|\s)(?:msg|message|error|err)=(?:"((?:[^"\\]|\\.)*)"?|(?=\S))', re.IGNORECASE)

_CLOCK = (
    r"\d{4}[-/.]\d\d[-/.]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|\s?[+-]\d\d:?\d\d|\s?UTC|\s?GMT)?)?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:[.,]\d+)?"
    r"|\d{1,2}[/ ][A-Z][a-z]{2}[/ ]\d{4}[: ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: [+-]\d{4})?"
)
_LEVEL = r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|FATAL|PANIC|SEVERE)"
_BEFORE = re.compile(
    "|".join(
        (
            # api-1  | …, of Compose
            r"[\w.-]+\s+\|\s+",
            # E0312 12:00:00.000 123 main.go:12] …, of klog
            r"[IWEF]\d{4} \d\d:\d\d:\d\d(?:\.\d+)?\s+\d+ [\w./-]+:\d+\] ",
            rf"\[?(?:{_CLOCK})\]?(?:[\s|:,-]+|$)",
            # Nov 25 03:12:01 web1 shop[812]: … has its clock taken away by now
            r"(?:[\w.-]+ )?[\w./-]+\[\d+\]: ",
            # 1:M 25 Nov …, of Redis
            r"\d+:[A-Z] (?=\d)",
            # [812], [812-1], [worker-3], [MainThread]
            r"\[[\w./ @:-]{1,40}\]\s+",
            rf"\[?{_LEVEL}(?:/[\w-]+)?\]?(?:\s+[|-]\s+|\s+)",
            r"level=\w+\s+",
            r"(?:ts|time|timestamp)=\S+\s+",
            # app.core - …, app.core: … is no logger's but an exception's
            r"[\w.]+ - ",
            # of Redis: `* DB saved`, `# Error …`
            r"[*#] ",
        )
    )
)
_AFTER = re.compile(
    r"\s+\[?(?:request|trace|span|correlation)[_-]?id[=:]\s*[\w-]+\]?$"
    r"|\s+\((?:attempt|try) \d+(?: of |/)\d+\)$",
    re.IGNORECASE,
)
_MAX_BEFORE = 8


def shapes(line: str) -> list[str]:
    """A line as it is, then what a program said in it, each once and with single blanks."""
    return list(dict.fromkeys([line, " ".join(line.split()), *said(line)]))


def said(line: str) -> list[str]:
    """What a program said in a line, each once. Texts of several lines, as a stack within JSON, come line by line."""
    inside = [part for text in _inside(line) for part in text.splitlines() if part.strip()]
    return list(dict.fromkeys(" ".join(bare(text).split()) for text in inside or [line]))


def bare(line: str) -> str:
    """A line without what a logger puts before what is said, and after it."""
    text = line.strip()
    for _ in range(_MAX_BEFORE):
        match = _BEFORE.match(text)
        if match is None or match.end() == len(text):
            break
        text = text[match.end() :]
    return _AFTER.sub("", text)


def _inside(line: str) -> Iterator[str]:
    """Texts of a line's JSON object or of its `msg=`."""
    opened = line.find("{")
    if opened >= 0 and '"' in line:
        whole = _object(line[opened:])
        if whole is not None:
            texts = list(_texts(whole, 0))
            yield from [text for _, text in sorted(texts, key=lambda one: one[0])][:MAX_TEXTS]
        else:
            for match in list(_CUT_FIELD.finditer(line, opened))[:MAX_TEXTS]:
                yield _unescaped(match[1])
    for match in list(_KEY_VALUE.finditer(line))[:MAX_TEXTS]:
        yield _unescaped(match[1]) if match[1] is not None else line[match.end() :]


def _object(text: str) -> dict[str, Any] | None:
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _texts(value: object, depth: int, rank: int = len(_SAYING)) -> Iterator[tuple[int, str]]:
    """Texts below a value under the names that are known, each with the rank of its name."""
    if isinstance(value, str):
        if rank < len(_SAYING) and value.strip():
            yield rank, value
    elif depth < MAX_DEPTH and isinstance(value, dict):
        for name, inner in value.items():
            lowered = name.lower()
            yield from _texts(
                inner, depth + 1, _SAYING.index(lowered) if lowered in _SAYING else len(_SAYING)
            )
    elif depth < MAX_DEPTH and isinstance(value, list):
        for inner in value[:MAX_TEXTS]:
            yield from _texts(inner, depth + 1, rank)


def _unescaped(text: str) -> str:
    """The text of a JSON string whose end may be lost."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
