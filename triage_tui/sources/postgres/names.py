"""Names behind numbers, remembered: the catalogues that hold them may be locked when they are needed most."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from psycopg.rows import DictRow

from triage_tui.sources.postgres.probes import Probes
from triage_tui.text import safe

CATALOGUE_EVERY_S = 60.0
"""How often databases are listed: new ones appear rarely, and ages of transaction ids grow slowly."""

DATABASES_READ = 200
REMEMBERED = 5000
"""Names kept of one kind; beyond that all are forgotten and asked for again."""


class Names:
    """Databases, roles and relations of one server, by object id."""

    def __init__(self) -> None:
        self._databases: dict[int, str] = {}
        self._roles: dict[int, str | None] = {}
        self._relations: dict[int, str | None] = {}
        self.frozen_xid_ages: dict[int, int] = {}

    @property
    def database_oids(self) -> list[int]:
        """The databases that take connections."""
        return list(self._databases)

    async def read_databases(self, probes: Probes) -> None:
        """List the databases again when it is time to."""
        rows = await probes.ask(
            "catalogue", {"limit": DATABASES_READ}, part="databases", every_s=CATALOGUE_EVERY_S
        )
        if rows is not None:
            self._databases = {row["oid"]: safe(row["name"]) for row in rows}
            self.frozen_xid_ages = {row["oid"]: row["frozen_xid_age"] for row in rows}

    async def read_roles(self, probes: Probes, oids: Iterable[int | None]) -> None:
        """Learn the names of roles that are not known yet."""
        await self._read(probes, "roles", "sessions.user", self._roles, oids, lambda row: safe(row["name"]))

    async def read_relations(self, probes: Probes, oids: Iterable[int | None]) -> None:
        """Learn the names of relations of our own database that are not known yet."""
        await self._read(probes, "relations", "blocking.relation", self._relations, oids, _qualified)

    def database(self, oid: int | None) -> str | None:
        """A database's name; None where it is not known."""
        return self._databases.get(oid) if oid else None

    def role(self, oid: int | None) -> str | None:
        """A role's name; None where it is not known."""
        return self._roles.get(oid) if oid else None

    def relation(self, oid: int, database: str | None, ours: str) -> str:
        """`schema.table` in our own database, `oid 1234` elsewhere and where it is not known."""
        name = self._relations.get(oid) if database == ours else None
        return name or f"oid {oid}"

    @staticmethod
    async def _read(
        probes: Probes,
        name: str,
        part: str,
        known: dict[int, str | None],
        oids: Iterable[int | None],
        named: Callable[[DictRow], str],
    ) -> None:
        wanted = {oid for oid in oids if oid} - known.keys()
        if not wanted:
            return
        rows = await probes.ask(name, {"oids": array(wanted)}, part=part)
        if rows is None:
            return
        if len(known) > REMEMBERED:
            known.clear()
        # What has no name now was dropped; asking again would not find it.
        known.update(dict.fromkeys(wanted))
        known.update({row["oid"]: named(row) for row in rows})


def array(oids: Iterable[int]) -> str:
    """Object ids as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, sorted(oids))) + "}"


def _qualified(row: DictRow) -> str:
    return safe(row["schema"] + b"." + row["name"])
