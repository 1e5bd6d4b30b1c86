"""Standbys under names that tell them apart, and lags that mean something."""

from __future__ import annotations

from typing import Any

from triage_tui.sources.postgres.replication import standbys


def row(**given: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "pid": 1,
        "name": b"walreceiver",
        "client_addr": b"10.0.0.1",
        "state": b"streaming",
        "sync_state": b"async",
        "lag_s": 0.5,
        "lag_bytes": 100,
    }
    return values | given


def test_standbys_that_share_a_name_are_told_apart() -> None:
    rows = [row(name=b"replica"), row(), row(client_addr=b"10.0.0.2"), row(pid=9, client_addr=None, name=b"")]
    assert [replica.name for replica in standbys(rows)] == [
        "replica",
        "walreceiver@10.0.0.1",
        "walreceiver@10.0.0.2",
        "pid 9",
    ]


def test_nothing_to_send_is_no_lag_and_unknown_is_not_nothing() -> None:
    def lag(**given: Any) -> float | None:
        return standbys([row(**given)])[0].lag_s

    assert lag(lag_s=None, lag_bytes=0) == 0.0
    assert lag(lag_s=None, lag_bytes=5) is None
    assert lag(lag_s=None, lag_bytes=None) is None


def test_a_standby_that_reported_after_us_is_not_ahead() -> None:
    assert standbys([row(lag_bytes=-8)])[0].lag_bytes == 0


def test_what_may_not_be_seen_is_unknown() -> None:
    (replica,) = standbys([row(state=None, client_addr=None, lag_s=None, lag_bytes=None)])
    assert (replica.state, replica.active, replica.lag_bytes, replica.lag_s) == (None, None, None, None)
