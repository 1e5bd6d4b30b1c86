"""Error lines as they really arrive: other clocks and numbers, within a log's prefix, in JSON, with their end lost."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

Mutation = Callable[[random.Random, str], str]

_PREFIXES = (
    "2026-{m:02d}-{d:02d}T{h:02d}:{i:02d}:{s:02d}.{ms:03d}Z ",
    "{h:02d}:{i:02d}:{s:02d} ERROR ",
    "[{h:02d}:{i:02d}:{s:02d}] ",
    "shop-api-{n}  | ",
    "Nov {d:2d} {h:02d}:{i:02d}:{s:02d} web{n} shop[{p}]: ",
    "2026-{m:02d}-{d:02d} {h:02d}:{i:02d}:{s:02d},{ms:03d} [worker-{n}] ERROR app.core - ",
    "level=error ts=2026-{m:02d}-{d:02d}T{h:02d}:{i:02d}:{s:02d}Z msg=",
    "E{m:02d}{d:02d} {h:02d}:{i:02d}:{s:02d}.{ms:03d} {p} main.go:{n}] ",
)
_ENDS = ("", " (attempt {n} of 5)", " [request_id={p}]", " at worker.py:{n}", " took {ms}ms", "\r")
_KEPT = re.compile(
    r"(?:exit(?:ed)?|code|signal|errno|Errno|HTTP/1\.1|Error|HTTP Error|\(|SSL|port)[\s:=\-]*\d+"
    r"|^\d{3}\b|\b\d{3}:|v\d+|V\d+|x509|:5432|:6379|:6432",
    re.IGNORECASE,
)


def mutate(line: str, seed: int) -> str:
    """One way in which a line may arrive; the same for the same seed."""
    rng = random.Random(f"{seed}:{line}")
    changed = _numbers(rng, line)
    for mutation in rng.sample((_prefix, _suffix, _as_json, _spaces, _lower, _cut), k=rng.randint(1, 2)):
        changed = mutation(rng, changed)
    return changed


def _numbers(rng: random.Random, line: str) -> str:
    """Other numbers, but those that are the message."""
    kept = [match.span() for match in _KEPT.finditer(line)]

    def other(match: re.Match[str]) -> str:
        if any(begin <= match.start() < end for begin, end in kept):
            return match.group()
        return "".join(rng.choice("123456789") for _ in match.group())

    return re.sub(r"(?<![A-Za-z_])\d+(?![A-Za-z_])", other, line)


def _fill(rng: random.Random, text: str) -> str:
    return text.format(
        m=rng.randint(1, 12), d=rng.randint(1, 28), h=rng.randint(0, 23), i=rng.randint(0, 59), s=rng.randint(0, 59),
        ms=rng.randint(0, 999), n=rng.randint(1, 9), p=rng.randint(1000, 60000),
    )  # fmt: skip


def _prefix(rng: random.Random, line: str) -> str:
    return _fill(rng, rng.choice(_PREFIXES)) + line


def _suffix(rng: random.Random, line: str) -> str:
    return line + _fill(rng, rng.choice(_ENDS))


def _as_json(rng: random.Random, line: str) -> str:
    return json.dumps({"ts": rng.randint(1_700_000_000, 1_800_000_000), "level": "error", "message": line})


def _spaces(rng: random.Random, line: str) -> str:
    return re.sub(" ", lambda _: " " * rng.choice((1, 1, 1, 2)), line)


def _lower(_rng: random.Random, line: str) -> str:
    return line.lower()


def _cut(rng: random.Random, line: str) -> str:
    """The end is lost, as in a narrow column: at most a fifth of it."""
    return line[: max(30, len(line) - rng.randint(0, len(line) // 5))]
