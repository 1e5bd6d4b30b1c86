from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.sources.docker.usage import (
    Counters,
    block_totals,
    counters_of,
    cpu_percent,
    docker_cpu_percent,
    elapsed_cpu_percent,
    frame_of,
    memory_without_cache,
)

FIXTURES = Path(__file__).parent / "fixtures"


def frames(name: str) -> list[Any]:
    loaded: list[Any] = json.loads((FIXTURES / name).read_text())
    return loaded


def readings(name: str, *, trust_system: bool = True) -> tuple[Counters, Counters]:
    before, after = (counters_of(frame_of(f), trust_system=trust_system) for f in frames(name))
    assert before is not None
    assert after is not None
    return before, after


def test_docker_under_cgroup_v1() -> None:
    before, after = readings("stats-docker-20.10-cgroup-v1.json")
    # 1,007,802,552 ns of 2,000,000,000 ns on two processors.
    assert cpu_percent(before, after) == pytest.approx(100.7803, abs=0.0001)
    # `docker stats` printed 1.348MiB / 128MiB: 22,384,640 bytes with 20,971,520 of inactive file cache in them.
    assert after.memory_bytes == 1_413_120
    assert after.memory_limit_bytes == 128 << 20
    assert before.network_rx_bytes == 1096 + 4764
    assert before.network_tx_bytes == 2688
    assert (after.block_read_bytes, after.block_write_bytes) == (0, 0)
    assert after.pids == 1


def test_the_frames_own_previous_sample_gives_the_same_cpu() -> None:
    raw = frames("stats-docker-20.10-cgroup-v1.json")[1]
    before, after = readings("stats-docker-20.10-cgroup-v1.json")
    own, previous = raw["cpu_stats"], raw["precpu_stats"]
    assert cpu_percent(before, after) == docker_cpu_percent(
        own["cpu_usage"]["total_usage"] - previous["cpu_usage"]["total_usage"],
        own["system_cpu_usage"] - previous["system_cpu_usage"],
        own["online_cpus"],
    )


def test_docker_under_cgroup_v2() -> None:
    before, after = readings("stats-docker-cgroup-v2.json")
    assert cpu_percent(before, after) == pytest.approx(50.0)
    assert after.memory_bytes == 268_435_456 - 67_108_864
    assert (after.block_read_bytes, after.block_write_bytes) == (8_193_000, 6_096)
    assert (after.network_rx_bytes, after.network_tx_bytes) == (1_250, 3_470)


def test_no_list_of_block_devices_is_unknown_and_not_zero() -> None:
    before, _ = readings("stats-docker-cgroup-v2.json")
    assert before.block_read_bytes is None
    assert before.block_write_bytes is None


def test_podman_counts_busy_time_only_so_time_is_what_counts() -> None:
    before, after = readings("stats-podman-cgroup-v2.json", trust_system=False)
    assert cpu_percent(before, after) == pytest.approx(50.0)
    # What the Docker formula makes of the same answers:
    assert cpu_percent(*readings("stats-podman-cgroup-v2.json")) == pytest.approx(640.0)


def test_podman_under_cgroup_v1() -> None:
    before, after = readings("stats-podman-4.3-cgroup-v1.json", trust_system=False)
    percent = cpu_percent(before, after)
    assert percent is not None
    assert 50 < percent < 105
    assert after.memory_bytes == 581_632
    assert after.memory_limit_bytes == 64 << 20


def test_an_exited_container_has_no_usage() -> None:
    exited = json.loads((FIXTURES / "stats-docker-20.10-exited.json").read_text())
    assert exited["read"].startswith("0001-01-01")
    assert counters_of(frame_of(exited)) is None


def test_processors_are_counted_where_the_engine_does_not() -> None:
    frame = frames("stats-docker-20.10-cgroup-v1.json")[0]
    del frame["cpu_stats"]["online_cpus"]
    counters = counters_of(frame_of(frame))
    assert counters is not None
    assert counters.online_cpus == 2


@pytest.mark.parametrize(
    ("cpu", "system", "expected"),
    [(0, 100, 0.0), (-5, 100, 0.0), (5, 0, 0.0), (5, -1, 0.0), (50, 100, 200.0)],
)
def test_cpu_formula_of_the_docker_command(cpu: int, system: int, expected: float) -> None:
    assert docker_cpu_percent(cpu, system, 4) == expected


@pytest.mark.parametrize(
    ("cpu", "elapsed", "expected"), [(0, 10, 0.0), (5, 0, 0.0), (5, -1, 0.0), (5, 10, 50.0)]
)
def test_cpu_by_time(cpu: int, elapsed: int, expected: float) -> None:
    assert elapsed_cpu_percent(cpu, elapsed) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Counters(), Counters()),
        (Counters(cpu_ns=9, system_ns=1), Counters(cpu_ns=5, system_ns=2, online_cpus=1)),
        (Counters(cpu_ns=5, system_ns=1), Counters(cpu_ns=9, system_ns=1, online_cpus=1)),
        (Counters(cpu_ns=5, at_ns=1), Counters(cpu_ns=9, at_ns=1)),
        (Counters(cpu_ns=5, system_ns=1), Counters(cpu_ns=9, system_ns=3)),
    ],
    ids=["nothing", "restarted", "no time passed", "same instant", "no processors"],
)
def test_readings_that_do_not_tell_give_unknown(before: Counters, after: Counters) -> None:
    assert cpu_percent(before, after) is None


@pytest.mark.parametrize(
    ("usage", "stats", "expected"),
    [
        (100, {"total_inactive_file": 30, "inactive_file": 10}, 70),
        (100, {"inactive_file": 10}, 90),
        (100, {}, 100),
        (100, {"inactive_file": 100}, 100),
        (100, {"total_inactive_file": 200}, 100),
        # cgroup v1 right after a mass of cache was charged to the parent: the command falls through as well.
        (100, {"total_inactive_file": 200, "inactive_file": 40}, 60),
    ],
)
def test_memory_is_without_inactive_cache(usage: int, stats: dict[str, int], expected: int) -> None:
    assert memory_without_cache(usage, stats) == expected


def test_block_io_is_told_by_the_first_letter() -> None:
    entries = [
        ("Read", 1),
        ("read", 2),
        ("rbytes", 4),
        ("Write", 8),
        ("wbytes", 16),
        ("Sync", 32),
        ("", 64),
        ("Total", 128),
    ]
    assert block_totals(entries) == (7, 24)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "read": json_values | st.just("2026-01-01T00:00:00Z"),
            "cpu_stats": json_values | st.fixed_dictionaries({"cpu_usage": json_values}),
            "memory_stats": json_values | st.fixed_dictionaries({"usage": json_values, "stats": json_values}),
            "networks": json_values,
            "blkio_stats": json_values,
            "pids_stats": json_values,
        },
    )
)
def test_any_answer_is_read_or_refused_in_one_way(answer: dict[str, Any]) -> None:
    with contextlib.suppress(msgspec.ValidationError):
        counters_of(frame_of(answer))
