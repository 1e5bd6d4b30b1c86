"""Databases with their rates, sizes and ages of transaction ids."""

from __future__ import annotations

from triage_tui.model.postgres import Database
from triage_tui.sources.postgres.names import Names, array
from triage_tui.sources.postgres.probes import Probes
from triage_tui.sources.postgres.rates import Counters, database_rates

SIZES_EVERY_S = 300.0
"""A size costs a look at every file; disks fill in minutes at the fastest."""


class Databases:
    """Remembers the counters of the look before."""

    def __init__(self) -> None:
        self._previous: dict[int, Counters] = {}
        self._sizes: dict[int, int] = {}
        self._latest: tuple[Database, ...] = ()

    async def read(self, probes: Probes, names: Names) -> tuple[Database, ...]:
        """All databases that take connections; those of the look before where they cannot be read now."""
        await names.read_databases(probes)
        oids = names.database_oids
        if not oids:
            return ()
        sizes = await probes.ask("sizes", {"oids": array(oids)}, part="databases.size", every_s=SIZES_EVERY_S)
        if sizes is not None:
            self._sizes = {row["oid"]: row["size_bytes"] for row in sizes}
        rows = await probes.ask("databases", {"oids": array(oids)}, part="databases")
        if rows is None:
            return self._latest
        counters = {row.pop("oid"): Counters(**row) for row in rows}
        self._latest = tuple(
            database_rates(
                names.database(oid) or f"oid {oid}",
                self._previous.get(oid),
                current,
                size_bytes=self._sizes.get(oid),
                frozen_xid_age=names.frozen_xid_ages.get(oid),
            )
            for oid, current in counters.items()
        )
        self._previous = counters
        return self._latest
