"""A primary and its standby, with everything that happens between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from tests.engines.postgres.conftest import OpenSource, gaps, look, url_of
from tests.engines.postgres.crowd import Crowd, until
from tests.servers.postgres import INSTALLED, running
from triage_tui.lab.embedded.server import EmbeddedServer, unprivileged_owner
from triage_tui.model.postgres import PostgresData, Replica

pytestmark = pytest.mark.postgres


@pytest.fixture(params=sorted(INSTALLED, reverse=True) or [0], ids="pg{}".format)
def primary(request: pytest.FixtureRequest) -> Iterator[tuple[EmbeddedServer, int, Path]]:
    """A server of each version, and the folder of a stopped copy of it."""
    with TemporaryDirectory(prefix="triage-test-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        with running(request.param, folder=folder / "primary"):
            pass
        shutil.copytree(folder / "primary", folder / "standby", symlinks=True)
        if (owner := unprivileged_owner()) is not None:
            for path in (folder / "standby").rglob("*"):
                shutil.chown(path, *owner)
        with running(request.param, folder=folder / "primary") as server:
            yield server, request.param, folder / "standby"


def following(server: EmbeddedServer, folder: Path) -> dict[str, str]:
    """Settings of a standby that follows this server."""
    parts = urlsplit(server.url)
    (folder / "server" / "data" / "standby.signal").touch()
    return {
        "primary_conninfo": f"host={parts.hostname} port={parts.port} user={parts.username} "
        f"password={parts.password} application_name=reserve",
        "primary_slot_name": "kept",
        "wal_retrieve_retry_interval": "100ms",
        "wal_receiver_status_interval": "1s",
    }


def of_role(data: PostgresData, role: str) -> list[Replica]:
    assert data.replication is not None
    return [replica for replica in data.replication if replica.role == role]


async def test_nobody_follows(crowd: Crowd, open_source: OpenSource) -> None:
    data = await look(open_source(crowd.url))
    assert data.replication == ()
    assert data.in_recovery is False


async def test_a_slot_that_nobody_uses_keeps_wal(any_crowd: Crowd, open_source: OpenSource) -> None:
    await any_crowd.run("SELECT pg_create_physical_replication_slot('forgotten', true)")
    try:
        await any_crowd.run("SELECT pg_switch_wal()")
        await any_crowd.run("CREATE TABLE some_wal AS SELECT generate_series(1, 1000)")
        await any_crowd.run("DROP TABLE some_wal")
        (slot,) = of_role(await look(open_source(any_crowd.url)), "slot")
        assert (slot.name, slot.active, slot.state) == ("forgotten", False, "reserved")
        assert slot.lag_bytes is not None
        assert slot.lag_bytes > 30_000
    finally:
        await any_crowd.run("SELECT pg_drop_replication_slot('forgotten')")


async def test_a_standby_seen_from_both_ends_until_the_primary_dies(
    primary: tuple[EmbeddedServer, int, Path], open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.sources.postgres.replication.EVERY_S", 0.0)
    monkeypatch.setattr("triage_tui.sources.postgres.replication.NONE_AGAIN_S", 0.0)
    server, version, folder = primary
    async with Crowd(server.url) as crowd:
        await crowd.run("CREATE ROLE narrow LOGIN PASSWORD 'a-password-of-ours'")
        await crowd.run("SELECT pg_create_physical_replication_slot('kept', true)")
        with running(version, folder=folder, **following(server, folder)) as copy:
            above, below = open_source(server.url), open_source(url_of(copy, **_login(server)))

            async def standby() -> Replica | None:
                found = of_role(await look(above), "standby")
                return found[0] if found else None

            async def upstream_of_copy() -> Replica:
                return of_role(await look(below), "upstream")[0]

            seen = await until(
                standby,
                lambda it: it is not None and it.state == "streaming" and it.lag_bytes == 0,
                "a standby",
            )
            assert seen == Replica("reserve", "standby", "streaming", 0, seen.lag_s if seen else None, True)
            assert seen.lag_s is not None

            async def slot() -> Replica:
                return of_role(await look(above), "slot")[0]

            kept = await until(slot, lambda it: it.active is True, "the slot in use")
            assert kept.name == "kept"

            data = await look(below)
            assert data.in_recovery is True
            (upstream,) = of_role(data, "upstream")
            address = urlsplit(server.url)
            assert upstream.name == f"{address.hostname}:{address.port}"
            assert (upstream.state, upstream.active) == ("streaming", True)
            assert upstream.lag_bytes == 0
            assert upstream.lag_s == 0

            # Replay stands still: it receives and falls behind.
            async with Crowd(url_of(copy, **_login(server))) as reader:
                await reader.run("SELECT pg_wal_replay_pause()")
                await crowd.run("CREATE TABLE work AS SELECT generate_series(1, 1000)")
                behind = await until(standby, lambda it: it is not None and bool(it.lag_bytes), "a lag")
                assert behind is not None
                assert behind.lag_bytes is not None
                assert behind.lag_bytes > 1000
                waiting = await until(upstream_of_copy, lambda it: bool(it.lag_bytes), "a lag below")
                assert waiting.lag_bytes is not None
                assert waiting.lag_bytes > 1000
                assert waiting.lag_s is not None
                assert waiting.lag_s > 0
                await reader.run("SELECT pg_wal_replay_resume()")

            narrow = await open_source(url_of(server, user="narrow", password="a-password-of-ours")).observe()
            assert isinstance(narrow.data, PostgresData)
            (hidden,) = of_role(narrow.data, "standby")
            assert (hidden.name, hidden.state, hidden.active) == ("reserve", None, None)
            assert "GRANT pg_monitor TO narrow;" in gaps(narrow)["replication"]

            server.stop()

            alone = await until(upstream_of_copy, lambda it: it.active is False, "the upstream to be lost")
            # What it misses is unknown, and a lag of zero would say that all is well.
            assert alone.lag_bytes is None
            assert alone.lag_s is None or alone.lag_s > 0
            observation = await below.observe()
            assert "replication" not in gaps(observation)
            await below.aclose()


def _login(server: EmbeddedServer) -> dict[str, str]:
    """The superuser of the primary is the copy's."""
    parts = urlsplit(server.url)
    return {"user": parts.username or "", "password": parts.password or ""}
