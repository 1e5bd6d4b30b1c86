"""What can go wrong between the preview and the deed, and in its middle."""

from __future__ import annotations

import pytest
import redis

from tests.engines.actions.acting import Acting, Allowed, Forbidden, refused
from tests.engines.actions.recorder import Recorder
from tests.engines.actions.redis_acting import by_way_of, client, port_of, redis_proxy, redis_server
from tests.faults.proxy import FaultProxy
from triage_tui.actions.act import Came, Identity, Refused
from triage_tui.actions.queues import ACTIONS, queue_identity
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["client", "redis_proxy", "redis_server"]

pytestmark = pytest.mark.redis

KEY = "rq:queue:mail"
JOBS = [b"a", b"b", b"c"]


def acting(url: str) -> Acting:
    return Acting(ACTIONS, RedisSpec("broker", Secret(url)))


@pytest.fixture
def here(redis_server: EmbeddedServer, client: redis.Redis) -> Acting:
    """A queue with three jobs."""
    client.rpush(KEY, *JOBS)
    return acting(redis_server.url)


@pytest.mark.covers("queue.purge", "replaced")
@pytest.mark.safety(1)
async def test_the_key_became_something_else(here: Acting, client: redis.Redis) -> None:
    preview = await here.plan("queue.purge", "rq:mail")
    client.delete(KEY)
    client.sadd(KEY, "something else")
    result = await here.run(preview)
    assert result.came is Came.NOT_DONE
    assert "nothing was changed" in result.message
    assert client.smembers(KEY) == {b"something else"}
    assert not client.keys("triage:*")
    assert (await refused(here.plan("queue.purge", "rq:mail"))).kind == "changed"


@pytest.mark.covers("queue.purge", "gone")
@pytest.mark.safety(4)
async def test_the_key_is_gone(here: Acting, client: redis.Redis) -> None:
    preview = await here.plan("queue.purge", "rq:mail")
    client.rename(KEY, "elsewhere")
    result = await here.run(preview)
    assert result.came is Came.NOT_DONE
    assert client.lrange("elsewhere", 0, -1) == JOBS


async def test_of_several_keys_none_is_moved_where_one_is_wrong(here: Acting, client: redis.Redis) -> None:
    client.rpush("bull:images:wait", "1")
    client.zadd("bull:images:prioritized", {"2": 1})
    preview = await here.plan("queue.purge", "bullmq:images")
    client.delete("bull:images:prioritized")
    client.set("bull:images:prioritized", "no sorted set")
    assert (await here.run(preview)).came is Came.NOT_DONE
    assert client.lrange("bull:images:wait", 0, -1) == [b"1"]


async def test_a_preview_that_is_read_again_has_the_same_way_back(here: Acting, client: redis.Redis) -> None:
    """As the guard does where it takes a while to confirm. A name that is taken is not taken twice."""
    preview = await here.plan("queue.purge", "rq:mail")
    again = await here.plan("queue.purge", "rq:mail", preview.order.parameters, preview.identity)
    assert (again.undo, again.sends, again.held) == (preview.undo, preview.sends, preview.held)
    assert (await here.run(again)).came is Came.DONE
    client.rpush(KEY, "later")
    result = await here.act("queue.purge", "rq:mail", preview.order.parameters)
    assert result.came is Came.NOT_DONE
    assert "there already" in result.message
    assert client.lrange(KEY, 0, -1) == [b"later"]


@pytest.mark.covers("queue.purge", "two-presses")
@pytest.mark.safety(10)
async def test_purged_twice_by_one_preview(here: Acting, client: redis.Redis) -> None:
    """Jobs that came after the first press are not taken by the second."""
    preview = await here.plan("queue.purge", "rq:mail")
    assert (await here.run(preview)).came is Came.DONE
    client.rpush(KEY, "later")
    result = await here.run(preview)
    assert result.came is Came.NOT_DONE
    assert client.lrange(KEY, 0, -1) == [b"later"]


@pytest.mark.covers("queue.restore", "replaced")
async def test_put_back_where_something_else_is_now(here: Acting, client: redis.Redis) -> None:
    preview = await here.plan("queue.purge", "rq:mail")
    await here.run(preview)
    restore = await here.plan("queue.restore", "rq:mail", {"purge": preview.held["purge"]})
    client.set(KEY, "something else")
    result = await here.run(restore)
    assert result.came is Came.NOT_DONE
    assert client.get(KEY) == b"something else"
    (tomb,) = client.keys("triage:purged:*")
    assert client.lrange(tomb, 0, -1) == JOBS
    assert client.ttl(tomb) > 0


@pytest.mark.parametrize("missing", ["-rename", "-expire", "-eval"])
async def test_who_may_not_changes_nothing(
    redis_server: EmbeddedServer, here: Acting, client: redis.Redis, missing: str
) -> None:
    """Whatever right is missing: it is done wholly or not at all."""
    client.execute_command("ACL", "SETUSER", "helper", "on", ">pw", "~*", "+@all", missing)
    try:
        low = acting(f"redis://helper:pw@127.0.0.1:{port_of(redis_server)}/0")
        preview = await low.plan("queue.purge", "rq:mail")
        result = await low.run(preview)
        assert result.came is Came.NOT_DONE, result
        assert client.lrange(KEY, 0, -1) == JOBS
        assert client.ttl(KEY) == -1
        assert not client.keys("triage:*")
    finally:
        client.acl_deluser("helper")


@pytest.mark.covers("queue.purge", "timeout")
@pytest.mark.safety(4, 9)
async def test_no_answer_is_unknown(
    redis_server: EmbeddedServer, here: Acting, client: redis.Redis, redis_proxy: FaultProxy
) -> None:
    """Once the order got lost, once its answer did; in both cases the way back is told."""
    far = acting(by_way_of(redis_proxy.port, redis_server))
    preview = await far.plan("queue.purge", "rq:mail")
    result = await far.run(preview, Allowed(lambda _: redis_proxy.blackhole()))
    assert result.came is Came.UNKNOWN
    assert client.lrange(KEY, 0, -1) == JOBS
    redis_proxy.passes()
    permit = Allowed(lambda _: redis_proxy.cut(after=0))
    result = await far.run(await far.plan("queue.purge", "rq:mail"), permit)
    assert result.came is Came.UNKNOWN
    assert permit.asked == 1
    assert any("queue.restore broker/rq:mail --set purge=" in line for line in result.tells)


async def test_a_server_that_went_down_after_the_preview(
    redis_server: EmbeddedServer, here: Acting, client: redis.Redis, redis_proxy: FaultProxy
) -> None:
    far = acting(by_way_of(redis_proxy.port, redis_server))
    preview = await far.plan("queue.purge", "rq:mail")
    redis_proxy.refuse()
    permit = Allowed()
    assert (await far.run(preview, permit)).came is Came.NOT_DONE
    assert permit.asked == 0
    assert (await refused(far.plan("queue.purge", "rq:mail"))).kind == "unavailable"


@pytest.mark.parametrize(
    ("action", "argument"),
    [
        ("queue.purge", "rq:mail"),
        ("queue.pause", "rq:mail"),
        ("queue.requeue-dead", "dramatiq:mail"),
    ],
)
async def test_read_only_sends_nothing(
    redis_server: EmbeddedServer, here: Acting, client: redis.Redis, action: str, argument: str
) -> None:
    """By what goes over the line, and by what is in the server."""
    client.zadd("dramatiq:mail.XQ", {"1": 1})
    client.hset("dramatiq:mail.XQ.msgs", "1", "{}")
    async with Recorder(port_of(redis_server)) as recorder:
        recorded = acting(by_way_of(recorder.port, redis_server))
        preview = await recorded.plan(action, argument)
        assert (await refused(recorded.run(preview, Forbidden()))).kind == "read-only"
        assert not any(word in recorder.sent for word in (b"EVAL", b"RENAME", b"suspended\r\n$1\r\n1"))
        assert (await recorded.run(preview)).came is Came.DONE
        assert any(word in recorder.sent for word in (b"EVAL", b"suspended\r\n$1\r\n1"))


async def test_a_permit_that_goes_in_the_middle(here: Acting, client: redis.Redis) -> None:
    """The rest stays where it is, and can be put back later."""
    jobs = [str(number) for number in range(2500)]
    client.rpush(KEY, *jobs)
    preview = await here.plan("queue.purge", "rq:mail")
    await here.run(preview)
    client.rpush(KEY, "new")

    def from_the_second_on(asked: int) -> None:
        if asked > 1:
            raise Refused("read-only", "nothing may be changed (any more)")

    undo = {"purge": preview.held["purge"]}
    result = await here.run(await here.plan("queue.restore", "rq:mail", undo), Allowed(from_the_second_on))
    assert result.came is Came.NOT_DONE
    assert "stopped after 1000 jobs" in result.message
    assert client.llen(KEY) == 1001
    assert (await here.act("queue.restore", "rq:mail", undo)).came is Came.DONE
    assert client.lrange(KEY, 0, -1) == [*JOBS, *(job.encode() for job in jobs), b"new"]


async def test_what_makes_no_sense(here: Acting) -> None:
    for argument in ("", "rq", "rq:", "kafka:mail", "rq:ma\x1bil"):
        assert (await refused(here.plan("queue.purge", argument))).kind == "argument"
    for keep in ("", "1s", "90d", "forever", "-1h"):
        assert (await refused(here.plan("queue.purge", "rq:mail", {"keep": keep}))).kind == "argument"
    for purge in ("*", "20260102T030405Z"):
        assert (await refused(here.plan("queue.purge", "rq:mail", {"purge": purge}))).kind == "argument"
    for purge in ("", "*", "20260102T030405Z-a1b2:x"):
        assert (await refused(here.plan("queue.restore", "rq:mail", {"purge": purge}))).kind == "argument"
    for limit in ("0", "-1", "x", "9999999"):
        no = await refused(here.plan("queue.requeue-dead", "rq:mail", {"limit": limit}))
        assert no.kind == "argument"
    other = queue_identity("rq", "other")
    assert (await refused(here.plan("queue.purge", "rq:mail", pinned=other))).kind == "changed"
    same: Identity = queue_identity("rq", "mail")
    assert (await here.plan("queue.purge", "rq:mail", pinned=same)).identity == same


async def test_a_replica_refuses(redis_server: EmbeddedServer, here: Acting, client: redis.Redis) -> None:
    """The server's own words reach the reader."""
    preview = await here.plan("queue.purge", "rq:mail")
    client.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        result = await here.run(preview)
    finally:
        client.execute_command("REPLICAOF", "NO", "ONE")
    assert result.came is Came.NOT_DONE
    assert "READONLY" in result.message
    assert client.lrange(KEY, 0, -1) == JOBS
