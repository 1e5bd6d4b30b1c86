"""Several questions in one go: each for itself, each with an end, none more than once."""

from __future__ import annotations

import asyncio

import pytest

from tests.actions.checks.watched import Watched, asked
from triage_tui.actions.checks import registry, runner
from triage_tui.actions.checks.answer import MOST_LINES, Answer, Question, Said, said
from triage_tui.actions.checks.check import Check
from triage_tui.actions.checks.runner import AT_ONCE, MOST, ask_all
from triage_tui.actions.checks.site import Site
from triage_tui.model.outcome import Outcome


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    """Checks of the test's own in the place of those that there are."""
    made: dict[str, Check] = {}
    monkeypatch.setattr(runner, "all_checks", lambda: made)
    return made


async def _well(_: Site, question: Question) -> Said:
    return said(Outcome.PASS, f"well: {question.argument}")


async def _broken(_: Site, __: Question) -> Said:
    raise ZeroDivisionError("password=hunter2 was divided")


async def _endless(_: Site, __: Question) -> Said:
    await asyncio.Event().wait()
    raise AssertionError


async def test_one_that_fails_and_one_that_hangs_leave_the_others_alone(checks: dict[str, Check]) -> None:
    checks["a.broken"] = Check("a.broken", (), "", _broken)
    checks["a.endless"] = Check("a.endless", (), "", _endless, limit_s=0.05)
    checks["a.well"] = Check("a.well", (), "", _well)
    told: list[Answer] = []
    questions = [Question("a.broken"), Question("a.endless"), Question("a.none"), Question("a.well", "", "x")]
    answers = await ask_all(questions, Site(Watched()), told.append)
    assert [one.outcome for one in answers] == ["unknown", "unknown", "unknown", "pass"]
    assert [one.id for one in answers] == [one.id for one in questions], "in the order of the questions"
    assert {one.id for one in told} == {one.id for one in questions}, "and told as they came"
    assert "hunter2" not in answers[0].message
    assert "not answered within 0.05 s" in answers[1].message
    assert answers[1].lines, "what is unknown says what to do"


async def test_no_more_than_a_few_run_at_a_time(checks: dict[str, Check]) -> None:
    now, most = 0, 0
    enough = asyncio.Event()

    async def counted(_: Site, __: Question) -> Said:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == AT_ONCE:
            enough.set()
        await enough.wait()
        await asyncio.sleep(0)
        now -= 1
        return said(Outcome.PASS, "counted")

    checks["a.counted"] = Check("a.counted", (), "", counted)
    await ask_all([Question("a.counted", "", str(number)) for number in range(3 * AT_ONCE)], Site(Watched()))
    assert most == AT_ONCE


async def test_the_same_question_is_asked_once_and_a_round_has_an_end(checks: dict[str, Check]) -> None:
    checks["a.well"] = Check("a.well", (), "", _well)
    answers = await ask_all(
        [Question("a.well", "", str(number % 40)) for number in range(80)], Site(Watched())
    )
    assert len(answers) == MOST
    assert len({one.key for one in answers}) == MOST


async def test_what_needs_an_argument_is_not_asked_without_one(checks: dict[str, Check]) -> None:
    checks["a.one"] = Check("a.one", (), "container", _well, needs_argument=True)
    (answer,) = await ask_all([Question("a.one", "docker")], Site(Watched()))
    assert (answer.outcome, answer.lines) == ("unknown", ("Name one: docker/CONTAINER.",))


def test_an_answer_is_bounded() -> None:
    told = said(Outcome.PASS, "m" * 10_000, (f"{number} " + "l" * 10_000 for number in range(500)))
    assert len(told.message) <= 240
    assert len(told.lines) == MOST_LINES + 1
    assert all(len(line) <= 400 for line in told.lines)
    assert told.lines[-1] == f"and {500 - MOST_LINES} more"


async def test_a_target_that_is_not_there_and_one_of_another_kind_are_unknown() -> None:
    from triage_tui.config.settings import HostSpec

    registry.all_checks.cache_clear()
    assert "no target nowhere" in (await asked(Watched(), "redis.ping", "nowhere")).message
    other = await asked(Watched(HostSpec()), "redis.ping", "host")
    assert (other.outcome, other.message) == (
        "unknown",
        "host is of kind host, and this is asked of redis",
    )
