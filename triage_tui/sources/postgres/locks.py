"""What the waiting wait for. Pure functions on rows of pg_locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

_STRENGTHS = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
_WEAKEST_CONFLICT = {
    "AccessShareLock": "AccessExclusiveLock",
    "RowShareLock": "ExclusiveLock",
    "RowExclusiveLock": "ShareLock",
    "ShareUpdateExclusiveLock": "ShareUpdateExclusiveLock",
    "ShareLock": "RowExclusiveLock",
    "ShareRowExclusiveLock": "RowExclusiveLock",
    "ExclusiveLock": "RowShareLock",
    "AccessExclusiveLock": "AccessShareLock",
}
"""The weakest mode that each mode excludes. It excludes all stronger ones as well, but ShareLock shares with itself."""


def conflict(one: str, other: str) -> bool:
    """Two lock modes, as pg_locks spells them, exclude each other (PostgreSQL's manual, table 13.2)."""
    if one not in _WEAKEST_CONFLICT or other not in _WEAKEST_CONFLICT:
        return False
    if one == other == "ShareLock":
        return False
    return _STRENGTHS.index(other) >= _STRENGTHS.index(_WEAKEST_CONFLICT[one])


class Lock(Struct, frozen=True):
    """A row of pg_locks.

    item    what is locked: type, database, relation and so on, equal for equal things
    holder  the virtual transaction; the only name of a prepared transaction's locks, whose pid is None
    wait_s  None where it does not wait, and before PostgreSQL 14
    """

    pid: int | None
    item: tuple[Any, ...]
    locktype: str
    database: int | None
    relation: int | None
    transactionid: str | None
    holder: str
    mode: str
    granted: bool
    wait_s: float | None = None


class Detail(Struct, frozen=True):
    """What one session waits for.

    relation, database  object ids of the relation concerned, where there is one
    prepared            transaction ids of the prepared transactions that hold what it wants
    """

    mode: str
    locktype: str
    relation: int | None = None
    database: int | None = None
    wait_s: float | None = None
    prepared: tuple[str, ...] = ()


def lock(row: Mapping[str, Any]) -> Lock:
    """A row as it comes from the statement `locks`."""
    words = {name: row[name].decode() if row[name] is not None else "" for name in _WORDS}
    names = ("database", "relation", "page", "tuple", "classid", "objid", "objsubid")
    return Lock(
        pid=row["pid"],
        item=(
            words["locktype"],
            *(row[name] for name in names),
            words["virtualxid"],
            words["transactionid"],
        ),
        locktype=words["locktype"],
        database=row["database"],
        relation=row["relation"],
        transactionid=words["transactionid"] or None,
        holder=words["virtualtransaction"],
        mode=words["mode"],
        granted=row["granted"],
        wait_s=row["wait_s"],
    )


_WORDS = ("locktype", "virtualxid", "transactionid", "virtualtransaction", "mode")


def details(locks: Iterable[Lock]) -> dict[int, Detail]:
    """For each waiting process what it waits for.

    Who waits for a row waits for the end of a transaction, which names no table; but while it is the first in line
    it holds a lock on the row, which does.
    """
    locks = tuple(locks)
    rows = {held.pid: held for held in locks if held.granted and held.locktype == "tuple" and held.pid}
    prepared = _prepared(locks)
    found: dict[int, Detail] = {}
    for wanted in locks:
        if wanted.granted or wanted.pid is None:
            continue
        place = wanted if wanted.relation is not None else rows.get(wanted.pid)
        found[wanted.pid] = Detail(
            mode=wanted.mode,
            locktype=wanted.locktype,
            relation=place.relation if place is not None else None,
            database=place.database if place is not None else None,
            wait_s=wanted.wait_s,
            prepared=tuple(
                transaction
                for transaction, held in prepared
                if held.item == wanted.item and conflict(wanted.mode, held.mode)
            ),
        )
    return found


def _prepared(locks: Iterable[Lock]) -> list[tuple[str, Lock]]:
    """Locks of prepared transactions, each with the id of its transaction.

    Such a transaction holds a lock on its own id, under the same virtual transaction as its others.
    """
    ownerless = [held for held in locks if held.granted and held.pid is None]
    ids = {held.holder: held.transactionid for held in ownerless if held.locktype == "transactionid"}
    return [(transaction, held) for held in ownerless if (transaction := ids.get(held.holder)) is not None]
