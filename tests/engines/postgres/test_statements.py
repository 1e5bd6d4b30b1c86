"""Statement statistics, where the extension is there to count."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.engines.postgres.conftest import OpenSource, gaps, look, url_of
from tests.engines.postgres.crowd import Crowd
from tests.servers.postgres import has_statements
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.postgres import PostgresData

pytestmark = pytest.mark.postgres


@pytest.fixture(params=["public", "Odd schema"])
async def counting(any_crowd: Crowd, request: pytest.FixtureRequest) -> AsyncIterator[Crowd]:
    """A server that counts statements, with the extension in this schema."""
    version = int((await any_crowd.run("SHOW server_version_num"))[0][0]) // 10000
    if not has_statements(version):
        pytest.skip(f"the programs of version {version} come without pg_stat_statements")
    await any_crowd.run(f'CREATE SCHEMA IF NOT EXISTS "{request.param}"')
    await any_crowd.run(f'CREATE EXTENSION pg_stat_statements SCHEMA "{request.param}"')
    await any_crowd.run(f'SELECT "{request.param}".pg_stat_statements_reset()')
    yield any_crowd
    await any_crowd.run("DROP EXTENSION pg_stat_statements")


async def test_without_the_extension_the_gap_says_how_to_get_it(
    any_crowd: Crowd, open_source: OpenSource
) -> None:
    source = open_source(any_crowd.url)
    for _ in range(2):
        observation = await source.observe()
        assert isinstance(observation.data, PostgresData)
        assert observation.data.statements is None
        reason = gaps(observation)["statements"]
        assert reason.startswith("missing: pg_stat_statements is not installed in database postgres")
        assert "CREATE EXTENSION pg_stat_statements" in reason


async def test_what_took_most_time_comes_first_and_our_own_is_left_out(
    counting: Crowd, open_source: OpenSource
) -> None:
    for number in range(3):
        await counting.run(f"SELECT pg_sleep({number / 100})")
    await counting.run("SELECT 'hunter2' AS cheap")
    # Looks are counted by the server too.
    await look(open_source(counting.url))
    data = await look(open_source(counting.url))

    assert data.statements is not None
    assert [s.total_ms for s in data.statements] == sorted(
        (s.total_ms for s in data.statements), reverse=True
    )
    sleep = next(s for s in data.statements if "pg_sleep" in s.query)
    assert (sleep.calls, sleep.rows, sleep.user, sleep.database) == (3, 3, "postgres", "postgres")
    assert sleep.total_ms >= 30
    assert sleep.mean_ms == pytest.approx(sleep.total_ms / 3)
    assert not [s for s in data.statements if "triage-tui" in s.query]
    # The server puts parameters in the place of constants.
    assert not [s for s in data.statements if "hunter2" in s.query]


async def test_others_statements_are_hidden_from_a_narrow_role(
    counting: Crowd, any_postgres: EmbeddedServer, open_source: OpenSource
) -> None:
    await counting.run("SELECT 'somebody else' AS said")
    await counting.run("CREATE ROLE narrow LOGIN PASSWORD 'a-password-of-ours'")
    try:
        source = open_source(url_of(any_postgres, user="narrow", password="a-password-of-ours"))
        for _ in range(2):
            observation = await source.observe()
            assert isinstance(observation.data, PostgresData)
            if "statements" in gaps(observation):
                # The schema is not open to everybody.
                assert "permission denied for schema" in gaps(observation)["statements"]
                assert observation.data.statements is None
                continue
            assert observation.data.statements
            assert not [s for s in observation.data.statements if "said" in s.query]
            assert "GRANT pg_monitor TO narrow;" in gaps(observation)["statements.query"]
        await source.aclose()
        await counting.dismiss("usename = 'narrow'")
    finally:
        await counting.run("DROP ROLE narrow")
