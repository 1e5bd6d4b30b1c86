"""What a line tells, and how much may be looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from triage_tui.sources.docker.logs.ledger import FORGOTTEN_S, MOST_ENTRIES, Ledger
from triage_tui.sources.docker.logs.reading import MOST_BYTES, MOST_QUEUED, Raw, Reader
from triage_tui.sources.docker.logs.telling import missing_variable, versions

NOW = datetime(2026, 11, 26, 7, 0, 10, tzinfo=UTC)


def age(at: datetime | None) -> float | None:
    return (NOW - at).total_seconds() if at is not None else None


def raw(text: str, second: int = 0, container: str = "api-1") -> Raw:
    return Raw(container, container, f"2026-11-26T07:00:{second:02d}.000000000Z {text}\n".encode())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("RuntimeError: HMAC_SECRET_KEY environment variable is required", "HMAC_SECRET_KEY"),
        ("KeyError: 'DATABASE_URL'", "DATABASE_URL"),
        ("Error: environment variable SECRET_KEY is not set", "SECRET_KEY"),
        ("Missing required environment variable: STRIPE_KEY", "STRIPE_KEY"),
        ("missing environment variables: API_TOKEN, OTHER_ONE", "API_TOKEN"),
        ("DATABASE_URL is not set", "DATABASE_URL"),
        ("DATABASE_URL must be set", "DATABASE_URL"),
        ("./start.sh: line 3: REDIS_URL: unbound variable", "REDIS_URL"),
        ("sh: DB_HOST: parameter not set", "DB_HOST"),
        ("You must specify POSTGRES_PASSWORD to a non-empty value", "POSTGRES_PASSWORD"),
        ("panic: required key SHOP_PORT missing value", "SHOP_PORT"),
        ('The "API_KEY" variable is not set. Defaulting to a blank string.', "API_KEY"),
        ("config error: JWT_SECRET is missing", "JWT_SECRET"),
    ],
)
def test_a_line_names_what_is_missing(line: str, name: str) -> None:
    assert missing_variable(line, line.lower()) == name


@pytest.mark.parametrize(
    "line",
    ["SECRET_KEY is set", "KeyError: 'name'", "environment variable DEBUG_MODE is set to 1", "required field: email",
     "the file is missing", "must be an INTEGER",
     "LOG_LEVEL=debug", "MISSING TABLE users is required"],
)  # fmt: skip
def test_a_line_that_names_nothing(line: str) -> None:
    assert missing_variable(line, line.lower()) is None


def test_versions_that_do_not_fit() -> None:
    line = "pg_dump: detail: server version: 18.1 (Debian 18.1-1); pg_dump version: 16.4"
    assert versions(line) == ("pg_dump", "16.4", "18.1")
    assert versions("WARNING: psql major version 15, server major version 18.") == ("psql", "15", "18")
    assert versions("server version 18.1 ready") is None


def test_lines_are_added_up() -> None:
    ledger = Ledger()
    reader = Reader(ledger, lambda line: "x/known" if "ERROR" in line else None)
    for second in (1, 5, 3):
        reader.put(raw(f"ERROR {second} for jane@shop.org", second))
    reader.put(raw("fine", 6))
    assert reader.waiting == 4
    reader.read(5.0)
    assert reader.waiting == 0
    (hit,) = ledger.hits(age)
    assert (hit.container, hit.entry, hit.count) == ("api-1", "x/known", 3)
    assert (hit.first_age_s, hit.last_age_s, hit.last_at) == (9.0, 5.0, "2026-11-26T07:00:05.000+00:00")
    assert hit.line == "ERROR 3 for j…@s…"
    (sensitive,) = ledger.sensitive_hits(age)
    assert (sensitive.count, sensitive.sample) == (3, "j…@s…")


def test_a_shape_that_nobody_knows_is_not_asked_about_again() -> None:
    """Only instants, ids and fractions vary: a code of a few digits makes another line."""
    asked: list[str] = []
    reader = Reader(Ledger(), lambda line: asked.append(line))  # type: ignore[func-returns-value]
    for text in (
        "GET 200 in 1.52 ms",
        "GET 200 in 1.99 ms",
        "GET 500 in 1.11 ms",
        "id deadbeef01",
        "id 00c0ffee99",
    ):
        reader.put(raw(text))
    reader.read(5.0)
    assert asked == ["GET 200 in 1.52 ms", "GET 500 in 1.11 ms", "id deadbeef01"]


def test_reading_ends_when_its_time_is_over() -> None:
    reader = Reader(Ledger(), None)
    for number in range(50):
        reader.put(raw(f"line {number}"))
    reader.read(0.0)
    assert reader.waiting == 50


def test_what_waits_is_bounded() -> None:
    reader = Reader(Ledger(), None)
    for _ in range(MOST_QUEUED):
        reader.put(raw("x"))
    assert reader.room == 0
    heavy = Reader(Ledger(), None)
    while heavy.room > 0:
        heavy.put(Raw("a", "a", b"x" * 8192))
    assert heavy.waiting == MOST_BYTES // 8192


def test_what_is_found_is_bounded_and_forgotten() -> None:
    ledger = Ledger()
    for number in range(MOST_ENTRIES + 10):
        ledger.known("a", "api-1", f"x/{number}", "line", NOW)
    assert len(ledger.hits(age)) == MOST_ENTRIES
    assert ledger.hits(age)[0].entry == f"x/{MOST_ENTRIES + 9}", "the latest first"
    ledger.known("b", "gone-1", "x/y", "line", NOW)
    ledger.known("a", "api-1", "x/old", "line", NOW - timedelta(seconds=FORGOTTEN_S + 1))
    ledger.forget({"a"}, age)
    assert not {hit.entry for hit in ledger.hits(age)} & {"x/y", "x/old"}


def test_any_bytes_are_read() -> None:
    ledger = Ledger()
    reader = Reader(ledger, lambda line: "x/y")
    for line in (b"", b"\n", b"\xff\xfe\x00", b"2026-11-26T07:00:00Z", b"x" * 9000):
        reader.put(Raw("a", "a", line))
    reader.read(5.0)
    assert all(hit.last_at == "" or hit.last_at.startswith("2026") for hit in ledger.hits(age))
