"""Pictures of an incident, made by hand: what the plain report has to say is known beforehand."""

from __future__ import annotations

from datetime import UTC, datetime

from triage_tui.model import Gap, Kind, Picture, Problem, ProblemKind, Sighting, State, Target
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.host import Disk, HostData, HostMemory, Process
from triage_tui.model.http import HttpData
from triage_tui.model.observation import Data
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.model.redis import Clients, Memory, Persistence, Queue, RedisData

CONTAINERS = DockerData(
    engine="Docker",
    version="27.1",
    containers=(
        Container(
            id="1", name="web", image="shop/web:1", project="shop", state="running", health="healthy", restarts=0,
            cpu_percent=12.5, memory_bytes=100 << 20, memory_limit_bytes=512 << 20, age_s=3600.0,
        ),
        Container(id="2", name="api", image="shop/api:1", project="shop", state="running", health="unhealthy",
            restarts=4, cpu_percent=250.0, memory_bytes=500 << 20, memory_limit_bytes=512 << 20, age_s=60.0),
        Container(id="3", name="worker", image="shop/worker:1", state="exited", exit_code=137, oom_killed=True,
            restarts=1, age_s=30.0),
        Container(id="4", name="migrate", image="shop/migrate:1", state="exited", exit_code=3, age_s=90.0),
        Container(id="5", name="cron", image="shop/cron:1", state="restarting", exit_code=1, restarts=17),
        Container(id="6", name="backup", image="shop/backup:1", state="exited", exit_code=0, age_s=9000.0),
    ),
)  # fmt: skip

DATABASE = PostgresData(
    version="16.3",
    max_connections=100,
    reserved_connections=3,
    connections={"active": 5, "idle": 80, "idle in transaction": 1},
    sessions=(
        Session(pid=4711, user="app", database="shop", application="web", state="idle in transaction",
            transaction_age_s=320.0, state_age_s=312.0, query="UPDATE orders SET paid = true"),
        Session(pid=4712, user="app", database="shop", state="active", wait_event_type="Lock",
            transaction_age_s=42.0, query="SELECT * FROM orders FOR UPDATE", blocked_by=(4711,)),
        Session(pid=4720, user="etl", database="shop", state="active", transaction_age_s=7200.0,
            query="COPY orders TO STDOUT"),
    ),
    blocking=(
        Blocking(pid=4711, depth=0, victims=1),
        Blocking(pid=4712, depth=1, waits_for=4711, mode="ExclusiveLock", relation="public.orders", wait_s=41.0),
    ),
)  # fmt: skip

CACHE = RedisData(
    version="7.2.4",
    role="master",
    memory=Memory(used_bytes=950 << 20, max_bytes=1 << 30, policy="noeviction"),
    clients=Clients(connected=12, max=10_000),
    ops_per_s=1500.0,
    evicted_per_s=0.0,
    persistence=Persistence(rdb_last_ok=False),
    queues=(
        Queue(name="mail", system="celery", waiting=3, workers=None, growth_per_s=0.0),
        Queue(name="payments", system="rq", waiting=12_345, in_flight=0, oldest_age_s=400.0, workers=0,
              growth_per_s=12.0),
    ),
)  # fmt: skip

HOST = HostData(
    hostname="shop-1",
    cpu_percent=97.0,
    cpu_count=4,
    load=(9.5, 7.0, 3.25),
    memory=HostMemory(total_bytes=8 << 30, used_bytes=7 << 30, available_bytes=1 << 30, percent=87.5),
    disks=(
        Disk("/boot", "/dev/sda1", 1 << 30, 100 << 20, 900 << 20, 10.0),
        Disk("/", "/dev/sda2", 100 << 30, 99 << 30, 1 << 30, 99.0),
    ),
    processes=(Process(pid=1, name="postgres", user="postgres", cpu_percent=180.0, memory_bytes=1 << 30),),
)

PAGE = HttpData(status=503, latency_s=2.5, tls_expires_in_s=86400.0)

REFUSED = Problem(ProblemKind.REFUSED, "Connection refused", "Check that the server runs.")


def sighting(
    name: str,
    kind: Kind,
    data: Data | None,
    state: State = State.LIVE,
    *,
    problem: Problem | None = None,
    gaps: tuple[Gap, ...] = (),
    endpoint: str = "",
) -> Sighting:
    return Sighting(
        target=Target(name=name, kind=kind, endpoint=endpoint or f"{kind}://{name}"),
        state=state,
        interval_s=2.0,
        data=data,
        age_s=1.0 if data is not None else None,
        took_s=0.01,
        problem=problem,
        gaps=gaps,
    )


def picture(*sightings: Sighting) -> Picture:
    return Picture(
        taken_at=100.0,
        wall_at=datetime(2024, 5, 1, 3, 0, 7, tzinfo=UTC),
        environment="prod",
        read_only=True,
        sightings=sightings,
    )


INCIDENT = picture(
    sighting("docker", Kind.DOCKER, CONTAINERS),
    sighting(
        "shop-db",
        Kind.POSTGRES,
        DATABASE,
        gaps=(
            Gap(
                "statements", Problem(ProblemKind.PERMISSION, "permission denied", "GRANT pg_monitor TO app")
            ),
        ),
    ),
    sighting("shop-cache", Kind.REDIS, CACHE),
    sighting("old-cache", Kind.REDIS, None, State.DOWN, problem=REFUSED, endpoint="redis://old:6379"),
    sighting("host", Kind.HOST, HOST),
    sighting("page", Kind.HTTP, PAGE),
)
