"""How far the schema of a database has come, as the tables of migration tools tell it."""

from __future__ import annotations

from msgspec import Struct


class Migrations(Struct, frozen=True):
    """What one tool has done to one database.

    tool      alembic, prisma or django
    applied   revisions that the database has: Alembic's heads, Prisma's names, Django's `app.name`; the newest last,
              at most a few hundred
    failed    migrations that began and did not end (Prisma)
    wanted    the newest revisions that the code wants, as a folder or a label says; None where nothing says so
    behind    those of them that the database does not have; empty: it is up to date; None: not known
    wanted_by what says so, for people: `folder /srv/app/migrations`, `label of shop-api-1`
    """

    tool: str
    database: str
    applied: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    wanted: tuple[str, ...] | None = None
    behind: tuple[str, ...] | None = None
    wanted_by: str | None = None
