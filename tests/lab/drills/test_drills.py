"""Drills break, can be seen, are mended by their keys, and leave nothing behind. Some at a time: they are far apart.

All of them, one after the other and with their times: python -m tests.lab.drills.table
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import triage
from tests.lab.drills.evidence import Evidence, act, looking
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
        *("connections-near-limit", "language-service-throttled", "rate-limited"),
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


WORK = {
    "revrx-worker-1": "complete:",
    "tradeengage-worker-1": "customers synchronised",
    "therapy-importer-1": "imported 3 therapists",
    "therapy-backup-1": "backup of therapy_platform done",
    "therapy-matching-service-1": '"POST /api/platzsuchen" 201',
    "therapy-patient-service-1": '"DELETE /api/patients/',
    "revrx-backend-1": '"POST /api/v1/encounters" 202',
    "platform-partner-1": '"POST /webhooks" 200',
}
"""Container → what it logs when the company works."""


def test_everybody_works(lab: tuple[Demo, Evidence]) -> None:
    _, seen = lab
    idle = dict(WORK)

    def all_work() -> bool:
        for container, words in list(idle.items()):
            if words in seen.logs(container):
                del idle[container]
        return not idle

    _expect(all_work, lambda: f"no work of {idle}")


@pytest.mark.parametrize("drills", TOGETHER, ids=["first", "second"])
def test_faults_show_are_mended_by_their_keys_and_undone(
    lab: tuple[Demo, Evidence], drills: tuple[str, ...]
) -> None:
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
    mended = [truth for truth in truths if truth.place.fix is not None]
    for truth in mended:
        assert truth.place.fix is not None
        act(opened.settings, truth.place.fix)
    _expect(
        lambda: not any(FACTS[truth.drill](seen, truth) for truth in mended),
        lambda: f"still there after its key: {mended}",
    )
    assert set(_ask(opened, AskMend()).mended) == {truth.drill for truth in truths}
    _expect(lambda: _well(opened, seen), lambda: _ask(opened, AskStatus()).troubles)


def test_check_puts_the_cause_first(lab: tuple[Demo, Evidence], tmp_path: Path) -> None:
    opened, seen = lab
    config = _without_host(opened.folder / "triage.toml", tmp_path)
    said: list[tuple[int, dict[str, Any]]] = []

    def checked(enough: Callable[[int, dict[str, Any]], bool]) -> bool:
        ran = triage("--config", str(config), "check", "--json", "--timeout", "10", cwd=tmp_path)
        assert ran.stdout, ran.stderr
        said.append((ran.returncode, json.loads(ran.stdout)))
        return enough(*said[-1])

    def roots(told: dict[str, Any]) -> set[str]:
        return {one["id"] for one in told["findings"] if one["cause"] is None}

    def outcome(told: dict[str, Any], check: str) -> set[str]:
        return {one["outcome"] for one in told["checks"] if one["id"] == check}

    def all_is_well(code: int, told: dict[str, Any]) -> bool:
        return code == 0 and told["findings"] == [] and outcome(told, "postgres.ping") == {"pass"}

    def both_are_told(_: int, told: dict[str, Any]) -> bool:
        below = [one["id"] for one in told["findings"] if one["cause"]]
        return (
            roots(told) == {"postgres.unreachable", "redis.clients-near-limit"}
            and {"docker.exited", "http.server-error"} <= set(below)
            and outcome(told, "redis.ping") == {"pass"}
        )

    _expect(lambda: checked(all_is_well), lambda: said[-1])
    for drill in ("database-down", "redis-clients-near-limit"):
        _ask(opened, AskBreak(drill))
    _expect(lambda: checked(both_are_told), lambda: said[-1])
    code, told = said[-1]
    assert code == 2
    first = told["findings"][0]
    assert (first["id"], first["target"], first["severity"]) == (
        "postgres.unreachable",
        "platform-db",
        "critical",
    )
    assert "tradeengage/database-connection" in first["guides"][:2]
    assert ("docker.start", "platform-postgres-1") in {
        (one["id"], one["argument"]) for one in first["actions"]
    }
    assert outcome(told, "postgres.ping") == {"fail"}
    _ask(opened, AskMend())
    _expect(lambda: _well(opened, seen), lambda: _ask(opened, AskStatus()).troubles)


def _without_host(config: Path, folder: Path) -> Path:
    """What watches the lab, but for the machine that the tests run on, which may be as busy as it likes."""
    head, *tables = config.read_text().split("[[environments.lab.targets]]")
    kept = [table for table in tables if 'kind = "host"' not in table]
    path = folder / "triage.toml"
    path.touch(mode=0o600)
    path.write_text("[[environments.lab.targets]]".join([head, *kept]))
    return path


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
