"""What a container needs, what it would publish, what restarts it, and what holds its CPU back."""

from __future__ import annotations

import pytest

from triage_tui.sources.docker.rows import Row, inspected_of
from triage_tui.sources.docker.usage import Counters, counters_of, frame_of, throttled_ratio

LABEL = "com.docker.compose.depends_on"


@pytest.mark.parametrize(
    ("written", "needed"),
    [
        ("", ()),
        ("db:service_started:false", ("db",)),
        ("db:service_healthy:true,redis:service_started:false", ("db", "redis")),
        # podman-compose writes names alone.
        ("db,redis", ("db", "redis")),
        ("my-db_1:service_completed_successfully:true", ("my-db_1",)),
        (":::,,", ()),
    ],
)
def test_what_compose_says_it_needs(written: str, needed: tuple[str, ...]) -> None:
    assert Row(id="1", labels={LABEL: written}).needs("io.podman.compose.depends_on", LABEL) == needed


def test_a_label_of_any_length_is_bounded() -> None:
    endless = ",".join(f"service{number}:service_started:false" for number in range(5000))
    assert len(Row(id="1", labels={LABEL: endless}).needs(LABEL)) <= 32


@pytest.mark.parametrize(
    ("policy", "expected"),
    [({"Name": "unless-stopped"}, "unless-stopped"), ({"Name": ""}, "no"), (None, None)],
)
def test_the_restart_policy(policy: dict[str, str] | None, expected: str | None) -> None:
    assert inspected_of({"Id": "1", "HostConfig": {"RestartPolicy": policy}}).restart_policy == expected


def test_what_it_would_publish_if_it_ran() -> None:
    bindings = {
        "5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "15432"}, {"HostIp": "", "HostPort": "15433"}],
        "53/udp": [{"HostPort": "53"}],
        # Left to the engine, not published, and nonsense.
        "80/tcp": [{"HostIp": "", "HostPort": "0"}, {"HostIp": "", "HostPort": ""}],
        "81/tcp": None,
        "x/tcp": [{"HostPort": "1"}],
    }
    inspected = inspected_of({"Id": "1", "HostConfig": {"PortBindings": bindings}})
    assert [str(port) for port in inspected.bound] == [
        "127.0.0.1:15432->5432/tcp",
        "0.0.0.0:15433->5432/tcp",
        "0.0.0.0:53->53/udp",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((100, 10), (120, 15), 0.25),
        ((100, 10), (120, 10), 0.0),
        # No period has passed, the container was started anew, nothing is known.
        ((100, 10), (100, 10), None),
        ((100, 10), (5, 0), None),
        ((None, None), (120, 15), None),
    ],
)
def test_the_share_of_periods_in_which_it_was_held_back(
    before: tuple[int | None, int | None], after: tuple[int | None, int | None], expected: float | None
) -> None:
    first, second = (Counters(periods=one[0], throttled_periods=one[1]) for one in (before, after))
    assert throttled_ratio(first, second) == expected


def test_docker_passes_the_periods_on() -> None:
    frame = {
        "read": "2026-03-01T02:00:00Z",
        "cpu_stats": {"throttling_data": {"periods": 7, "throttled_periods": 3, "throttled_time": 9}},
    }
    counters = counters_of(frame_of(frame))
    assert counters is not None
    assert (counters.periods, counters.throttled_periods) == (7, 3)
