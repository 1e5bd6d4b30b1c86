"""Databases with their rates, sizes and ages of transaction ids."""

from __future__ import annotations

from msgspec import structs

from triage_tui.model.postgres import Database
from triage_tui.sources.postgres.names import Names, array
from triage_tui.sources.postgres.probes import Probes
from triage_tui.sources.postgres.rates import Counters, database_rates, too_soon

SIZES_EVERY_S = 300.0
"""A size costs a look at every file; disks fill in minutes at the fastest."""


class Databases:
    """Remembers what to compare with: the counters of the look before, or of one long enough ago."""

    def __init__(self) -> None:
        self._bases: dict[int, Counters] = {}
        self._rated: dict[int, Database] = {}
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
        self._rated = {oid: self._rate(oid, current, names) for oid, current in counters.items()}
        self._bases = {
            oid: self._bases[oid] if self._is_too_soon(oid, current) else current
            for oid, current in counters.items()
        }
        self._latest = tuple(self._rated.values())
        return self._latest

    def _rate(self, oid: int, current: Counters, names: Names) -> Database:
        known = {"size_bytes": self._sizes.get(oid), "frozen_xid_age": names.frozen_xid_ages.get(oid)}
        name = names.database(oid) or f"oid {oid}"
        # A reader who presses refresh twice sees the rates of a moment ago, not none.
        if self._is_too_soon(oid, current) and oid in self._rated:
            return structs.replace(self._rated[oid], name=name, connections=current.connections, **known)
        return database_rates(name, self._bases.get(oid), current, **known)

    def _is_too_soon(self, oid: int, current: Counters) -> bool:
        return oid in self._bases and too_soon(self._bases[oid], current)
