"""Asking on another thread: a newer round ends the one before, and nobody waits at the end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.actions.checks.watched import Watched
from triage_tui.actions.checks import runner
from triage_tui.actions.checks.answer import Answer, Question, Said, said
from triage_tui.actions.checks.asker import Asker
from triage_tui.actions.checks.check import Check
from triage_tui.actions.checks.site import Site
from triage_tui.model.outcome import Outcome

WITHIN_S = 30.0


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    made: dict[str, Check] = {}
    monkeypatch.setattr(runner, "all_checks", lambda: made)
    return made


async def _well(_: Site, __: Question) -> Said:
    return said(Outcome.PASS, threading.current_thread().name)


async def _endless(_: Site, __: Question) -> Said:
    await asyncio.Event().wait()
    raise AssertionError


def test_answers_come_on_its_own_thread_and_a_round_ends(checks: dict[str, Check]) -> None:
    checks["a.well"] = Check("a.well", (), "", _well)
    answers: list[Answer] = []
    done = threading.Event()
    asker = Asker(Watched())
    asker.ask([Question("a.well")], answers.append, done.set)
    assert done.wait(WITHIN_S)
    asker.close()
    assert [one.message for one in answers] == ["triage-checks"]


def test_a_newer_round_ends_the_one_before(checks: dict[str, Check]) -> None:
    checks["a.well"] = Check("a.well", (), "", _well)
    checks["a.endless"] = Check("a.endless", (), "", _endless)
    first, second = threading.Event(), threading.Event()
    answers: list[Answer] = []
    asker = Asker(Watched())
    asker.ask([Question("a.endless")], answers.append, first.set)
    asker.ask([Question("a.well")], answers.append, second.set)
    assert second.wait(WITHIN_S)
    asker.close()
    assert not first.is_set()
    assert [one.id for one in answers] == ["a.well"]


def test_closing_ends_the_thread_whatever_is_under_way(checks: dict[str, Check]) -> None:
    begun = threading.Event()

    async def slow(_: Site, __: Question) -> Said:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    checks["a.slow"] = Check("a.slow", (), "", slow)
    asker = Asker(Watched())
    asker.close()
    asker.ask([Question("a.slow")], lambda _: None)
    assert begun.wait(WITHIN_S)
    thread = asker._thread
    assert thread is not None
    asker.close()
    thread.join(WITHIN_S)
    assert not thread.is_alive()
