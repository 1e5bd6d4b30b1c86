"""Records of pg_stat_get_activity made into sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.model.postgres import Session
from triage_tui.sources.postgres.activity import blockers
from triage_tui.sources.postgres.backend import EPOCH, MICROSECONDS, backend, fields, iso
from triage_tui.sources.postgres.names import Names

NOW = 700_000_000_000_000

COLUMNS: dict[str, Any] = {
    "datid": 5,
    "usesysid": 4_000_000_000,
    "application_name": b"shop",
    "client_addr": b"10.0.0.9",
    "client_port": 5000,
    "backend_type": b"client backend",
    "backend_start": NOW - 60 * MICROSECONDS,
    "state": b"active",
    "wait_event_type": None,
    "wait_event": None,
    "xact_start": NOW - 3 * MICROSECONDS,
    "query_start": NOW - 2 * MICROSECONDS,
    "query": b"SELECT 1",
}

WIDTHS = {"datid": 4, "usesysid": 4, "client_port": 4}


def record(**given: Any) -> bytes:
    """As record_send writes it: the number of columns, then each one's type, length and bytes."""
    written = len(COLUMNS).to_bytes(4, "big")
    for name, value in (COLUMNS | given).items():
        match value:
            case None:
                written += bytes(4) + b"\xff\xff\xff\xff"
                continue
            case int():
                value = (value % 2 ** (8 * WIDTHS.get(name, 8))).to_bytes(WIDTHS.get(name, 8), "big")
        written += bytes(4) + len(value).to_bytes(4, "big") + value
    return written


def shown(changed: int | None = NOW - 2 * MICROSECONDS, **given: Any) -> Session:
    return backend(7, changed, record(**given)).session(NOW, Names(), (3,))


def test_a_session() -> None:
    assert shown() == Session(
        pid=7,
        backend_start=iso(NOW - 60 * MICROSECONDS),
        application="shop",
        client="10.0.0.9:5000",
        backend_type="client backend",
        state="active",
        transaction_age_s=3.0,
        query_age_s=2.0,
        state_age_s=2.0,
        blocked_by=(3,),
        query="SELECT 1",
    )


def test_numbers_of_roles_have_no_sign() -> None:
    assert backend(7, None, record()).usesysid == 4_000_000_000


@pytest.mark.parametrize(("port", "client"), [(-1, "local"), (None, None)])
def test_without_an_address(port: int | None, client: str | None) -> None:
    """-1 is a Unix socket; nothing is a process of the server's, or a session that we may not see."""
    assert shown(client_addr=None, client_port=port).client == client


def test_what_may_not_be_seen_is_unknown() -> None:
    session = shown(
        changed=None,
        query=b"<insufficient privilege>",
        state=None,
        xact_start=None,
        query_start=None,
        backend_start=None,
    )
    assert session.query is None
    assert session.state is None
    assert session.transaction_age_s is None
    assert session.state_age_s is None
    assert session.backend_start is None


def test_somebody_who_runs_that_very_text_is_shown() -> None:
    assert shown(query=b"<insufficient privilege>").query == "<insufficient privilege>"


def test_what_rests_runs_no_query() -> None:
    assert shown(state=b"idle in transaction").query_age_s is None


def test_what_began_while_it_was_read_is_no_younger_than_that() -> None:
    assert shown(query_start=NOW + 20).query_age_s == 0.0


def test_a_query_in_another_encoding_and_with_a_password() -> None:
    query = shown(query=b"ALTER ROLE caf\xe9 PASSWORD 'hunter2-hunter2' \x1b[2J").query
    assert query is not None
    assert "caf" in query
    assert "hunter2" not in query
    assert "\x1b" not in query


def test_a_blocker_is_named_once() -> None:
    """Parallel workers are named by their leader."""
    assert blockers([{"pid": 1, "blocked_by": [4, 4, 2]}, {"pid": 2, "blocked_by": []}]) == {1: (4, 2)}


@given(st.lists(st.none() | st.binary(max_size=40), max_size=20))
def test_any_record_is_taken_apart(values: list[bytes | None]) -> None:
    written = len(values).to_bytes(4, "big")
    for value in values:
        length = len(value).to_bytes(4, "big") if value is not None else b"\xff" * 4
        written += b"type" + length + (value or b"")
    assert fields(written) == values


@given(st.binary(max_size=200) | st.integers(0, 60).map(lambda length: record()[:length]))
def test_what_is_no_record_is_refused(garbage: bytes) -> None:
    """And nothing else happens, however long or short the lengths in it pretend that it is."""
    with pytest.raises(ValueError, match=r"record|unpack"):
        backend(7, None, garbage)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_start_of_a_session_is_exact(start: datetime) -> None:
    text = iso((start - EPOCH) // timedelta(microseconds=1))
    assert text is not None
    assert datetime.fromisoformat(text) == start
