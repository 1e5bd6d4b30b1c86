"""The numeric signals: one registry of names, units and meanings, and how each is read off a look.

Rules, guide front matter, thresholds, sparklines, the journal and verification use these names and no others.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triage_tui.model.docker import DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.observation import Data, Kind
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData


class Signal(Struct, frozen=True):
    """A number that can be followed over time.

    unit        ratio (0…1), percent, bytes, seconds, count, per second
    subject     what a reading belongs to within its target: "" the target itself, or container, queue, disk, …
    low_is_bad  a low value is the bad one, so a threshold is crossed from above
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    subject: str = ""
    low_is_bad: bool = False


class Reading(Struct, frozen=True):
    """One value of one signal in one look. subject is "" where the signal belongs to the target itself."""

    signal: str
    subject: str
    value: float


_ALL = (
    Signal("docker.containers_running", Kind.DOCKER, "count", "containers that run"),
    Signal(
        "docker.containers_unhealthy", Kind.DOCKER, "count", "running containers whose health check fails"
    ),
    Signal("docker.cpu_percent", Kind.DOCKER, "percent", "CPU of one container, 100 = one core", "container"),
    Signal(
        "docker.memory_bytes", Kind.DOCKER, "bytes", "memory of one container without file cache", "container"
    ),
    Signal(
        "docker.memory_ratio", Kind.DOCKER, "ratio", "memory of one container against its limit", "container"
    ),
    Signal("docker.restarts", Kind.DOCKER, "count", "times the engine restarted a container", "container"),
    Signal("postgres.connections", Kind.POSTGRES, "count", "client connections of any state"),
    Signal(
        "postgres.connections_ratio", Kind.POSTGRES, "ratio", "client connections against max_connections"
    ),
    Signal("postgres.active", Kind.POSTGRES, "count", "sessions that run a statement"),
    Signal(
        "postgres.idle_in_transaction",
        Kind.POSTGRES,
        "count",
        "sessions idle in an open or failed transaction",
    ),
    Signal("postgres.blocked", Kind.POSTGRES, "count", "sessions that wait for another's lock"),
    Signal("postgres.longest_wait_s", Kind.POSTGRES, "seconds", "longest wait for a lock"),
    Signal("postgres.longest_transaction_s", Kind.POSTGRES, "seconds", "age of the oldest open transaction"),
    Signal("postgres.commits_per_s", Kind.POSTGRES, "per second", "commits over all databases"),
    Signal("postgres.rollbacks_per_s", Kind.POSTGRES, "per second", "rollbacks over all databases"),
    Signal("postgres.deadlocks_per_s", Kind.POSTGRES, "per second", "deadlocks over all databases"),
    Signal(
        "postgres.cache_hit_ratio",
        Kind.POSTGRES,
        "ratio",
        "blocks found in shared buffers",
        "database",
        low_is_bad=True,
    ),
    Signal(
        "postgres.replication_lag_bytes", Kind.POSTGRES, "bytes", "WAL a standby or slot is behind", "replica"
    ),
    Signal("redis.memory_ratio", Kind.REDIS, "ratio", "used memory against maxmemory"),
    Signal("redis.memory_bytes", Kind.REDIS, "bytes", "memory that Redis says it uses"),
    Signal("redis.fragmentation", Kind.REDIS, "ratio", "resident memory over used memory"),
    Signal("redis.clients", Kind.REDIS, "count", "connected clients"),
    Signal("redis.clients_ratio", Kind.REDIS, "ratio", "connected clients against maxclients"),
    Signal(
        "redis.blocked_clients",
        Kind.REDIS,
        "count",
        "clients in a blocking command; idle workers are among them",
    ),
    Signal("redis.ops_per_s", Kind.REDIS, "per second", "commands without our own"),
    Signal("redis.hit_ratio", Kind.REDIS, "ratio", "key look-ups that found a key", low_is_bad=True),
    Signal("redis.evicted_per_s", Kind.REDIS, "per second", "keys evicted for memory"),
    Signal("redis.rejected_per_s", Kind.REDIS, "per second", "connections refused at maxclients"),
    Signal("redis.refused_writes_per_s", Kind.REDIS, "per second", "commands refused at maxmemory"),
    Signal("redis.replication_lag_s", Kind.REDIS, "seconds", "time since this replica heard its master"),
    Signal("queue.waiting", Kind.REDIS, "count", "jobs that could start now", "queue"),
    Signal("queue.in_flight", Kind.REDIS, "count", "jobs taken and not finished", "queue"),
    Signal("queue.dead", Kind.REDIS, "count", "jobs that gave up", "queue"),
    Signal("queue.oldest_age_s", Kind.REDIS, "seconds", "age of the oldest waiting job", "queue"),
    Signal(
        "queue.growth_per_s", Kind.REDIS, "per second", "slope of the depth; below zero it drains", "queue"
    ),
    Signal("host.cpu_percent", Kind.HOST, "percent", "CPU over all cores, 100 = all busy"),
    Signal("host.load_per_core", Kind.HOST, "ratio", "1 minute load average over the number of cores"),
    Signal("host.memory_ratio", Kind.HOST, "ratio", "memory that programs cannot get, against all"),
    Signal("host.swap_ratio", Kind.HOST, "ratio", "swap in use"),
    Signal("host.disk_ratio", Kind.HOST, "ratio", "a file system's fill as ordinary users see it", "mount"),
    Signal("host.inode_ratio", Kind.HOST, "ratio", "a file system's inodes in use", "mount"),
    Signal("host.open_files_ratio", Kind.HOST, "ratio", "open files against the kernel's limit"),
    Signal("host.network_rx_bytes_per_s", Kind.HOST, "per second", "bytes received on all shown interfaces"),
    Signal("host.network_tx_bytes_per_s", Kind.HOST, "per second", "bytes sent on all shown interfaces"),
    Signal("http.latency_s", Kind.HTTP, "seconds", "time to the end of the answer's header"),
    Signal("http.status", Kind.HTTP, "count", "HTTP status of the answer"),
    Signal(
        "http.tls_expires_in_s", Kind.HTTP, "seconds", "time until the certificate expires", low_is_bad=True
    ),
    Signal("pgbouncer.clients", Kind.PGBOUNCER, "count", "clients of the pooler"),
    Signal(
        "pgbouncer.waiting", Kind.PGBOUNCER, "count", "clients that wait for a connection of the pool", "pool"
    ),
    Signal("pgbouncer.max_wait_s", Kind.PGBOUNCER, "seconds", "longest wait for a connection", "pool"),
    Signal(
        "pgbouncer.pool_ratio", Kind.PGBOUNCER, "ratio", "busy connections against the pool's size", "pool"
    ),
    Signal("files.newest_age_s", Kind.FILES, "seconds", "age of the newest file in a folder"),
    Signal("files.age_of_max", Kind.FILES, "ratio", "age of the newest file over the age that it may reach"),
    Signal("files.count", Kind.FILES, "count", "files in a folder"),
    Signal("files.bytes", Kind.FILES, "bytes", "size of the files in a folder"),
)

SIGNALS: dict[str, Signal] = {signal.name: signal for signal in _ALL}
"""Every signal by its dotted name."""


def read(data: Data) -> Iterator[Reading]:
    """Every signal that one look brought. What is unknown yields no reading."""
    match data:
        case DockerData():
            found = _docker(data)
        case PostgresData():
            found = _postgres(data)
        case RedisData():
            found = _redis(data)
        case HostData():
            found = _host(data)
        case HttpData():
            found = _http(data)
        case PgbouncerData():
            found = _pgbouncer(data)
        case FilesData():
            found = _files(data)
    for name, subject, value in found:
        if value is not None:
            yield Reading(name, subject, float(value))


_Found = Iterator[tuple[str, str, float | None]]


def ratio(part: float | None, whole: float | None) -> float | None:
    """part / whole; None where either is unknown or the whole is zero (no limit)."""
    return part / whole if part is not None and whole else None


def _docker(data: DockerData) -> _Found:
    running = [container for container in data.containers if container.state == "running"]
    yield "docker.containers_running", "", len(running)
    yield "docker.containers_unhealthy", "", sum(c.health == "unhealthy" for c in running)
    for container in data.containers:
        yield "docker.restarts", container.name, container.restarts
        yield "docker.cpu_percent", container.name, container.cpu_percent
        yield "docker.memory_bytes", container.name, container.memory_bytes
        yield (
            "docker.memory_ratio",
            container.name,
            ratio(container.memory_bytes, container.memory_limit_bytes),
        )


def _postgres(data: PostgresData) -> _Found:
    waits = [node.wait_s for node in data.blocking if node.wait_s is not None]
    ages = [s.transaction_age_s for s in data.sessions if s.transaction_age_s is not None]
    yield "postgres.connections", "", data.connections_used
    yield "postgres.connections_ratio", "", data.connections_ratio
    # Where states may not be seen, "0 active" would be a guess.
    if "unknown" not in data.connections:
        idle = [n for state, n in data.connections.items() if state.startswith("idle in transaction")]
        yield "postgres.active", "", data.connections.get("active", 0)
        yield "postgres.idle_in_transaction", "", sum(idle)
    yield "postgres.blocked", "", sum(node.waits_for is not None for node in data.blocking)
    yield "postgres.longest_wait_s", "", max(waits, default=None if data.blocking else 0.0)
    yield "postgres.longest_transaction_s", "", max(ages, default=None)
    for name, rates in (
        ("postgres.commits_per_s", [d.commits_per_s for d in data.databases]),
        ("postgres.rollbacks_per_s", [d.rollbacks_per_s for d in data.databases]),
        ("postgres.deadlocks_per_s", [d.deadlocks_per_s for d in data.databases]),
    ):
        known = [rate for rate in rates if rate is not None]
        yield name, "", sum(known) if known else None
    for database in data.databases:
        yield "postgres.cache_hit_ratio", database.name, database.cache_hit_ratio
    for replica in data.replication or ():
        yield "postgres.replication_lag_bytes", replica.name, replica.lag_bytes


def _redis(data: RedisData) -> _Found:
    yield "redis.memory_ratio", "", data.memory.ratio
    yield "redis.memory_bytes", "", data.memory.used_bytes
    yield "redis.fragmentation", "", data.memory.fragmentation
    yield "redis.clients", "", data.clients.connected
    yield "redis.clients_ratio", "", ratio(data.clients.connected, data.clients.max)
    yield "redis.blocked_clients", "", data.clients.blocked
    yield "redis.ops_per_s", "", data.ops_per_s
    yield "redis.hit_ratio", "", data.hit_ratio
    yield "redis.evicted_per_s", "", data.evicted_per_s
    yield "redis.rejected_per_s", "", data.rejected_per_s
    yield "redis.refused_writes_per_s", "", data.refused_writes_per_s
    yield "redis.replication_lag_s", "", data.replication.lag_s
    for queue in data.queues:
        yield "queue.waiting", queue.subject, queue.waiting
        yield "queue.in_flight", queue.subject, queue.in_flight
        yield "queue.dead", queue.subject, queue.dead
        yield "queue.oldest_age_s", queue.subject, queue.oldest_age_s
        yield "queue.growth_per_s", queue.subject, queue.growth_per_s


def _host(data: HostData) -> _Found:
    yield "host.cpu_percent", "", data.cpu_percent
    yield "host.load_per_core", "", ratio(data.load[0] if data.load else None, data.cpu_count)
    if data.memory is not None:
        yield "host.memory_ratio", "", data.memory.percent / 100
        yield "host.swap_ratio", "", ratio(data.memory.swap_used_bytes, data.memory.swap_total_bytes)
    for disk in data.disks:
        yield "host.disk_ratio", disk.mount, disk.percent / 100
        yield "host.inode_ratio", disk.mount, ratio(disk.inodes_percent, 100)
    yield "host.open_files_ratio", "", ratio(data.open_files, data.open_files_max)
    for name, rates in (
        ("host.network_rx_bytes_per_s", [i.rx_bytes_per_s for i in data.network]),
        ("host.network_tx_bytes_per_s", [i.tx_bytes_per_s for i in data.network]),
    ):
        known = [rate for rate in rates if rate is not None]
        yield name, "", sum(known) if known else None


def _http(data: HttpData) -> _Found:
    yield "http.latency_s", "", data.latency_s
    yield "http.status", "", data.status
    yield "http.tls_expires_in_s", "", data.tls_expires_in_s


def _pgbouncer(data: PgbouncerData) -> _Found:
    yield "pgbouncer.clients", "", data.clients
    for pool in data.pools:
        yield "pgbouncer.waiting", pool.subject, pool.cl_waiting
        yield "pgbouncer.max_wait_s", pool.subject, pool.maxwait_s
        yield "pgbouncer.pool_ratio", pool.subject, ratio(pool.sv_active, pool.size)


def _files(data: FilesData) -> _Found:
    whole = not data.at_least
    yield "files.newest_age_s", "", data.age_s if whole else None
    yield "files.age_of_max", "", ratio(data.age_s, data.max_age_s) if whole else None
    yield "files.count", "", data.count if whole else None
    yield "files.bytes", "", data.total_bytes if whole else None
