"""Containers as one look at an engine shows them."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.model.environment import ContainerEnvironment
from triage_tui.model.logs import Logs


class Container(Struct, frozen=True):
    """One container. Field names are those of the JSON that `triage snapshot` prints.

    state               created, running, paused, restarting, removing, exited or dead, as the engine says
    health              starting, healthy or unhealthy; None where the image has no health check
    restarts            times the engine restarted it (RestartCount)
    exit_code           None while it runs
    oom_killed          the kernel killed it for memory
    cpu_percent         100 = one core busy; None until two samples exist or while it does not run
    memory_bytes        usage without inactive file cache, as `docker stats` shows it
    memory_limit_bytes  None where there is no limit below the host's memory
    network_*, block_*  totals in bytes since the container started; network is None where it has none of its own
    ports               published ports as `127.0.0.1:8080->80/tcp`
    started_at          ISO 8601 with offset; finished_at likewise; None where it never happened
    age_s               seconds since it started (running) or ended (not running), by the engine's clock
    error               the engine's words on why it could not be started
    health_output       what the health check printed when the engine last reported on it
    restart_policy      no, always, unless-stopped or on-failure, as it was made; None where that was not told
    depends_on          compose services of its project that its label says it needs
    one_off             somebody ran it once (`docker compose run`): that it ends is as it should be
    throttled_ratio     share of the CPU periods between the last two readings in which its limit held it back,
                        0…1; None without a limit, and before the second reading
    usage_age_s         how long ago cpu, memory, network, block and pids were read; they are None when older than 30 s
    migrations          revisions that the image's code wants, as its label says: `alembic:7c1e90ab42d3`
    """

    id: str
    name: str
    image: str
    project: str | None = None
    service: str | None = None
    state: str = "unknown"
    health: str | None = None
    restarts: int | None = None
    exit_code: int | None = None
    oom_killed: bool | None = None
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    network_rx_bytes: int | None = None
    network_tx_bytes: int | None = None
    block_read_bytes: int | None = None
    block_write_bytes: int | None = None
    pids: int | None = None
    ports: tuple[str, ...] = ()
    started_at: str | None = None
    finished_at: str | None = None
    age_s: float | None = None
    image_id: str | None = None
    error: str | None = None
    health_output: str | None = None
    usage_age_s: float | None = None
    restart_policy: str | None = None
    depends_on: tuple[str, ...] = ()
    one_off: bool = False
    throttled_ratio: float | None = None
    migrations: str | None = None


class ContainerEvent(Struct, frozen=True):
    """Something the engine said about a container: `die`, `oom`, `health_status: unhealthy`, `start`, …

    at  ISO 8601 with offset
    """

    at: str
    action: str
    container_id: str
    name: str
    exit_code: int | None = None


class DockerData(Struct, frozen=True):
    """One look at an engine.

    engine      Docker, Podman or whatever the engine calls itself
    usage_from  where cpu and memory come from: `cgroup` (files of this host), `api` (one-shot stats), `cgroup+api`
    events      the newest last, at most 100
    environments  of the containers that were inspected, names only
    logs        what their logs showed; None where they are not watched
    """

    containers: tuple[Container, ...]
    engine: str | None = None
    version: str | None = None
    api_version: str | None = None
    usage_from: str | None = None
    events: tuple[ContainerEvent, ...] = ()
    environments: tuple[ContainerEnvironment, ...] = ()
    logs: Logs | None = None
