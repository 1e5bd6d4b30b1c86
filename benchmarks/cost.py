"""What a look costs the servers, by their own account."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import psutil
import psycopg
import redis
from msgspec import Struct

from benchmarks.stage import Stage
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, Settings
from triage_tui.engine import Engine
from triage_tui.model.docker import DockerData


class RedisCost(Struct, frozen=True):
    """Server milliseconds per second of watching, commands per second, and single commands in ms.

    p99_ms and slowest_ms are the server's own wall time: where the machine is busy, the slowest is one that was kept
    from running.
    """

    ms_per_s: float
    commands_per_s: float
    p99_ms: float
    slowest_ms: float


def postgres_ms_per_s(stage: Stage, tool: str, watch: Callable[[], object]) -> float:
    """Milliseconds of statement execution per second that a tool caused while `watch` ran (pg_stat_statements)."""
    with psycopg.connect(stage.postgres.url, autocommit=True) as admin:
        admin.execute("SELECT pg_stat_statements_reset()")
        at = time.perf_counter()
        watch()
        passed = time.perf_counter() - at
        row = admin.execute(
            "SELECT coalesce(sum(total_exec_time + total_plan_time), 0) FROM pg_stat_statements AS s"
            " JOIN pg_roles AS r ON r.oid = s.userid WHERE r.rolname = %s",
            [tool],
        ).fetchone()
    return float(row[0]) / passed if row else 0.0


def redis_cost(stage: Stage, watch: Callable[[], object]) -> RedisCost:
    """What ran on the server while `watch` did, and nothing else did (commandstats, slow log)."""
    with contextlib.closing(redis.Redis.from_url(stage.redis.url)) as admin:
        admin.config_set("slowlog-log-slower-than", 0)
        admin.config_set("slowlog-max-len", 20_000)
        admin.config_resetstat()
        admin.slowlog_reset()
        at = time.perf_counter()
        watch()
        passed = time.perf_counter() - at
        stats = admin.info("commandstats")
        slow = [entry for entry in admin.slowlog_get(20_000) if b"CONFIG" not in entry["command"].upper()]
        admin.config_set("slowlog-log-slower-than", 10_000)
    ours = {
        name: one
        for name, one in stats.items()
        if not name.startswith(("cmdstat_config", "cmdstat_slowlog|reset"))
    }
    durations = sorted(entry["duration"] for entry in slow) or [0]
    return RedisCost(
        sum(one["usec"] for one in ours.values()) / 1000 / passed,
        sum(one["calls"] for one in ours.values()) / passed,
        durations[int(len(durations) * 0.99) - 1] / 1000,
        durations[-1] / 1000,
    )


class DockerCost(Struct, frozen=True):
    """CPU of the daemon, containerd and the shims, and of the tool itself, in percent of one core."""

    daemon_percent: float
    tool_percent: float


def docker_cost(stage: Stage, watch: Callable[[], float]) -> DockerCost:
    """What the engine and the tool used while `watch` ran; it gives the tool's own CPU seconds."""
    assert stage.docker is not None
    before, at = _daemon_cpu_s(stage), time.perf_counter()
    tool_s = watch()
    passed = time.perf_counter() - at
    return DockerCost(100 * (_daemon_cpu_s(stage) - before) / passed, 100 * tool_s / passed)


def oldest_usage_s(stage: Stage, seconds: float) -> float | None:
    """The greatest age that any running container's usage had in looks of `seconds`, after a first half of warming
    up; None where a container had none."""
    assert stage.docker is not None
    spec = DockerSpec("bench", Secret(f"unix://{stage.docker.socket}"))
    settings = Settings("bench", read_only=True, targets=(spec,), discover=False)
    worst = 0.0
    with Engine(settings) as engine:
        engine.wait_first_looks(30)
        start = time.perf_counter()
        while (passed := time.perf_counter() - start) < seconds:
            time.sleep(0.5)
            (seen,) = engine.picture().sightings
            data = seen.data
            if passed < seconds / 2 or not isinstance(data, DockerData):
                continue
            for container in data.containers:
                if container.state == "running":
                    if container.usage_age_s is None:
                        return None
                    worst = max(worst, container.usage_age_s + (seen.age_s or 0.0))
    return worst


def _daemon_cpu_s(stage: Stage) -> float:
    assert stage.docker is not None
    assert stage.docker.server is not None
    daemon = psutil.Process(stage.docker.server.pid)
    total = 0.0
    shims = [p for p in psutil.process_iter() if _is_shim_of(p, str(stage.docker.folder))]
    for process in {daemon, *daemon.children(recursive=True), *shims}:
        with contextlib.suppress(psutil.Error):
            name = process.name()
            if name.startswith(("dockerd", "containerd", "runc", "docker")):
                times = process.cpu_times()
                total += times.user + times.system
    return total


def _is_shim_of(process: psutil.Process, folder: str) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.name().startswith("containerd-shim") and any(
            folder in part for part in process.cmdline()
        )
    return False
