"""When the clients are read: by their number, by who looks, and after a refusal. The answers are given here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from triage_tui.model import ProblemKind
from triage_tui.model.redis import CLIENTS_PART
from triage_tui.sources.redis.roll import (
    CLIENTS_PER_S,
    FORGOTTEN_S,
    LIST,
    MOST,
    OFF_THE_LOOP_BYTES,
    REST_S,
    Roll,
)
from triage_tui.sources.redis.wire import BrokenError, Command, Refusal, Reply


class Server:
    """Answers with what the test says, and counts."""

    def __init__(self) -> None:
        self.reply: Reply = b"id=1 addr=10.0.0.1:1 name=web idle=0 flags=N omem=0\n"
        self.broken: Exception | None = None
        self.asked = 0

    async def ask(self, commands: Sequence[Command]) -> list[Reply]:
        assert list(commands) == [LIST]
        self.asked += 1
        if self.broken is not None:
            raise BrokenError from self.broken
        return [self.reply]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def roll(server: Server) -> AsyncIterator[Roll]:
    roll = Roll(server.ask, "cache", "redis://cache", "watcher")
    yield roll
    roll.close()


async def test_the_first_look_reads_it_and_then_it_grows_old_and_is_forgotten(
    roll: Roll, server: Server
) -> None:
    first, gaps = await roll.look(1, 100.0)
    assert first is not None
    assert (first.total, first.age_s, gaps) == (1, 0.0, ())
    later, _ = await roll.look(1, 130.0)
    assert later is not None
    assert (later.age_s, server.asked) == (30.0, 1)
    assert await roll.look(1, 100.0 + FORGOTTEN_S + 1) == (None, ())
    assert await roll.look(1, 1000.0) == (None, ())
    assert server.asked == 1


async def test_it_is_read_in_each_look_while_somebody_looks(roll: Roll, server: Server) -> None:
    roll.focus(True)
    for at in range(5):
        seen, _ = await roll.look(1, float(at * 2))
        assert seen is not None
        assert seen.age_s == 0.0
    assert server.asked == 5
    roll.focus(False)
    await roll.look(1, 10.0)
    assert server.asked == 5


async def test_many_are_read_seldom_and_their_age_is_told(roll: Roll, server: Server) -> None:
    many = 10_000
    server.reply = "".join(f"id={number} addr=a:1 name= omem=0\n" for number in range(1, many + 1)).encode()
    assert len(server.reply) > OFF_THE_LOOP_BYTES
    roll.focus(True)
    rest_s = many / CLIENTS_PER_S
    ages = []
    for at in (0.0, rest_s - 0.1, rest_s + 0.1):
        seen, _ = await roll.look(many, at)
        assert seen is not None
        assert seen.total == many
        ages.append(seen.age_s)
    assert ages == [0.0, rest_s - 0.1, 0.0]
    assert server.asked == 2


async def test_too_many_are_not_listed(roll: Roll, server: Server) -> None:
    roll.focus(True)
    seen, (gap,) = await roll.look(MOST + 1, 0.0)
    assert (seen, server.asked) == (None, 0)
    assert (gap.part, f"{MOST + 1:,} clients" in gap.problem.message) == (CLIENTS_PART, True)
    await roll.look(MOST, REST_S - 1)
    assert server.asked == 0
    seen, gaps = await roll.look(MOST, REST_S)
    assert seen is not None
    assert gaps == ()


async def test_what_was_refused_is_asked_for_again_after_a_rest(roll: Roll, server: Server) -> None:
    roll.focus(True)
    server.reply = Refusal("NOPERM", "NOPERM this user has no permissions to run the 'client|list' command")
    for at in (0.0, 2.0, REST_S - 1):
        seen, (gap,) = await roll.look(1, at)
        assert (seen, gap.problem.kind, server.asked) == (None, ProblemKind.PERMISSION, 1)
        assert "ACL SETUSER watcher +client|list" in gap.problem.next_step
    server.reply = Server().reply
    seen, gaps = await roll.look(1, REST_S)
    assert (seen is not None, gaps, server.asked) == (True, (), 2)


async def test_an_answer_that_takes_too_long_hides_the_clients_and_no_more(
    roll: Roll, server: Server
) -> None:
    roll.focus(True)
    server.broken = RedisTimeoutError()
    seen, (gap,) = await roll.look(1, 0.0)
    assert (seen, gap.problem.kind) == (None, ProblemKind.TIMEOUT)
    await roll.look(1, 2.0)
    assert server.asked == 1


async def test_a_server_that_is_lost_is_lost(roll: Roll, server: Server) -> None:
    server.broken = RedisConnectionError()
    with pytest.raises(BrokenError):
        await roll.look(1, 0.0)


async def test_another_server_has_other_clients(roll: Roll, server: Server) -> None:
    roll.focus(True)
    await roll.look(1, 0.0)
    roll.start_over()
    roll.focus(False)
    assert await roll.look(1, 1.0) == (None, ())
    server.reply = b""
    roll.focus(True)
    seen, _ = await roll.look(1, 2.0)
    assert seen is not None
    assert seen.total == 0
