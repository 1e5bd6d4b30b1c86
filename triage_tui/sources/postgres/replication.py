"""Who follows this server, what it keeps for them, and whom it follows."""

from __future__ import annotations

from collections import Counter

from psycopg.rows import DictRow

from triage_tui.model import Problem, ProblemKind
from triage_tui.model.postgres import Replica
from triage_tui.sources.postgres.probes import Probes
from triage_tui.text import safe

EVERY_S = 4.0
"""Standbys report every second or less; a lag that matters lasts longer than two looks."""

NONE_AGAIN_S = 20.0
"""How often it is asked whether there is a standby, where that cannot be seen among the sessions."""

REPLICAS_READ = 100


class Replication:
    """Keeps the parts of the picture that are read at different times."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[Replica, ...]] = {}

    async def read(
        self, probes: Probes, *, in_recovery: bool, senders: bool | None
    ) -> tuple[Replica, ...] | None:
        """Standbys, slots and the upstream; None where none of it may be seen.

        senders  processes are there that send WAL; None: not known. Without any there is nobody to ask about: to
                 find that out costs the server as much as all sessions do
        """
        limit = {"limit": REPLICAS_READ}
        if senders is False:
            self._parts["standbys"] = ()
        else:
            alone = self._parts.get("standbys") == ()
            rows = await probes.ask(
                "standbys",
                limit,
                part="replication.standbys",
                every_s=NONE_AGAIN_S if alone and not senders else EVERY_S,
            )
            if rows is not None:
                self._parts["standbys"] = standbys(rows)
        rows = await probes.ask("slots", limit, part="replication.slots", every_s=EVERY_S)
        if rows is not None:
            self._parts["slots"] = tuple(map(_slot, rows))
        if not in_recovery:
            self._parts.pop("upstream", None)
        else:
            rows = await probes.ask("upstream", part="replication.upstream", every_s=EVERY_S)
            if rows is not None:
                self._parts["upstream"] = tuple(map(_upstream, rows))
        if any(
            # Without an upstream there is no state to see.
            replica.state is None and replica.role != "slot" and replica.active is not False
            for part in self._parts.values()
            for replica in part
        ):
            probes.missing(
                "replication",
                Problem(ProblemKind.PERMISSION, "state and lag may not be seen by this role", probes.grant),
            )
        if not self._parts:
            return None
        return tuple(
            replica for part in ("standbys", "slots", "upstream") for replica in self._parts.get(part, ())
        )


def standbys(rows: list[DictRow]) -> tuple[Replica, ...]:
    """Receivers of our WAL under names that tell them apart: many call themselves `walreceiver`."""
    names = [safe(row["name"]) or safe(row["client_addr"]) or f"pid {row['pid']}" for row in rows]
    often = Counter(names)
    return tuple(
        Replica(
            name=name if often[name] == 1 else f"{name}@{safe(row['client_addr']) or row['pid']}",
            role="standby",
            state=safe(row["state"]) or None,
            lag_bytes=_lag(row["lag_bytes"]),
            # Without anything new to send, the server reports no time; then there is nothing to wait for either.
            lag_s=row["lag_s"] if row["lag_s"] is not None else 0.0 if row["lag_bytes"] == 0 else None,
            active=True if row["state"] is not None else None,
        )
        for name, row in zip(names, rows, strict=True)
    )


def _slot(row: DictRow) -> Replica:
    return Replica(
        name=safe(row["name"]),
        role="slot",
        state=safe(row["state"]) or None,
        lag_bytes=_lag(row["lag_bytes"]),
        active=row["active"],
    )


def _upstream(row: DictRow) -> Replica:
    place = f"{safe(row['host'])}:{row['port']}" if row["host"] else "upstream"
    return Replica(
        name=place,
        role="upstream",
        state=safe(row["state"]) or None,
        lag_bytes=_lag(row["lag_bytes"]),
        lag_s=row["lag_s"],
        active=row["active"],
    )


def _lag(number: int | None) -> int | None:
    """Bytes; a position that a standby reported after ours was read is not a lag below zero."""
    return max(0, number) if number is not None else None
