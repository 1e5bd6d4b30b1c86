"""From sessions that wait to the blocking tree: reads what they wait for, and remembers for how long."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.model.postgres import Blocking, Prepared
from triage_tui.sources.postgres.activity import WAITING_EXAMINED, Activity, blockers
from triage_tui.sources.postgres.blocking import PREPARED, Wait, blocking_tree
from triage_tui.sources.postgres.locks import Detail, details, lock
from triage_tui.sources.postgres.names import Names
from triage_tui.sources.postgres.probes import Probes
from triage_tui.text import safe

LOCKS_READ = 2000
LOCKS_AGAIN_S = 10.0
"""For how long what the waiting ask for is taken to be the same while the same sessions wait for the same others."""

PREPARED_READ = 200
"""Far above any max_prepared_transactions in use."""

Identity = tuple[int | str | None, ...]


class Waits:
    """What is known about the waiting sessions from one look to the next."""

    def __init__(self) -> None:
        self._since: dict[Identity, float] = {}
        self._details: dict[int, Detail] = {}
        self._read_for: dict[Identity, tuple[int, ...]] = {}
        self._read_at = 0.0
        self._hidden: dict[int, tuple[int, ...]] = {}
        self._transactions: dict[str, str] = {}
        self.prepared: tuple[Prepared, ...] | None = None

    async def blocked_by(self, probes: Probes, activity: Activity) -> dict[int, tuple[int, ...]]:
        """For each waiting process whom it waits for, also where this role may not see that it waits.

        Reading all locks is dear on a busy server; between two readings the last answer holds for those that
        are still there.
        """
        if not activity.hidden:
            self._hidden = {}
            return activity.blocked_by
        rows = await probes.ask("waiting", {"waiting_limit": WAITING_EXAMINED}, part="blocking")
        if rows is not None:
            self._hidden = blockers(rows)
        present = {one.pid for one in activity.backends}
        return {pid: them for pid, them in self._hidden.items() if pid in present} | activity.blocked_by

    async def read_prepared(self, probes: Probes, names: Names, possible: int) -> None:
        """Read the prepared transactions. possible: the server's max_prepared_transactions, mostly 0."""
        if not possible:
            self.prepared = ()
            return
        rows = await probes.ask("prepared", {"limit": PREPARED_READ}, part="prepared")
        if rows is None:
            return
        await names.read_roles(probes, (row["ownerid"] for row in rows))
        self._transactions = {row["transactionid"].decode(): safe(row["gid"]) for row in rows}
        self.prepared = tuple(
            Prepared(safe(row["gid"]), names.database(row["dbid"]), names.role(row["ownerid"]), row["age_s"])
            for row in rows
        )

    async def tree(
        self,
        probes: Probes,
        names: Names,
        activity: Activity,
        blocked_by: Mapping[int, tuple[int, ...]],
        database: str,
        now: float,
    ) -> tuple[Blocking, ...]:
        """The blocking tree. now: monotonic seconds."""
        ids = {one.pid: one.identity for one in activity.backends if one.pid in blocked_by}
        self._since = {who: self._since.get(who, now) for who in ids.values()}
        if not ids:
            self._details = {}
            return ()
        await self._read_locks(probes, {who: blocked_by[pid] for pid, who in ids.items()}, ids, now)
        ours = [
            detail.relation
            for detail in self._details.values()
            if detail.relation is not None and names.database(detail.database) == database
        ]
        await names.read_relations(probes, ours)
        return blocking_tree(
            self._wait(pid, who, blocked_by[pid], names, database, now) for pid, who in ids.items()
        )

    async def _read_locks(
        self, probes: Probes, waits: dict[Identity, tuple[int, ...]], ids: Mapping[int, Identity], now: float
    ) -> None:
        """Read what is asked for, unless it was read a moment ago for the very same waits."""
        # All prepared transactions have one number: one of them may have taken the place of another.
        settled = waits == self._read_for and not any(PREPARED in them for them in waits.values())
        if settled and now - self._read_at < LOCKS_AGAIN_S:
            return
        rows = await probes.ask("locks", {"limit": LOCKS_READ}, part="blocking.mode")
        if rows is None:
            return
        self._details = details(map(lock, rows))
        self._read_for, self._read_at = waits, now
        for pid, detail in self._details.items():
            if detail.wait_s is not None and pid in ids:
                self._since[ids[pid]] = now - max(0.0, detail.wait_s)

    def _wait(
        self, pid: int, who: Identity, blocked_by: tuple[int, ...], names: Names, database: str, now: float
    ) -> Wait:
        # What was read before this statement began is about another one.
        detail = self._details.get(pid) if who in self._read_for else None
        relation = None
        if detail is not None and detail.relation is not None:
            relation = names.relation(detail.relation, names.database(detail.database), database)
        return Wait(
            pid=pid,
            blocked_by=blocked_by,
            mode=detail.mode if detail is not None else None,
            relation=relation,
            wait_s=now - self._since[who],
            prepared=self._gids(detail) if PREPARED in blocked_by else (),
        )

    def _gids(self, detail: Detail | None) -> tuple[str, ...]:
        """Which prepared transactions stand behind the 0: those that hold what it wants, or the only one there is."""
        known = [
            self._transactions[xid]
            for xid in (detail.prepared if detail else ())
            if xid in self._transactions
        ]
        if not known and len(self._transactions) == 1:
            known = list(self._transactions.values())
        return tuple(known)
