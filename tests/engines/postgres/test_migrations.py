"""Tables of migration tools on real servers: in the connected database, in others, closed, broken off, and absent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest

from tests.engines.postgres.conftest import url_of
from tests.servers.postgres import postgres
from tests.sources.postgres.test_migration_folders import alembic
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Observation, ProblemKind, State
from triage_tui.model.migrations import Migrations
from triage_tui.model.postgres import PostgresData
from triage_tui.sources.postgres import PostgresSource

__all__ = ["postgres"]

pytestmark = pytest.mark.postgres
PATIENCE_S = 60.0

ALEMBIC = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"
PRISMA = (
    "CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,"
    " finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,"
    " started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)"
)
DJANGO = (
    "CREATE TABLE django_migrations (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, app varchar(255) NOT NULL,"
    " name varchar(255) NOT NULL, applied timestamptz NOT NULL)"
)
Open = Callable[..., PostgresSource]


@pytest.fixture
async def databases(postgres: EmbeddedServer) -> AsyncIterator[EmbeddedServer]:
    """A server with the databases `one` and `two`, which are gone afterwards."""
    names = ("one", "two")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
    yield postgres
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute("DROP ROLE IF EXISTS looker")


@pytest.fixture
async def watch() -> AsyncIterator[Open]:
    async with AsyncExitStack() as opened:

        def make(url: str, **folders: Path) -> PostgresSource:
            given = {name: str(folder) for name, folder in folders.items()}
            source = PostgresSource(PostgresSpec("db", Secret(url), migrations=given))
            opened.push_async_callback(source.aclose)
            return source

        yield make


def run(server: EmbeddedServer, database: str, *statements: str) -> None:
    with psycopg.connect(url_of(server, database=database), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


async def until(
    source: PostgresSource, wanted: Callable[[Observation], bool]
) -> dict[tuple[str, str], Migrations]:
    seen: Observation | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                seen = await source.observe()
                assert seen.state is State.LIVE, seen.problem
                if wanted(seen):
                    return told(seen)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"it did not become as wanted: {seen and (told(seen), seen.gaps)}") from None


def told(seen: Observation) -> dict[tuple[str, str], Migrations]:
    assert isinstance(seen.data, PostgresData)
    return {(one.database, one.tool): one for one in seen.data.migrations or ()}


async def test_each_tool_and_another_database(databases: EmbeddedServer, watch: Open, tmp_path: Path) -> None:
    run(databases, "one", ALEMBIC, "INSERT INTO alembic_version VALUES ('a')", DJANGO,
        "INSERT INTO django_migrations (app, name, applied) VALUES ('shop', '0001_initial', now())")  # fmt: skip
    run(databases, "two", "CREATE SCHEMA app; SET search_path TO app; " + PRISMA,
        "INSERT INTO app._prisma_migrations (id, checksum, migration_name, finished_at, started_at, rolled_back_at)"
        " VALUES ('1', '', '1_done', now(), now() - interval '1 hour', NULL),"
        " ('2', '', '2_undone', NULL, now() - interval '1 hour', now()),"
        " ('3', '', '3_broken', NULL, now() - interval '1 hour', NULL),"
        " ('4', '', '4_under_way', NULL, now(), NULL)")  # fmt: skip
    (tmp_path / "prisma/4_under_way").mkdir(parents=True)
    (tmp_path / "prisma/4_under_way/migration.sql").touch()
    source = watch(
        url_of(databases, database="one"),
        one=alembic(tmp_path / "alembic", a="", b="a"),
        two=tmp_path / "prisma",
    )
    found = await until(
        source, lambda seen: ("two", "prisma") in told(seen) and ("one", "alembic") in told(seen)
    )
    assert found["one", "alembic"] == Migrations(
        "alembic", "one", ("a",), wanted=("b",), behind=("b",), wanted_by=f"folder {tmp_path}/alembic"
    )
    assert found["one", "django"] == Migrations("django", "one", ("shop.0001_initial",))
    prisma = found["two", "prisma"]
    assert (prisma.applied, prisma.failed, prisma.behind) == (("1_done",), ("3_broken",), ("4_under_way",))


async def test_a_database_without_tables(databases: EmbeddedServer, watch: Open) -> None:
    seen = await watch(url_of(databases, database="one")).observe()
    assert isinstance(seen.data, PostgresData)
    assert seen.data.migrations == ()
    assert not any(gap.part.startswith("migrations") for gap in seen.gaps)


async def test_what_may_not_be_read_names_the_grant(databases: EmbeddedServer, watch: Open) -> None:
    run(databases, "one", ALEMBIC, "CREATE ROLE looker LOGIN PASSWORD 'looks'")
    source = watch(url_of(databases, user="looker", password="looks", database="one"))
    seen = await source.observe()
    gaps = {gap.part: gap.problem for gap in seen.gaps}
    assert gaps["migrations.one"].kind is ProblemKind.PERMISSION
    assert gaps["migrations.one"].next_step == "GRANT SELECT ON public.alembic_version TO looker;"
    assert seen.state is State.LIVE


async def test_what_is_not_there_is_a_gap_and_the_rest_goes_on(
    databases: EmbeddedServer, watch: Open, tmp_path: Path
) -> None:
    """A folder and a database."""
    source = watch(
        url_of(databases, database="one"),
        one=tmp_path / "gone",
        no_such_database=alembic(tmp_path / "a", a=""),
    )
    await until(
        source,
        lambda seen: {"migrations.one", "migrations.no_such_database"} <= {gap.part for gap in seen.gaps},
    )


async def test_a_migration_that_is_under_way_does_not_hold_us_up(
    databases: EmbeddedServer, watch: Open
) -> None:
    """It holds the table; we never stand in its queue."""
    run(databases, "one", ALEMBIC)
    async with await psycopg.AsyncConnection.connect(url_of(databases, database="one")) as migration:
        await migration.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        source = watch(url_of(databases, database="one"))
        seen = await source.observe()
        assert seen.state is State.LIVE
        assert "migrations.one" in {gap.part for gap in seen.gaps}
        assert (await source.observe()).state is State.LIVE
