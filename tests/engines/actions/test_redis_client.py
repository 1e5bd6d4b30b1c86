"""One client's connection: closed, refused, gone, another one under its id, and no answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from msgspec import structs

from tests.engines.actions.acting import Acting, Allowed, Forbidden, refused
from tests.engines.actions.patience import long_patience
from tests.engines.actions.recorder import Recorder
from tests.engines.actions.redis_acting import by_way_of, client, port_of, redis_proxy, redis_server
from tests.faults.proxy import FaultProxy
from triage_tui.actions.act import Came, Identity
from triage_tui.actions.redis import ACTIONS, client_identity
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["client", "long_patience", "redis_proxy", "redis_server"]

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("long_patience")]

KILL = "redis.client-kill"


def acting(url: str) -> Acting:
    return Acting(ACTIONS, RedisSpec("cache", Secret(url)))


@pytest.fixture
def victim(redis_server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client whose one connection is to be closed."""
    with redis.Redis.from_url(redis_server.url, single_connection_client=True, client_name="victim") as one:
        one.ping()
        yield one


def address(client: redis.Redis, number: int) -> str | None:
    return next((one["addr"] for one in client.client_list() if one["id"] == str(number)), None)


@pytest.mark.covers("redis.client-kill", "success", "gone", "two-presses")
@pytest.mark.safety(10, 14)
async def test_it_is_closed(redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis) -> None:
    here, number = acting(redis_server.url), victim.client_id()
    preview = await here.plan(KILL, number)
    where = address(client, number)
    assert where is not None, "the preview has changed something"
    assert preview.identity.parts == client_identity(str(number), where).parts
    assert dict(preview.facts)["name"] == "victim"
    assert preview.sends == (f"CLIENT KILL ID {number} ADDR {where} SKIPME yes",)
    permit = Allowed()
    assert (await here.run(preview, permit)).came is Came.DONE
    assert permit.asked == 1
    assert address(client, number) is None
    # Twice: it is gone, and whoever has come since lives.
    assert (await here.run(preview)).came is Came.NOT_DONE
    assert (await refused(here.plan(KILL, number))).kind == "gone"


async def test_by_its_address(redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis) -> None:
    here, number = acting(redis_server.url), victim.client_id()
    assert (await here.act(KILL, address(client, number))).came is Came.DONE
    assert address(client, number) is None


@pytest.mark.covers("redis.client-kill", "replaced")
@pytest.mark.safety(1)
async def test_another_client_under_its_id_stays(
    redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis
) -> None:
    here, number = acting(redis_server.url), victim.client_id()
    before = Identity("the one before", (("id", str(number)), ("addr", "10.0.0.1:4711")))
    assert (await refused(here.plan(KILL, number, pinned=before))).kind == "changed"
    preview = structs.replace(await here.plan(KILL, number), identity=before)
    assert (await here.run(preview)).came is Came.NOT_DONE
    assert address(client, number) is not None


async def test_what_makes_no_sense(redis_server: EmbeddedServer, client: redis.Redis) -> None:
    here = acting(redis_server.url)
    for argument in ("", "-1", "1 2", "x", "1 TYPE normal"):
        assert (await refused(here.plan(KILL, argument))).kind == "argument"
    assert (await refused(here.plan(KILL, 10**9))).kind == "gone"


@pytest.mark.covers("redis.client-kill", "refusal", "permission")
@pytest.mark.safety(4)
async def test_who_may_not(redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis) -> None:
    client.acl_setuser(
        "looker", enabled=True, reset=True, passwords=["+pw"], commands=["+client|list", "+client|id"]
    )
    try:
        low = acting(f"redis://looker:pw@127.0.0.1:{port_of(redis_server)}/0")
        number = victim.client_id()
        preview = await low.plan(KILL, number)
        result = await low.run(preview)
        assert result.came is Came.NOT_DONE
        assert "refused" in result.message
        assert "ACL SETUSER" in result.tells[0]
        assert address(client, number) is not None
        client.execute_command("ACL", "SETUSER", "looker", "-client")
        assert (await refused(low.plan(KILL, number))).kind == "permission"
    finally:
        client.acl_deluser("looker")


@pytest.mark.covers("redis.client-kill", "timeout")
@pytest.mark.safety(4, 9)
async def test_no_answer_is_unknown_and_not_tried_again(
    redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis, redis_proxy: FaultProxy
) -> None:
    far = acting(by_way_of(redis_proxy.port, redis_server))
    number = victim.client_id()
    preview = await far.plan(KILL, number)
    for fault in (redis_proxy.blackhole, redis_proxy.reset):
        redis_proxy.passes()
        accepted = redis_proxy.accepted
        permit = Allowed(lambda _, fault=fault: fault())
        result = await far.run(preview, permit)
        assert result.came is Came.UNKNOWN, result
        assert permit.asked == 1
        assert redis_proxy.accepted <= accepted + 2, "one to act, and one to find out whether TLS is spoken"
        assert address(client, number) is not None


@pytest.mark.covers("redis.client-kill", "down")
async def test_a_server_that_went_down_after_the_preview(
    redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis, redis_proxy: FaultProxy
) -> None:
    far = acting(by_way_of(redis_proxy.port, redis_server))
    preview = await far.plan(KILL, victim.client_id())
    redis_proxy.refuse()
    permit = Allowed()
    result = await far.run(preview, permit)
    assert result.came is Came.NOT_DONE
    assert permit.asked == 0
    assert (await refused(far.plan(KILL, victim.client_id()))).kind == "unavailable"


@pytest.mark.covers("redis.client-kill", "read-only")
@pytest.mark.safety(11)
async def test_read_only_sends_nothing(
    redis_server: EmbeddedServer, client: redis.Redis, victim: redis.Redis
) -> None:
    number = victim.client_id()
    async with Recorder(port_of(redis_server)) as recorder:
        here = acting(by_way_of(recorder.port, redis_server))
        preview = await here.plan(KILL, number)
        assert (await refused(here.run(preview, Forbidden()))).kind == "read-only"
        assert b"triage-act" in recorder.sent
        assert b"KILL" not in recorder.sent
        assert (await here.run(preview)).came is Came.DONE
        assert b"KILL" in recorder.sent
