"""What the waiting wait for, from rows as pg_locks has them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.sources.postgres.locks import Detail, Lock, conflict, details, lock

MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
CONFLICTS = (
    ".......x",
    "......xx",
    "....xxxx",
    "...xxxxx",
    "..xx.xxx",
    "..xxxxxx",
    ".xxxxxxx",
    "xxxxxxxx",
)
"""Table 13.2 of PostgreSQL's manual, row by row."""


@pytest.mark.parametrize(("mode", "row"), list(zip(MODES, CONFLICTS, strict=True)))
def test_modes_exclude_each_other_as_in_the_manual(mode: str, row: str) -> None:
    assert "".join("x" if conflict(mode, other) else "." for other in MODES) == row


@given(st.sampled_from(MODES), st.sampled_from(MODES))
def test_excluding_is_mutual(one: str, other: str) -> None:
    assert conflict(one, other) == conflict(other, one)


def test_modes_of_other_kinds_of_lock_exclude_nothing_that_we_know_of() -> None:
    assert not conflict("SIReadLock", "AccessExclusiveLock")
    assert not conflict("AccessExclusiveLock", "SIReadLock")


def row(**given: Any) -> Lock:
    """A row as it comes over the wire."""
    values: dict[str, Any] = dict.fromkeys(
        (
            *("pid", "database", "relation", "page", "tuple", "classid", "objid", "objsubid", "wait_s"),
            *("virtualxid", "transactionid"),
        )
    )
    values |= {"locktype": b"relation", "virtualtransaction": b"3/7", "mode": b"ShareLock", "granted": False}
    return lock(values | given)


TABLE = {"locktype": b"relation", "database": 5, "relation": 16384}
FIRST_IN_LINE = {"locktype": b"tuple", "database": 5, "relation": 16384, "page": 0, "tuple": 1}


def test_nothing_is_waited_for() -> None:
    assert details([]) == {}
    assert details([row(pid=1, granted=True, **TABLE)]) == {}


def test_a_table() -> None:
    waiting = row(pid=1, mode=b"AccessExclusiveLock", wait_s=2.5, **TABLE)
    assert details([waiting]) == {1: Detail("AccessExclusiveLock", "relation", 16384, 5, 2.5)}


def test_the_first_in_line_for_a_row_waits_for_a_transaction_and_names_the_table_by_its_place() -> None:
    waiting = row(pid=1, locktype=b"transactionid", transactionid=b"742")
    place = row(pid=1, mode=b"ExclusiveLock", granted=True, **FIRST_IN_LINE)
    other = row(pid=9, mode=b"ExclusiveLock", granted=True, **(FIRST_IN_LINE | {"relation": 999}))
    assert details([waiting, other, place]) == {1: Detail("ShareLock", "transactionid", 16384, 5)}


def test_a_transaction_without_a_place_in_line_names_no_table() -> None:
    assert details([row(pid=1, locktype=b"transactionid", transactionid=b"742")])[1].relation is None


def test_the_second_in_line_waits_for_the_place() -> None:
    assert details([row(pid=2, mode=b"ExclusiveLock", **FIRST_IN_LINE)])[2].relation == 16384


def prepared(transaction: bytes, holder: bytes, *held: dict[str, Any]) -> list[Lock]:
    """The locks of a prepared transaction: its own id among them, all under one virtual transaction."""
    own = {"locktype": b"transactionid", "transactionid": transaction, "mode": b"ExclusiveLock"}
    return [
        row(pid=None, virtualtransaction=holder, granted=True, **values)  # type: ignore[arg-type]
        for values in (own, *held)
    ]


def test_of_two_prepared_transactions_the_one_that_holds_what_is_wanted() -> None:
    locks = [
        row(pid=1, mode=b"RowExclusiveLock", **TABLE),
        *prepared(b"700", b"-1/700", TABLE | {"mode": b"AccessShareLock"}),
        *prepared(b"701", b"-1/701", TABLE | {"mode": b"ShareLock"}),
        *prepared(b"702", b"-1/702", TABLE | {"mode": b"ShareLock", "relation": 1}),
    ]
    assert details(locks)[1].prepared == ("701",)


def test_the_prepared_transaction_that_changed_the_row() -> None:
    waiting = row(pid=1, locktype=b"transactionid", transactionid=b"701", mode=b"ShareLock")
    locks = [waiting, *prepared(b"700", b"-1/700"), *prepared(b"701", b"-1/701")]
    assert details(locks)[1].prepared == ("701",)


def test_a_lock_without_owner_whose_transaction_is_not_among_the_rows_is_passed_over() -> None:
    """The number of rows that are read is bounded."""
    locks = [
        row(pid=1, **TABLE),
        row(pid=None, virtualtransaction=b"-1/9", granted=True, mode=b"AccessExclusiveLock", **TABLE),
    ]
    assert details(locks)[1].prepared == ()
