"""What changes a queue, through what can go wrong between its preview and its end, forced at the very call."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import redis

from tests.engines.actions.acting import Acting, Allowed, Forbidden, refused
from tests.engines.actions.recorder import Recorder
from tests.engines.actions.redis_acting import by_way_of, client, port_of, redis_proxy, redis_server
from tests.faults.proxy import FaultProxy
from triage_tui.actions.act import Came, Preview
from triage_tui.actions.queues import ACTIONS
from triage_tui.actions.queues.layout import tombstone
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["client", "redis_proxy", "redis_server"]

pytestmark = pytest.mark.redis

PURGE = "20260102T030405Z-a1b2"
MAIL = b"rq:queue:mail"
TOMB = tombstone(PURGE, MAIL)


class Case(NamedTuple):
    """An action, what it is done to, how that is made, and what it sends to change it."""

    action: str
    argument: str
    parameters: dict[str, str]
    make: Callable[[redis.Redis], object]
    sends: bytes


def _dead(client: redis.Redis) -> None:
    client.zadd("dramatiq:mail.XQ", {"1": 1})
    client.hset("dramatiq:mail.XQ.msgs", "1", "{}")


CASES = [
    Case("queue.purge", "rq:mail", {}, lambda client: client.rpush(MAIL, "a"), b"eval"),
    Case(
        "queue.restore",
        "rq:mail",
        {"purge": PURGE},
        lambda client: (client.rpush(TOMB, "a"), client.expire(TOMB, 3600)),
        b"eval",
    ),
    Case("queue.requeue-dead", "dramatiq:mail", {}, _dead, b"eval"),
    Case("queue.pause", "rq:mail", {}, lambda client: client.rpush(MAIL, "a"), b"set"),
    Case("queue.resume", "rq:mail", {}, lambda client: client.set("rq:suspended", "1"), b"unlink"),
]
ALL = "queue.purge queue.restore queue.requeue-dead queue.pause queue.resume"

each = pytest.mark.parametrize("case", CASES, ids=[case.action for case in CASES])


def acting(url: str) -> Acting:
    return Acting(ACTIONS, RedisSpec("broker", Secret(url)))


def content(client: redis.Redis) -> dict[bytes, bytes | None]:
    """All that the server holds."""
    return {key: client.dump(key) for key in sorted(client.keys("*"))}


async def planned(here: Acting, case: Case) -> Preview:
    return await here.plan(case.action, case.argument, case.parameters)


@pytest.mark.covers(ALL, "permission", "refusal")
@pytest.mark.safety(4)
@each
async def test_who_may_not_and_a_replica_change_nothing(
    redis_server: EmbeddedServer, client: redis.Redis, case: Case
) -> None:
    case.make(client)
    before = content(client)
    client.execute_command("ACL", "SETUSER", "helper", "on", ">pw", "~*", "+@all", f"-{case.sends.decode()}")
    try:
        low = acting(f"redis://helper:pw@127.0.0.1:{port_of(redis_server)}/0")
        result = await low.run(await planned(low, case))
    finally:
        client.acl_deluser("helper")
    assert (result.came, "refused" in result.message) == (Came.NOT_DONE, True), result
    assert content(client) == before
    here = acting(redis_server.url)
    preview = await planned(here, case)
    client.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        result = await here.run(preview)
    finally:
        client.execute_command("REPLICAOF", "NO", "ONE")
    assert (result.came, "READONLY" in result.message) == (Came.NOT_DONE, True), result
    assert content(client) == before


@pytest.mark.covers(ALL, "timeout")
@pytest.mark.safety(4, 9)
@each
async def test_an_answer_that_never_comes_is_unknown_and_not_asked_for_again(
    redis_server: EmbeddedServer, client: redis.Redis, redis_proxy: FaultProxy, case: Case
) -> None:
    """Once the order is lost with its answer, once the answer alone."""
    case.make(client)
    before = content(client)
    far = acting(by_way_of(redis_proxy.port, redis_server))
    permit = Allowed(lambda _: redis_proxy.reset())
    lost = await far.run(await planned(far, case), permit)
    assert (lost.came, permit.asked) == (Came.UNKNOWN, 1), lost
    assert "Look before trying again." in lost.tells
    assert content(client) == before
    redis_proxy.passes()
    permit = Allowed(lambda _: redis_proxy.cut(after=0))
    unheard = await far.run(await planned(far, case), permit)
    assert (unheard.came, permit.asked) == (Came.UNKNOWN, 1), unheard


@pytest.mark.covers(ALL, "down")
@each
async def test_a_server_that_went_down_after_the_preview_gets_nothing(
    redis_server: EmbeddedServer, client: redis.Redis, redis_proxy: FaultProxy, case: Case
) -> None:
    case.make(client)
    before = content(client)
    far = acting(by_way_of(redis_proxy.port, redis_server))
    preview, permit = await planned(far, case), Allowed()
    redis_proxy.refuse()
    assert (await far.run(preview, permit)).came is Came.NOT_DONE
    assert permit.asked == 0
    assert (await refused(planned(far, case))).kind == "unavailable"
    assert content(client) == before


@pytest.mark.covers(ALL, "read-only", "success")
@pytest.mark.safety(11)
@each
async def test_without_a_permit_the_command_does_not_leave(
    redis_server: EmbeddedServer, client: redis.Redis, case: Case
) -> None:
    """By what goes over the line, and by what is in the server. With one it does."""
    case.make(client)
    before = content(client)
    command = b"$%d\r\n%s\r\n" % (len(case.sends), case.sends.upper())
    async with Recorder(port_of(redis_server)) as recorder:
        here = acting(by_way_of(recorder.port, redis_server))
        preview = await planned(here, case)
        assert (await refused(here.run(preview, Forbidden()))).kind == "read-only"
        assert command not in recorder.sent.upper()
        assert content(client) == before
        assert (await here.run(preview)).came is Came.DONE
        assert command in recorder.sent.upper()
        assert content(client) != before


@pytest.mark.covers("queue.restore queue.pause queue.resume", "gone")
@pytest.mark.parametrize(
    "case",
    [CASES[1], CASES[3], CASES[4]],
    ids=["restore", "pause", "resume"],
)
async def test_what_somebody_else_has_done_by_then_is_not_done_twice(
    redis_server: EmbeddedServer, client: redis.Redis, case: Case
) -> None:
    """Between the preview and the call: restored, paused, going on."""
    case.make(client)
    here = acting(redis_server.url)
    preview = await planned(here, case)

    def come_first(_: int) -> None:
        if case.action == "queue.restore":
            client.rename(TOMB, MAIL)
        elif case.action == "queue.pause":
            client.set("rq:suspended", "1")
        else:
            client.delete("rq:suspended")

    result = await here.run(preview, Allowed(come_first))
    assert result.came is Came.NOT_DONE, result
    if case.action == "queue.restore":
        assert client.lrange(MAIL, 0, -1) == [b"a"]
