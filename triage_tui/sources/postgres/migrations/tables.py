"""What migration tools noted in one database, read over an open connection."""

from __future__ import annotations

from msgspec import Struct
from psycopg import sql

from triage_tui.sources.postgres.link import Link
from triage_tui.sources.postgres.queries import query
from triage_tui.text import safe

MOST_TABLES = 4
"""A database has one such table, or two where a tool was changed; tenants with a schema each are not followed."""

MOST_ROWS = 5_000

_OLDEST = (13,)
_TOOLS = {"alembic_version": "alembic", "_prisma_migrations": "prisma", "django_migrations": "django"}
_STATEMENTS = {"alembic": "alembic_version", "prisma": "prisma_migrations", "django": "django_migrations"}


class Noted(Struct, frozen=True):
    """What one tool noted. applied: in the order in which it was done, for Alembic the latest ones alone."""

    tool: str
    applied: tuple[str, ...]
    failed: tuple[str, ...] = ()


class Unreadable(Struct, frozen=True):
    """A table that is there and may not be read: `public.alembic_version`."""

    table: str


async def noted(link: Link) -> list[Noted | Unreadable]:
    """One entry for each table of such a tool. Raises what `Link.ask` raises."""
    found: list[Noted | Unreadable] = []
    for row in await link.ask(query("migration_tables", _OLDEST), {"limit": MOST_TABLES}):
        schema, name = _text(row["schema"]), _text(row["name"])
        if not row["readable"]:
            found.append(Unreadable(safe(f"{schema}.{name}")))
            continue
        tool = _TOOLS[name]
        statement = sql.SQL(query(_STATEMENTS[tool], _OLDEST)).format(schema=sql.Identifier(schema))
        rows = await link.ask(statement, {"limit": MOST_ROWS})
        found.append(
            Noted(
                tool,
                tuple(safe(each["revision"], limit=200) for each in rows if each.get("finished", True)),
                tuple(safe(each["revision"], limit=200) for each in rows if each.get("failed", False)),
            )
        )
    return found


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
