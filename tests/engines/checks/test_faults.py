"""Every question to a server that is down, silent, closed to who asks, or known from an hour ago: nothing passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from msgspec.structs import replace

from tests.actions.checks.watched import Watched
from tests.faults.proxy import FaultProxy
from tests.servers.docker import Engine, docker_engine
from tests.servers.pgbouncer import running
from tests.servers.postgres import postgres
from tests.servers.redis import redis_binary
from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.actions.checks.runner import ask_all
from triage_tui.actions.checks.site import Site
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, PgbouncerSpec, PostgresSpec, RedisSpec, TargetSpec
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["docker_engine", "postgres"]

REDIS = (
    "redis.ping",
    "redis.memory",
    "redis.persistence",
    "redis.slowlog",
    "queue.depths",
    "queue.workers",
)
POSTGRES = (
    "postgres.ping",
    "postgres.locks",
    "postgres.connections",
    "postgres.slow-statements",
    "migrations.status",
)
DOCKER = (
    "docker.health",
    "docker.logs-tail",
    "docker.top",
    "env.present",
    "postgres.version-against-client",
)
FAIL = ("postgres.ping", "redis.ping", "pgbouncer.pools")
"""Where that it does not answer is the answer."""


async def all_of(
    ids: tuple[str, ...], spec: TargetSpec, *, argument: str = "", seen: Watched | None = None
) -> dict[str, Answer]:
    """Asked in one go, from one look."""
    watched = seen or Watched(spec)
    answers = await ask_all([Question(id, spec.name, argument) for id in ids], Site(watched))
    return dict(zip(ids, answers, strict=True))


def unanswered(answers: dict[str, Answer], *kinds: str) -> None:
    """None passes; each says which trouble it is, and what to do about it."""
    for id, one in answers.items():
        wanted = ("fail",) if id in FAIL else ("unknown",)
        assert one.outcome in wanted, (id, one)
        words = " ".join((one.message, *one.lines))
        assert any(kind in words for kind in kinds), (id, one)
        assert one.lines, (id, one)


async def through_all(ids: tuple[str, ...], spec: TargetSpec, proxy: FaultProxy, argument: str = "") -> None:
    """Down, silent, and down where the picture holds what was seen an hour ago."""
    site = Site(Watched(spec))
    seen = await site.sighting(spec)
    await site.aclose()
    assert seen.known, seen
    proxy.refuse()
    unanswered(await all_of(ids, spec, argument=argument), "refused")
    old = Watched(spec, sightings=[replace(seen, age_s=3600.0)])
    unanswered(await all_of(ids, spec, argument=argument, seen=old), "refused")
    proxy.blackhole()
    unanswered(await all_of(ids, spec, argument=argument), "timeout", "no answer")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with start_redis(tmp_path_factory.mktemp("redis"), binary=redis_binary("6.2"), tcp=True) as one:
        yield one


def place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 0


def moved(url: str, port: int) -> Secret:
    parts = urlsplit(url)
    login, at, _ = parts.netloc.rpartition("@")
    return Secret(parts._replace(netloc=f"{login}{at}127.0.0.1:{port}").geturl())


@pytest.mark.covers(" ".join(REDIS), "down", "timeout", "stale")
@pytest.mark.redis
async def test_redis(server: EmbeddedServer) -> None:
    with FaultProxy(place(server.url)) as proxy:
        await through_all(REDIS, RedisSpec("kv", moved(server.url, proxy.port)), proxy)


@pytest.mark.covers(" ".join(REDIS), "permission")
@pytest.mark.redis
async def test_redis_without_rights(server: EmbeddedServer) -> None:
    host, port = place(server.url)
    with redis.Redis.from_url(server.url) as client:
        client.execute_command("ACL", "SETUSER", "blind", "on", ">pw", "~*", "+hello", "+ping")
        try:
            answers = await all_of(REDIS, RedisSpec("kv", Secret(f"redis://blind:pw@{host}:{port}")))
        finally:
            client.acl_deluser("blind")
    assert {id for id, one in answers.items() if one.outcome == "pass"} == set(), answers


@pytest.mark.covers(" ".join(POSTGRES), "down", "timeout", "stale")
@pytest.mark.postgres
async def test_postgres(postgres: EmbeddedServer) -> None:
    with FaultProxy(place(postgres.url)) as proxy:
        await through_all(POSTGRES, PostgresSpec("db", moved(postgres.url, proxy.port)), proxy)


@pytest.mark.covers(" ".join(POSTGRES), "permission")
@pytest.mark.postgres
async def test_postgres_without_rights(postgres: EmbeddedServer) -> None:
    host, port = place(postgres.url)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE blind LOGIN PASSWORD 'pw'")
        connection.execute("CREATE DATABASE closed")
        try:
            connection.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
            answers = await all_of(
                POSTGRES, PostgresSpec("db", Secret(f"postgresql://blind:pw@{host}:{port}/closed"))
            )
        finally:
            connection.execute("DROP DATABASE closed")
            connection.execute("DROP ROLE blind")
    for id, one in answers.items():
        assert one.outcome != "pass", (id, one)
        assert "permission" in " ".join((one.message, *one.lines)), (id, one)


@pytest.mark.covers("pgbouncer.pools", "down", "timeout", "stale")
@pytest.mark.postgres
async def test_pgbouncer(postgres: EmbeddedServer) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(running(postgres)).console()
        proxy = stack.enter_context(FaultProxy(place(url)))
        await through_all(("pgbouncer.pools",), PgbouncerSpec("pooler", moved(url, proxy.port)), proxy)


@pytest.mark.covers(" ".join(DOCKER), "down", "timeout", "stale")
@pytest.mark.docker
@pytest.mark.xdist_group("docker")
async def test_docker(docker_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = tmp_path_factory.mktemp("d")
    with (
        docker_engine.container("asked-one", "exec sleep 600"),
        FaultProxy(docker_engine.socket, listen=folder / "s") as proxy,
    ):
        spec = DockerSpec("docker", Secret(f"unix://{proxy.path}"))
        await through_all(DOCKER, spec, proxy, "asked-one")
