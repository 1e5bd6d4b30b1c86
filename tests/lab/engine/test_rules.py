"""Rules and formulas of Docker's, without a process."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.lab.engine.answers.words import command_of, human_duration, moment, tagged
from triage_tui.lab.engine.engine import signal_number
from triage_tui.lab.engine.errors import BadRequestError
from triage_tui.lab.engine.events import REMEMBERED, Events
from triage_tui.lab.engine.health import Health, Result
from triage_tui.lab.engine.logbook import stamp
from triage_tui.lab.engine.restarts import FIRST_WAIT_S, LONG_RUN_NS, LONGEST_WAIT_S, RestartManager
from triage_tui.lab.engine.spec import HealthCheck, Restart, ServiceSpec, SpecError
from triage_tui.lab.engine.synthetic import SyntheticLauncher, synthetic_spec

SECOND = 10**9


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "Less than a second"),
        (1.9, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (150, "2 minutes"),
        (3600, "About an hour"),
        (5 * 3600, "5 hours"),
        (49 * 3600, "2 days"),
        (15 * 86_400, "2 weeks"),
        (70 * 86_400, "2 months"),
        (800 * 86_400, "2 years"),
    ],
)
def test_durations_in_dockers_words(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text


def test_times_in_gos_words() -> None:
    assert moment(None) == "0001-01-01T00:00:00Z"
    assert moment(1_795_657_456 * SECOND) == "2026-11-26T01:44:16Z"
    assert moment(1_795_657_456 * SECOND + 120_000_000) == "2026-11-26T01:44:16.12Z"
    assert stamp(1_795_657_456 * SECOND + 5) == "2026-11-26T01:44:16.000000005Z"


@given(st.integers(0, 4 * 10**18), st.integers(0, 4 * 10**18))
def test_stamps_sort_as_times_do(one: int, other: int) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)


def test_command_lines_and_tags() -> None:
    assert command_of("sh", ("-c", "exit 7")) == "sh -c 'exit 7'"
    assert command_of("top", ()) == "top"
    assert tagged("registry:5000/api") == "registry:5000/api:latest"
    assert tagged("registry:5000/api:1") == "registry:5000/api:1"


def test_waits_double_up_to_a_minute_and_begin_anew_after_a_long_run() -> None:
    manager = RestartManager(Restart("always"))
    waits = [manager.after(1, 0, by_hand=False) for _ in range(12)]
    assert waits[:4] == [FIRST_WAIT_S, FIRST_WAIT_S * 2, FIRST_WAIT_S * 4, FIRST_WAIT_S * 8]
    assert waits[-1] == LONGEST_WAIT_S
    assert manager.after(1, LONG_RUN_NS, by_hand=False) == FIRST_WAIT_S


@pytest.mark.parametrize(
    ("policy", "code", "by_hand", "again"),
    [
        (Restart("no"), 1, False, False),
        (Restart("always"), 0, False, True),
        (Restart("always"), 0, True, False),
        (Restart("unless-stopped"), 1, False, True),
        (Restart("unless-stopped"), 1, True, False),
        (Restart("on-failure"), 0, False, False),
        (Restart("on-failure"), 1, False, True),
        (Restart("on-failure"), 1, True, False),
    ],
)
def test_who_is_restarted(policy: Restart, code: int, by_hand: bool, again: bool) -> None:
    assert (RestartManager(policy).after(code, 0, by_hand=by_hand) is not None) is again


def test_on_failure_counts() -> None:
    manager = RestartManager(Restart("on-failure", retries=2))
    assert [manager.after(1, 0, by_hand=False) is not None for _ in range(4)] == [True, True, False, False]


def _result(code: int, at_s: float) -> Result:
    return Result(int(at_s * SECOND), int(at_s * SECOND), code, "")


def test_health_needs_its_retries_in_a_row() -> None:
    health = Health(HealthCheck(("CMD", "x"), retries=3))
    assert health.note(_result(0, 1), 0)
    assert health.status == "healthy"
    assert [health.note(_result(1, at), 0) for at in (2, 3)] == [False, False]
    assert not health.note(_result(0, 4), 0)
    assert [health.note(_result(1, at), 0) for at in (5, 6, 7)] == [False, False, True]
    assert (health.status, health.streak) == ("unhealthy", 3)
    assert health.note(_result(0, 8), 0)
    assert (health.status, health.streak, len(health.log)) == ("healthy", 0, 5)


def test_failures_while_it_starts_do_not_count_until_it_was_well_once() -> None:
    health = Health(HealthCheck(("CMD", "x"), retries=1, start_period_s=10))
    assert not health.note(_result(1, 5), 0)
    assert (health.status, health.streak) == ("starting", 0)
    assert health.note(_result(0, 6), 0)
    assert health.note(_result(1, 7), 0)
    assert health.status == "unhealthy"
    health.begin()
    assert health.note(_result(1, 12), 0)
    assert health.status == "unhealthy"


def test_signals_by_name_and_number() -> None:
    assert (
        signal_number("KILL")
        == signal_number("SIGKILL")
        == signal_number("sigkill")
        == signal_number("9")
        == 9
    )
    for nonsense in ("BOGUS", "", "0", "99", "-9"):
        with pytest.raises(BadRequestError, match="Invalid signal"):
            signal_number(nonsense)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": "-x"}, "Invalid container name"),
        ({"argv": ()}, "No command"),
        ({"stop_signal": "SIGNOPE"}, "Invalid signal"),
        ({"health": HealthCheck(("true",))}, "Unknown health check"),
        ({"memory_limit_bytes": 1024}, "Minimum memory limit"),
    ],
)
def test_descriptions_that_make_no_container(change: dict[str, object], complaint: str) -> None:
    given: dict[str, object] = {"name": "web", "image": "web", "argv": ("true",)}
    with pytest.raises(SpecError, match=complaint):
        ServiceSpec(**given | change).check()  # type: ignore[arg-type]


def test_labels_of_compose() -> None:
    spec = ServiceSpec(
        "shop-api-1",
        "api",
        ("x",),
        project="shop",
        service="api",
        depends_on=("db", "cache"),
        labels={"a": "b"},
    )
    labels = spec.all_labels
    assert labels["com.docker.compose.project"] == "shop"
    assert labels["com.docker.compose.service"] == "api"
    assert labels["com.docker.compose.depends_on"] == "db:service_started:false,cache:service_started:false"
    assert labels["a"] == "b"
    assert ServiceSpec("x", "x", ("x",)).all_labels == {}


async def test_events_are_remembered_within_bounds_and_reach_who_listens() -> None:
    events = Events()
    with events.listen(lambda event: event["Action"] == "die") as feed:
        for number in range(REMEMBERED + 10):
            events.container(f"{number}", "image", "start" if number % 2 else "die", {"name": "x"})
        first = await feed.next()
        assert events.listeners == 1
    assert events.listeners == 0
    assert first is not None
    assert (first["Action"], first["id"], first["Actor"]["Attributes"]) == ("die", "0", {"name": "x"})
    past = events.past(0, 1 << 62)
    times = [event["timeNano"] for event in past]
    assert len(past) == REMEMBERED
    assert times == sorted(set(times))
    assert events.past(times[-1], 1 << 62) == past[-1:]
    assert events.past(0, times[0]) == past[:1]


def test_synthetic_services_have_names_of_their_own() -> None:
    specs = [synthetic_spec(number) for number in range(500)]
    assert len({spec.name for spec in specs}) == 500
    for spec in specs:
        spec.check()


async def test_synthetic_usage_never_goes_back() -> None:
    run = await SyntheticLauncher().launch(("serve", "7"), {}, "/")
    before = run.usage()
    await asyncio.sleep(0.01)
    after = run.usage()
    assert before is not None
    assert after is not None
    assert after.user_ns >= before.user_ns
    assert after.read_bytes is not None
    run.signal(15)
    assert await run.ended == 143
    assert run.usage() is None
