"""Servers in trouble: each has words of its own, and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from tests.engines.redis.looking import Watching, data_of
from tests.faults.proxy import FaultProxy
from tests.servers.redis import StartRedis
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Observation, ProblemKind, State

pytestmark = pytest.mark.redis


def through(proxy: FaultProxy, url: str) -> str:
    """The server's url with the proxy's port."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{proxy.port}").geturl()


def said(observation: Observation, kind: ProblemKind, *words: str) -> str:
    """The words of a look that failed as expected."""
    problem = observation.problem
    assert problem is not None, observation
    assert problem.kind is kind, problem
    assert problem.next_step
    assert not words or any(word.lower() in problem.message.lower() for word in words), problem
    return problem.message


async def test_a_connection_that_fails_in_every_way(start: StartRedis, watch: Watching) -> None:
    """Refused, silent, nonsense, half an answer, cut, reset; well again afterwards, with the same source."""
    server = start("6.2", tcp=True)
    with FaultProxy(("127.0.0.1", urlsplit(server.url).port or 0)) as proxy:
        source = watch(through(proxy, server.url))
        data_of(await source.observe())
        proxy.refuse()
        said(await source.observe(), ProblemKind.REFUSED)
        proxy.passes()
        data_of(await source.observe())
        proxy.blackhole()
        said(await source.observe(), ProblemKind.TIMEOUT, "no answer")
        proxy.garbage()
        said(await source.observe(), ProblemKind.PROTOCOL)
        proxy.half_answer(30)
        said(await source.observe(), ProblemKind.TIMEOUT, "no answer")
        proxy.cut(10)
        assert (await source.observe()).problem is not None
        proxy.reset()
        assert (await source.observe()).problem is not None
        proxy.passes()
        for _ in range(3):
            last = await source.observe()
        data_of(last)


async def test_a_hundred_hangs_keep_few_connections(start: StartRedis, watch: Watching) -> None:
    """Neither connections nor threads pile up. The look is cancelled as the engine cancels it."""
    server = start("6.2", tcp=True)
    before = threading.active_count()
    with FaultProxy(("127.0.0.1", urlsplit(server.url).port or 0)) as proxy:
        source = watch(through(proxy, server.url))
        data_of(await source.observe())
        proxy.blackhole()
        for _ in range(100):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(source.observe(), 0.02)
            assert proxy.connections <= 4
        assert threading.active_count() <= before + 3
        proxy.passes()
        for _ in range(3):
            last = await source.observe()
        data_of(last)


async def test_names_passwords_and_numbers(start: StartRedis, watch: Watching) -> None:
    """No such host, no password, a wrong one, one that is not needed, no such database, a url that is none."""
    server = start("6.2", tcp=True)
    port = urlsplit(server.url).port
    words = {
        said(await watch("redis://no-such-host.invalid:6379").observe(), ProblemKind.DNS),
        said(await watch(f"redis://127.0.0.1:{port}").observe(), ProblemKind.AUTH, "NOAUTH", "required"),
        said(
            await watch(f"redis://:wrong@127.0.0.1:{port}").observe(),
            ProblemKind.AUTH,
            "WRONGPASS",
            "invalid",
        ),
        said(await watch("redis://127.0.0.1:99999").observe(), ProblemKind.MISSING),
        said(await watch("http://127.0.0.1").observe(), ProblemKind.MISSING),
    }
    assert len(words) == 5
    denied = await watch(f"redis://:wrong@127.0.0.1:{port}").observe()
    assert denied.state is State.DENIED
    far = await watch(server.url.rpartition("/")[0] + "/99").observe()
    data_of(far)
    assert any("database" in gap.problem.next_step for gap in far.gaps)


async def test_tls_where_there_is_none(start: StartRedis, watch: Watching) -> None:
    """rediss:// against a server that speaks plainly."""
    server = start("6.2", tcp=True)
    said(await watch(server.url.replace("redis://", "rediss://")).observe(), ProblemKind.TLS)


async def test_a_server_at_its_limit_of_clients(start: StartRedis, watch: Watching) -> None:
    """A connection that is open already goes on; a new one is turned away in words."""
    server = start("6.2", tcp=True, settings={"maxclients": "3"})
    source = watch(server.url)
    data_of(await source.observe())
    with contextlib.ExitStack() as crowd:
        with contextlib.suppress(redis.ConnectionError):
            for _ in range(8):
                client = crowd.enter_context(contextlib.closing(redis.Redis.from_url(server.url)))
                client.ping()
        said(await watch(server.url).observe(), ProblemKind.REFUSED, "max number of clients")
        seen = data_of(await source.observe())
        assert seen.clients.max == 3
        assert seen.rejected


async def test_a_full_server_is_live(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """Writes are refused; reading it goes on, and shows how full it is."""
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "3mb")
    with contextlib.suppress(redis.ResponseError):
        for number in range(10_000):
            client.set(f"k{number}", "x" * 1000)
    with pytest.raises(redis.ResponseError, match="not allowed when used memory"):
        client.set("one more", "x" * 1000)
    source = watch(server.url)
    data = data_of(await source.observe())
    assert data.memory.ratio is not None
    assert data.memory.ratio > 0.95
    assert data.memory.policy == "noeviction"
    assert data.refused_writes
    assert data.refused_writes_per_s is None, "one look knows nothing of the time before"
    with pytest.raises(redis.ResponseError, match="not allowed when used memory"):
        client.set("one more", "x" * 1000)
    again = data_of(await source.observe())
    assert again.refused_writes == data.refused_writes + 1
    assert again.refused_writes_per_s
    assert data_of(await source.observe()).refused_writes_per_s == 0


@pytest.mark.parametrize("version", ["6.2", "8"])
async def test_a_server_whose_saves_fail_is_live(
    start: StartRedis, watch: Watching, tmp_path: Path, version: str
) -> None:
    """PING is refused then, INFO is not."""
    folder = tmp_path / "data"
    folder.mkdir()
    server = start(version, tcp=True, settings={"dir": str(folder)})
    folder.rmdir()
    with contextlib.closing(redis.Redis.from_url(server.url)) as client:
        client.set("x", 1)
        with contextlib.suppress(redis.RedisError):
            client.bgsave()
    source = watch(server.url)
    for _ in range(200):
        data = data_of(await source.observe())
        if data.persistence.rdb_last_ok is False:
            break
        await asyncio.sleep(0.05)
    assert data.persistence.rdb_last_ok is False


async def test_a_script_that_holds_the_server(start: StartRedis, watch: Watching) -> None:
    """BUSY is said in words, and it comes back when the script is killed."""
    server = start("6.2", tcp=True, settings={"lua-time-limit": "50"})
    source = watch(server.url)
    data_of(await source.observe())

    def spin() -> None:
        with (
            contextlib.closing(redis.Redis.from_url(server.url)) as client,
            contextlib.suppress(redis.RedisError),
        ):
            client.eval("while true do end", 0)

    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    try:
        for _ in range(50):
            observation = await source.observe()
            if observation.problem is not None and "BUSY" in observation.problem.message:
                break
            await asyncio.sleep(0.05)
        message = said(observation, ProblemKind.REFUSED, "BUSY")
        assert message
    finally:
        with contextlib.closing(redis.Redis.from_url(server.url)) as client:
            client.script_kill()
        thread.join(10)
    for _ in range(3):
        last = await source.observe()
    data_of(last)


async def test_a_replica_and_its_lost_master(start: StartRedis, watch: Watching) -> None:
    """Role, link and lag are the replica's own account."""
    master = start("6.2", tcp=True)
    parts = urlsplit(master.url)
    replica = start(
        "6.2",
        tcp=True,
        settings={"replicaof": f"127.0.0.1 {parts.port}", "masterauth": parts.password or "none"},
    )
    source = watch(replica.url)
    for _ in range(200):
        data = data_of(await source.observe())
        if data.replication.link_up:
            break
        await asyncio.sleep(0.05)
    assert data.role == "slave"
    assert data.replication.link_up
    master.stop()
    for _ in range(200):
        data = data_of(await source.observe())
        if data.replication.link_up is False:
            break
        await asyncio.sleep(0.05)
    assert data.replication.link_up is False


async def test_a_server_that_dies_and_is_replaced(start: StartRedis, watch: Watching) -> None:
    """Down in its own words while it is away."""
    server = start("6.2", tcp=True)
    source = watch(server.url)
    data_of(await source.observe())
    server.stop()
    said(await source.observe(), ProblemKind.REFUSED)


async def test_our_own_commands_do_not_count(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """An idle server is idle although it is looked at; and our looks are not in the slow log."""
    client.config_set("slowlog-log-slower-than", 0)
    source = watch(server.url)
    for _ in range(5):
        data = data_of(await source.observe())
        await asyncio.sleep(0.05)
    assert data.ops_per_s is not None
    assert data.ops_per_s < 5
    assert data.slowlog is not None
    assert all("INFO" not in slow.command.upper() for slow in data.slowlog)
