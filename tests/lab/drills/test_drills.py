"""Drills break, can be seen, and leave nothing behind when they are mended. Some at a time: they are far apart.

All of them, one after the other and with their times: python -m tests.lab.drills.table
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.lab.drills.evidence import Evidence, looking
from tests.lab.drills.facts import FACTS, seen_again
from triage_tui.lab import home
from triage_tui.lab.control import Answer, Ask, AskBreak, AskMend, AskStatus, Truth, ask
from triage_tui.lab.demo import Demo, company
from triage_tui.lab.drills import all_drills

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.usefixtures("both_servers"),
    pytest.mark.xdist_group("one lab"),
]

ASK_S = 120.0
PATIENCE_S = 100.0
"""Far longer than a fault needs to show; the machine may be busy with other tests."""

TOGETHER = (
    (
        *("aborted-transaction", "backup-version", "blocked-writers", "deadlocks", "libmagic-missing"),
        *("idle-in-transaction", "inactive-slot", "matching-down", "pgbouncer-unhealthy"),
        *("redis-slow-commands", "seed-twice", "webhook-signature", "worker-down"),
    ),
    (
        *("connections-near-limit", "dependency-missing", "language-service-throttled", "rate-limited"),
        *("redis-clients-near-limit", "redis-url-double-password", "scripts-not-mounted", "secret-drift"),
        *("webhook-failing",),
    ),
)
"""Drills that keep out of each other's way, whatever the dice say."""


@pytest.fixture(scope="module")
def lab(both_servers: None) -> Iterator[tuple[Demo, Evidence]]:
    """One that is well, and somebody who looks at it."""
    del both_servers
    with company(lambda _: None) as opened, looking(opened.settings) as seen:
        _expect(lambda: _well(opened, seen), lambda: _ask(opened, AskStatus()).troubles)
        yield opened, seen


@pytest.mark.parametrize("drills", TOGETHER, ids=["first", "second"])
def test_faults_show_and_are_undone(lab: tuple[Demo, Evidence], drills: tuple[str, ...]) -> None:
    opened, seen = lab
    known = all_drills()
    truths: list[Truth] = []
    for drill in drills:
        if known[drill].lacks() is None:
            truths += _ask(opened, AskBreak(drill)).broken
    assert len(truths) >= len(drills) - 1
    hidden = {truth.drill: truth for truth in truths}

    def all_shown() -> bool:
        for drill, truth in list(hidden.items()):
            if FACTS[drill](seen, truth):
                del hidden[drill]
        return not hidden

    _expect(all_shown, lambda: f"not to be seen: {hidden}")
    assert set(_ask(opened, AskMend()).mended) == {truth.drill for truth in truths}
    _expect(lambda: _well(opened, seen), lambda: _ask(opened, AskStatus()).troubles)


def _well(opened: Demo, seen: Evidence) -> bool:
    seen.look_now()
    return not _ask(opened, AskStatus()).troubles and seen_again(seen)


def _ask(opened: Demo, question: Ask) -> Answer:
    return ask(opened.folder / home.CONTROL, question, ASK_S)


def _expect(condition: Callable[[], bool], failure: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > give_up_at:
            pytest.fail(str(failure()))
        time.sleep(0.2)
