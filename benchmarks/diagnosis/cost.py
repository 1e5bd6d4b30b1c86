"""What one pass of the diagnosis costs on a large, sick environment."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime

from msgspec.structs import replace

from triage_tui.diagnosis import Diagnostician
from triage_tui.model import Kind, Picture, Sighting, State, Target
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.host import Disk, HostData, HostMemory
from triage_tui.model.http import HttpData
from triage_tui.model.observation import Data
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.model.redis import Memory, Queue, RedisData

CONTAINERS = 500
SESSIONS = 500
QUEUES = 200
PASSES = 60


def cost() -> str:
    """A table: milliseconds of a pass while all is well, with one thing in twenty wrong, and with everything wrong."""
    rows = ["| what | findings | median ms | worst ms |", "| --- | --- | --- | --- |"]
    for name, every in (("all is well", 0), ("one in twenty is wrong", 20), ("everything is wrong", 1)):
        findings, times = _measure(every)
        rows.append(f"| {name} | {findings} | {statistics.median(times):.1f} | {max(times):.1f} |")
    return "\n".join(rows)


def _measure(every: int) -> tuple[int, list[float]]:
    diagnostician = Diagnostician()
    data = _everything(every)
    times: list[float] = []
    findings = 0
    for number in range(PASSES):
        picture = _picture(data, number * 2.0)
        began = time.perf_counter()
        findings = len(diagnostician.see(picture).findings)
        times.append((time.perf_counter() - began) * 1000)
    # The first passes load rules and begin everything.
    return findings, times[3:]


def _picture(data: dict[str, Data], at: float) -> Picture:
    kinds = {
        "engine": Kind.DOCKER,
        "db": Kind.POSTGRES,
        "redis": Kind.REDIS,
        "host": Kind.HOST,
        "web": Kind.HTTP,
    }
    places = {"db": "postgresql://127.0.0.1:10000/shop", "web": "http://127.0.0.1:10001/health"}
    sightings = tuple(
        Sighting(
            Target(name, kinds[name], places.get(name, ""), ("db",) if name == "web" else ()),
            State.LIVE,
            2.0,
            data=one,
            age_s=0.5,
        )
        for name, one in data.items()
    )
    return Picture(at, datetime.fromtimestamp(at, UTC), "cost", True, sightings)


def _everything(every: int) -> dict[str, Data]:
    """every: each n-th thing is wrong; 0: none."""

    def wrong(number: int) -> bool:
        return every > 0 and number % every == 0

    gib = 1 << 30
    containers = tuple(
        Container(
            id=f"{number:064x}",
            name=f"shop-service-{number}-1",
            image="shop/service:1",
            project="shop",
            service=f"service-{number}",
            state="running",
            health="unhealthy" if wrong(number) else "healthy",
            restarts=0,
            memory_bytes=gib if wrong(number) else gib // 2,
            memory_limit_bytes=gib,
            ports=(f"127.0.0.1:{10000 + number}->80/tcp",),
            age_s=86400.0,
            health_output='HTTP 503: {"trouble": "connection to server failed"}' if wrong(number) else None,
            restart_policy="always",
            depends_on=(f"service-{number - 1}",) if number % 10 else (),
        )
        for number in range(CONTAINERS)
    )
    sessions = tuple(
        Session(
            pid=1000 + number,
            user="shop",
            database="shop",
            application=f"service-{number % 40}",
            backend_type="client backend",
            state="idle in transaction" if wrong(number) else "idle",
            state_age_s=60.0,
            transaction_age_s=60.0 if wrong(number) else None,
            query="UPDATE stock SET left = left - 1 WHERE id = 7",
        )
        for number in range(SESSIONS)
    )
    blocking = tuple(
        Blocking(
            pid=1000 + number,
            depth=number % 2,
            waits_for=1000 + number - 1 if number % 2 else None,
            victims=1 - number % 2,
            wait_s=40.0 if number % 2 else None,
        )
        for number in range(SESSIONS)
        if wrong(number - number % 2)
    )
    queues = tuple(
        Queue(
            f"queue-{number}",
            "rq",
            waiting=500 if wrong(number) else 3,
            workers=0 if wrong(number) else 4,
            oldest_age_s=900.0 if wrong(number) else 1.0,
            growth_per_s=4.0 if wrong(number) else 0.0,
            dead=0,
            paused=False,
        )
        for number in range(QUEUES)
    )
    disk = Disk("/", "/dev/sda1", 100 * gib, 50 * gib, 50 * gib, 50.0)
    memory = HostMemory(64 * gib, 20 * gib, 44 * gib, 31.0)
    host = HostData("host", 20.0, 16, (2.0, 2.0, 2.0), memory, (disk,), open_files=1000, open_files_max=10**6)
    return {
        "engine": DockerData(containers),
        "db": PostgresData(
            "17.2", 600, 3, {"idle": 500}, sessions, blocking, databases=(), replication=(), statements=()
        ),
        "redis": RedisData("7.4", memory=Memory(gib, gib, gib, None, 1.0, "noeviction"), queues=queues),
        "host": host if every != 1 else replace(host, disks=(replace(disk, percent=99.0),)),
        "web": HttpData(503 if wrong(0) else 200, 0.05),
    }
