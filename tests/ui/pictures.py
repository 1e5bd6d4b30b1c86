"""Pictures of an incident, made by hand from the model: what the screens are tried on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from triage_tui.config.settings import QuietRule, TargetSpec
from triage_tui.model import (
    Diagnosis,
    Gap,
    Kind,
    Picture,
    Problem,
    ProblemKind,
    Series,
    Sighting,
    State,
    Target,
)
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.finding import Key
from triage_tui.model.host import Disk, HostData, HostMemory, Interface, Process
from triage_tui.model.http import HttpData
from triage_tui.model.outcome import Heard
from triage_tui.model.postgres import Blocking, Database, PostgresData, Session
from triage_tui.model.redis import Clients, Memory, Persistence, Queue, RedisData, Replication

NOW = datetime(2026, 3, 1, 3, 12, 40, tzinfo=UTC)
MIB = 2**20


def containers(count: int = 18) -> tuple[Container, ...]:
    """Some that are well, one unhealthy, one killed for memory, one in a restart loop, one paused, two that exited."""

    def running(index: int, name: str, **more: object) -> Container:
        fields: dict[str, object] = {
            "id": f"{index:064x}",
            "name": name,
            "image": f"registry.example/{name}:1.{index}",
            "project": "shop",
            "service": name,
            "state": "running",
            "health": "healthy" if index % 3 else None,
            "restarts": 0,
            "oom_killed": False,
            "cpu_percent": (index * 7.3) % 60,
            "memory_bytes": (80 + 37 * index) * MIB,
            "memory_limit_bytes": 1024 * MIB if index % 2 else None,
            "network_rx_bytes": index * 3 * MIB,
            "network_tx_bytes": index * MIB,
            "block_read_bytes": 0,
            "block_write_bytes": 12 * MIB,
            "pids": 8,
            "ports": (f"127.0.0.1:{8000 + index}->80/tcp",),
            "started_at": "2026-02-27T09:00:00+00:00",
            "age_s": 151_960.0,
        }
        return Container(**(fields | more))  # type: ignore[arg-type]

    known = [
        running(1, "shop-api", health="unhealthy", cpu_percent=212.0),
        running(
            2,
            "worker",
            state="exited",
            oom_killed=True,
            exit_code=137,
            cpu_percent=None,
            memory_bytes=None,
            age_s=41.0,
        ),
        running(
            3,
            "importer",
            state="restarting",
            restarts=14,
            exit_code=1,
            cpu_percent=None,
            memory_bytes=None,
            age_s=3.0,
        ),
        running(4, "batch", state="paused"),
        running(
            5, "migrate", state="exited", exit_code=0, age_s=90_000.0, cpu_percent=None, memory_bytes=None
        ),
        running(6, "seed", state="exited", exit_code=3, age_s=7_000.0, cpu_percent=None, memory_bytes=None),
        running(7, "cache-warmer", memory_bytes=990 * MIB, memory_limit_bytes=1024 * MIB),
    ]
    names = (
        "auth",
        "web",
        "mailer",
        "search",
        "gateway",
        "billing",
        "media",
        "scheduler",
        "webhooks",
        "metrics",
        "proxy",
    )
    known += [
        running(20 + n, f"{names[n % len(names)]}-{n}" if n >= len(names) else names[n])
        for n in range(max(0, count - 7))
    ]
    return tuple(known[:count])


def docker_data(count: int = 18) -> DockerData:
    """One engine."""
    return DockerData(
        containers(count), engine="Docker", version="28.2.2", api_version="1.50", usage_from="cgroup"
    )


def postgres_data() -> PostgresData:
    """A migration waits behind a forgotten transaction, and everybody else behind the migration."""

    def session(
        pid: int, state: str, age: float, query: str, *, blocked_by: tuple[int, ...] = (), app: str = "api"
    ) -> Session:
        return Session(
            pid=pid,
            backend_start=f"2026-03-01T02:00:{pid % 60:02d}+00:00",
            user="app",
            database="shop",
            application=app,
            client="10.0.4.17",
            backend_type="client backend",
            state=state,
            wait_event_type="Lock" if blocked_by else "Client",
            wait_event="relation" if blocked_by else "ClientRead",
            transaction_age_s=age,
            query_age_s=age,
            state_age_s=age,
            blocked_by=blocked_by,
            query=query,
        )

    sessions = (
        session(
            4711,
            "idle in transaction",
            913.0,
            "UPDATE orders SET status = $1 WHERE id = $2",
            app="backoffice",
        ),
        session(
            4720, "active", 88.0, "ALTER TABLE orders ADD COLUMN note text", blocked_by=(4711,), app="alembic"
        ),
        session(4801, "active", 61.0, "SELECT * FROM orders WHERE customer = $1", blocked_by=(4720,)),
        session(4802, "active", 59.0, "SELECT * FROM orders WHERE customer = $1", blocked_by=(4720,)),
        session(4803, "active", 3.0, "INSERT INTO orders VALUES ($1, $2)", blocked_by=(4720,)),
        session(4900, "active", 412.0, "SELECT count(*) FROM events JOIN visits USING (visit)", app="report"),
        session(4901, "idle in transaction (aborted)", 77.0, "INSERT INTO audit VALUES ($1)", app="worker"),
    )
    return PostgresData(
        version="16.4",
        max_connections=100,
        reserved_connections=3,
        connections={"active": 9, "idle": 61, "idle in transaction": 12, "idle in transaction (aborted)": 1},
        sessions=sessions,
        blocking=(
            Blocking(4711, 0, victims=4),
            Blocking(
                4720,
                1,
                waits_for=4711,
                victims=3,
                mode="AccessExclusiveLock",
                relation="public.orders",
                wait_s=88.0,
            ),
            Blocking(4801, 2, waits_for=4720, mode="AccessShareLock", relation="public.orders", wait_s=61.0),
            Blocking(4802, 2, waits_for=4720, mode="AccessShareLock", relation="public.orders", wait_s=59.0),
            Blocking(4803, 2, waits_for=4720, mode="RowExclusiveLock", relation="public.orders", wait_s=3.0),
        ),
        prepared=(),
        databases=(Database("shop", 83, 132.4, 2.1, 0.993, 0.0, 4, 0.0),),
        replication=(),
        database="shop",
        user="triage",
        uptime_s=4e6,
    )


def redis_data() -> RedisData:
    """A broker near its limit; one queue grows, one has no worker, one drains."""
    return RedisData(
        version="7.4.1",
        role="master",
        memory=Memory(440 * MIB, 455 * MIB, 500 * MIB, 512 * MIB, 1.14, "noeviction"),
        clients=Clients(48, 12, 10_000),
        ops_per_s=2_310.0,
        hit_ratio=0.97,
        evicted=0,
        evicted_per_s=0.0,
        rejected=0,
        rejected_per_s=0.0,
        persistence=Persistence(loading=False, rdb_last_ok=True, aof_enabled=False),
        replication=Replication(role="master", replicas=1),
        slowlog=(),
        queues=(
            Queue("emails", "celery", 18_204, 4, 0, None, None, None, 4, 31.5,
                  head_unchanged_s=41.0, in_flight_shared=True),
            Queue("webhooks", "rq", 311, 0, 3, None, 17, 2_900.0, 0, 0.8),
            Queue("images", "bullmq", 96, 8, 12, None, 2, 14.0, 8, -3.2, 30.0),
            Queue("default", "sidekiq", 0, 1, 0, 3, 0, None, 5, 0.0),
            Queue("ingest", "stream", None, 40, None, None, None, 9.0, 3, None),
        ),
        keys=48_211,
        queues_scan=1.0,
    )  # fmt: skip


def host_data() -> HostData:
    """A host whose root file system fills up."""
    return HostData(
        hostname="web-3",
        cpu_percent=71.4,
        cpu_count=8,
        load=(6.41, 5.02, 3.77),
        memory=HostMemory(32 * 1024 * MIB, 21 * 1024 * MIB, 11 * 1024 * MIB, 65.6, 2048 * MIB, 320 * MIB),
        disks=(
            Disk("/", "/dev/vda1", 80 << 30, 75 << 30, 4 << 30, 95.4, 31.0),
            Disk("/data", "/dev/vdb", 500 << 30, 210 << 30, 290 << 30, 42.0, 3.0),
        ),
        network=(Interface("eth0", 1 << 40, 1 << 39, 4.2e6, 1.1e6, 0),),
        processes=(
            Process(
                812, "postgres", "postgres", 88.1, 812 * MIB, "postgres: app shop 10.0.4.17(41234) SELECT"
            ),
            Process(4011, "python", "app", 41.0, 410 * MIB, "python -m shop.worker --queue emails"),
            Process(1, "systemd", "root", 0.1, 11 * MIB, "/sbin/init"),
        ),
        open_files=8_192,
        open_files_max=1_000_000,
        uptime_s=1_300_000.0,
    )


def sighting(kind: Kind, name: str, endpoint: str, data: object, **more: object) -> Sighting:
    """A live sighting unless `more` says otherwise."""
    fields: dict[str, object] = {
        "target": Target(name, kind, endpoint),
        "state": State.LIVE,
        "interval_s": 2.0,
        "data": data,
        "age_s": 1.2,
        "took_s": 0.014,
        "wall_at": NOW,
    }
    return Sighting(**(fields | more))  # type: ignore[arg-type]


def wave(points: int, low: float, high: float) -> Series:
    """A smooth series."""
    values = tuple(low + (high - low) * (1 + math.sin(n / 13)) / 2 for n in range(points))
    return Series(tuple(2.0 * n for n in range(points)), values)


def picture(
    sightings: Sequence[Sighting] | None = None, *, read_only: bool = True, environment: str = "prod"
) -> Picture:
    """The incident, or these sightings."""
    if sightings is None:
        sightings = incident()
    history = {
        ("host", "host.cpu_percent", ""): wave(160, 20, 80),
        ("host", "host.memory_ratio", ""): wave(160, 0.6, 0.66),
        ("host", "host.network_rx_bytes_per_s", ""): wave(160, 0, 4e6),
        ("shop-redis", "queue.waiting", "celery:emails"): wave(120, 100, 18_000),
    }
    return Picture(1000.0, NOW, environment, read_only, tuple(sightings), history)


def incident() -> list[Sighting]:
    """One target of each kind, all live."""
    return [
        sighting(Kind.DOCKER, "docker", "unix:///var/run/docker.sock", docker_data()),
        sighting(Kind.POSTGRES, "shop-db", "postgresql://triage@db.internal:5432/shop", postgres_data()),
        sighting(Kind.REDIS, "shop-redis", "redis://redis.internal:6379/0", redis_data()),
        sighting(Kind.HOST, "host", "web-3", host_data()),
        sighting(Kind.HTTP, "shop-api", "https://api.shop.example/health", HttpData(503, 1.84)),
        sighting(Kind.HTTP, "auth", "https://auth.shop.example/health", HttpData(200, 0.031)),
    ]


REFUSED = Problem(
    ProblemKind.REFUSED,
    "connection refused",
    "Check that the server behind db.internal:5432 runs and listens on that address and port.",
)
DENIED = Problem(
    ProblemKind.AUTH, "WRONGPASS invalid username-password pair", "Check the password in REDIS_URL."
)
NO_STATEMENTS = Gap(
    "statements",
    Problem(
        ProblemKind.MISSING,
        'relation "pg_stat_statements" does not exist',
        "CREATE EXTENSION pg_stat_statements",
    ),
)


def trouble() -> list[Sighting]:
    """Every state that is not live, each on another pane."""
    sick = incident()
    sick[0] = sighting(Kind.DOCKER, "docker", "unix:///var/run/docker.sock", docker_data(),
                       state=State.STALE, age_s=14.0, looking_s=12.0)  # fmt: skip
    sick[1] = sighting(Kind.POSTGRES, "shop-db", "postgresql://triage@db.internal:5432/shop", postgres_data(),
                       state=State.DOWN, age_s=41.0, problem=REFUSED, problem_age_s=1.0, failures=7)  # fmt: skip
    sick[2] = sighting(Kind.REDIS, "shop-redis", "redis://redis.internal:6379/0", None, state=State.DENIED, age_s=None,
                       problem=DENIED, problem_age_s=9.0, failures=1)  # fmt: skip
    sick[3] = sighting(Kind.HOST, "host", "web-3", None, state=State.CONNECTING, age_s=None, looking_s=1.0)
    return sick


class StillEngine:
    """An engine that has looked and looks no more: the screen is what is tried, on a picture that stays as it is."""

    def __init__(self, picture: Picture, diagnosis: Diagnosis | None = None) -> None:
        self.shown = picture
        self.meaning = diagnosis or Diagnosis(picture.taken_at, picture.wall_at)
        self.refreshed: list[str | None] = []
        self.quiet: list[QuietRule] = []
        self.lifted: list[Key] = []
        self.told_why = ""
        self.focused: list[tuple[str, Sequence[str]]] = []
        self.heard: list[Heard] = []
        self.found: tuple[TargetSpec, ...] = ()
        self._listeners: list[Callable[[], None]] = []

    def start(self) -> None:
        """Nothing to start."""

    def stop(self, timeout_s: float = 2.0) -> None:
        """Nothing to stop."""

    def picture(self) -> Picture:
        """The picture."""
        return self.shown

    def diagnosis(self) -> Diagnosis:
        """What it means."""
        return self.meaning

    def discovered(self) -> tuple[TargetSpec, ...]:
        """How targets are watched, where the test says so."""
        return self.found

    def hear(self, heard: Heard) -> None:
        """Remember what a check said."""
        self.heard.append(heard)

    def quieten(self, rule: QuietRule, told: Callable[[str], None]) -> None:
        """Remember what is not to be told."""
        self.quiet.append(rule)
        told(self.told_why)

    def lift(self, rule: Key, told: Callable[[str], None]) -> None:
        """Remember what is to be told again."""
        self.lifted.append(rule)
        told(self.told_why)

    def refresh(self, target: str | None = None) -> None:
        """Remember that it was asked for."""
        self.refreshed.append(target)

    def focus(self, target: str, subjects: Sequence[str]) -> None:
        """Remember what the reader sees."""
        self.focused.append((target, subjects))

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell this listener of a new picture."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def show(self, picture: Picture, diagnosis: Diagnosis | None = None) -> None:
        """A new picture has been taken, and may mean something else."""
        self.shown = picture
        self.meaning = diagnosis or self.meaning
        for listener in list(self._listeners):
            listener()
