"""When an optional question is asked again."""

from __future__ import annotations

from typing import Any, cast

import psycopg
import pytest
from psycopg.rows import DictRow

from triage_tui.model import Problem, ProblemKind
from triage_tui.sources.postgres.conninfo import ConnectionInfo
from triage_tui.sources.postgres.link import Link
from triage_tui.sources.postgres.probes import (
    DUTY,
    REFUSED_PAUSE_S,
    SLOW_PAUSE_S,
    TIME_FOR_PROBES_S,
    Probe,
    Probes,
)

INFO = ConnectionInfo({}, "postgresql://app@db:5432/shop", "app", "shop")


def test_a_dear_question_rests_in_proportion() -> None:
    probe = Probe("locks")
    assert probe.due(0.0)
    probe.answered(100.0, took_s=0.05, every_s=0.0)
    assert not probe.due(100.0 + 0.05 * DUTY - 0.01)
    assert probe.due(100.0 + 0.05 * DUTY)


def test_a_cheap_question_keeps_its_own_pace() -> None:
    probe = Probe("sizes")
    probe.answered(0.0, took_s=0.001, every_s=300.0)
    assert not probe.due(299.0)
    assert probe.due(300.0)


def test_a_timeout_is_tried_again_less_and_less_often_and_forgotten_when_it_works() -> None:
    probe, now, pauses = Probe("roles"), 0.0, []
    for _ in range(8):
        probe.failed(now, Problem(ProblemKind.TIMEOUT, "slow", "wait"))
        pause = next(s for s in range(1, 10_000) if probe.due(now + s))
        pauses.append(pause)
        now += pause
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]
    assert SLOW_PAUSE_S == (30.0, 600.0)
    probe.answered(now, 0.0, 0.0)
    assert probe.problem is None
    probe.failed(now, Problem(ProblemKind.TIMEOUT, "slow", "wait"))
    assert probe.due(now + 30)


@pytest.mark.parametrize("kind", [ProblemKind.PERMISSION, ProblemKind.PROTOCOL, ProblemKind.MISSING])
def test_a_refusal_is_tried_again_since_somebody_may_grant_it(kind: ProblemKind) -> None:
    probe = Probe("standbys")
    for _ in range(3):
        probe.failed(0.0, Problem(kind, "no", "ask"))
        assert not probe.due(REFUSED_PAUSE_S - 1)
        assert probe.due(REFUSED_PAUSE_S)


class Failing:
    """Stands in for an open link to a server that refuses every question, which no real one does."""

    def __init__(self, error: psycopg.Error) -> None:
        self.closed = False
        self.asked = 0
        self._error = error

    async def ask(self, *_: Any) -> list[DictRow]:
        self.asked += 1
        raise self._error


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def probes(link: Failing, clock: Clock, role: str = "app") -> Probes:
    made = Probes(cast(Link, link), INFO, role, (18,), clock)
    made.begin()
    return made


async def test_one_that_fails_is_switched_off_with_a_reason_that_stays() -> None:
    link, clock = Failing(psycopg.errors.InsufficientPrivilege("permission denied for view x")), Clock()
    asking = probes(link, clock)
    for _ in range(5):
        assert await asking.ask("standbys", part="replication") is None
        asking.begin()
    assert link.asked == 1
    (gap,) = asking.gaps()
    assert (gap.part, gap.problem.kind) == ("replication", ProblemKind.PERMISSION)
    assert gap.problem.next_step == "GRANT pg_monitor TO app;"


@pytest.mark.parametrize(
    ("role", "quoted"), [("app", "app"), ("my-app", '"my-app"'), ("App", '"App"'), ('a"b', '"a""b"')]
)
async def test_advice_can_be_pasted(role: str, quoted: str) -> None:
    link = Failing(psycopg.errors.InsufficientPrivilege("permission denied"))
    assert probes(link, Clock(), role).grant == f"GRANT pg_monitor TO {quoted};"


async def test_a_slow_server_is_not_asked_for_extras() -> None:
    link, clock = (
        Failing(psycopg.errors.QueryCanceled("canceling statement due to statement timeout")),
        Clock(),
    )
    asking = probes(link, clock)
    clock.now += TIME_FOR_PROBES_S + 0.1
    assert await asking.ask("standbys", part="replication") is None
    assert link.asked == 0


async def test_a_lost_connection_is_no_reason_to_switch_anything_off() -> None:
    link = Failing(psycopg.OperationalError("server closed the connection unexpectedly"))
    link.closed = True
    asking = probes(link, Clock())
    with pytest.raises(psycopg.OperationalError):
        await asking.ask("standbys", part="replication")
    assert asking.gaps() == ()
