"""Rows of pg_stat_get_activity made into sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.sources.postgres.activity import Activity, blockers, iso, sessions
from triage_tui.sources.postgres.names import Names

ROW: dict[str, Any] = {
    "pid": 7,
    "datid": 5,
    "usesysid": 10,
    "application_name": b"shop",
    "client_addr": b"10.0.0.9",
    "client_port": 5000,
    "backend_type": b"client backend",
    "backend_start_us": 1_700_000_000_123_456,
    "state": b"active",
    "wait_event_type": None,
    "wait_event": None,
    "transaction_age_s": 3.0,
    "query_age_s": 2.0,
    "state_age_s": 2.0,
    "query_start_us": 1_700_000_001_000_000,
    "blocked_by": [],
    "query": b"SELECT 1",
    "hidden": False,
    "total": 1,
}


def shown(**given: Any) -> Any:
    activity = Activity([ROW | given], {}, False, 0, 0)
    (session,) = sessions(activity, Names(), {7: (3,)})
    return session


def test_a_session() -> None:
    session = shown()
    assert session.client == "10.0.0.9:5000"
    assert session.blocked_by == (3,)
    assert session.backend_start == "2023-11-14T22:13:20.123456+00:00"
    assert session.query == "SELECT 1"


@pytest.mark.parametrize(("port", "client"), [(-1, "local"), (None, None)])
def test_without_an_address(port: int | None, client: str | None) -> None:
    """-1 is a Unix socket; nothing is a process of the server's, or a session that we may not see."""
    assert shown(client_addr=None, client_port=port).client == client


def test_what_may_not_be_seen_is_unknown() -> None:
    session = shown(
        hidden=True,
        query=b"<insufficient privilege>",
        state=None,
        transaction_age_s=None,
        query_age_s=None,
        backend_start_us=None,
    )
    assert session.query is None
    assert session.state is None
    assert session.transaction_age_s is None
    assert session.backend_start is None


def test_somebody_who_runs_that_very_text_is_shown() -> None:
    assert shown(query=b"<insufficient privilege>").query == "<insufficient privilege>"


def test_clocks_of_processors_that_disagree_make_nothing_younger_than_now() -> None:
    assert shown(query_age_s=-0.000_02).query_age_s == 0.0


def test_a_query_in_another_encoding_and_with_a_password() -> None:
    session = shown(query=b"ALTER ROLE caf\xe9 PASSWORD 'hunter2-hunter2' \x1b[2J")
    assert "caf" in session.query
    assert "hunter2" not in session.query
    assert "\x1b" not in session.query


def test_a_blocker_is_named_once() -> None:
    """Parallel workers are named by their leader."""
    assert blockers([{"pid": 1, "blocked_by": [4, 4, 2]}, {"pid": 2, "blocked_by": []}]) == {1: (4, 2)}


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_start_of_a_session_is_exact(start: datetime) -> None:
    text = iso((start - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
    assert text is not None
    assert datetime.fromisoformat(text) == start
