"""A Redis server and the queues in it as one look shows them."""

from __future__ import annotations

from msgspec import Struct

CLIENTS = "clients"
"""The subject that stands for all clients of a server together, for whoever wants them listed."""

CLIENTS_PART = "clients.list"
"""The list of them among the gaps."""


class Memory(Struct, frozen=True):
    """INFO memory. max_bytes is None where no limit is set (`maxmemory 0`)."""

    used_bytes: int | None = None
    peak_bytes: int | None = None
    rss_bytes: int | None = None
    max_bytes: int | None = None
    fragmentation: float | None = None
    policy: str | None = None

    @property
    def ratio(self) -> float | None:
        """used / max, 0…; None where there is no limit or it is unknown."""
        return self.used_bytes / self.max_bytes if self.used_bytes is not None and self.max_bytes else None


class Clients(Struct, frozen=True):
    """INFO clients."""

    connected: int | None = None
    blocked: int | None = None
    max: int | None = None


class Persistence(Struct, frozen=True):
    """INFO persistence.

    loading           the data set is being read from disk; loading_percent 0…100, loading_eta_s its remaining time
    rdb_last_ok       last background save succeeded; aof_last_ok last AOF write and rewrite succeeded (None: AOF off)
    last_save_age_s   seconds since the last successful RDB save
    """

    loading: bool | None = None
    loading_percent: float | None = None
    loading_eta_s: float | None = None
    rdb_last_ok: bool | None = None
    rdb_in_progress: bool | None = None
    changes_since_save: int | None = None
    last_save_age_s: float | None = None
    aof_enabled: bool | None = None
    aof_last_ok: bool | None = None


class Replication(Struct, frozen=True):
    """INFO replication. link_up, master and lag_s are for a replica; lag_s = seconds since the master was heard."""

    role: str | None = None
    master: str | None = None
    link_up: bool | None = None
    lag_s: float | None = None
    replicas: int | None = None


class SlowCommand(Struct, frozen=True):
    """One entry of the slow log, without our own. at = ISO 8601; took_ms in milliseconds."""

    id: int
    at: str
    took_ms: float
    command: str
    client: str | None = None


class Client(Struct, frozen=True):
    """One connection, as CLIENT LIST has it. None: the server is too old to tell.

    id            counts from 1 at each start of the server
    address       `host:port`, or the path of a unix socket with `:0`
    library       what the client says of itself, e.g. `redis-py 5.0.1`
    age_s, idle_s seconds since it connected, and since its last command
    command       the last one, or the one that it waits in, e.g. `brpop`
    output_bytes  answers that it has not taken yet (omem); memory_bytes: all that it costs the server (tot-mem)
    query_bytes   of commands that have not been read to their end (qbuf)
    channels      channels, patterns and shards that it has subscribed to
    queued        commands in its open MULTI; None: it is in none
    flags         blocked, pubsub, replica, master, monitor, transaction, closing, tracking, read-only, no-evict
    """

    id: int
    address: str
    name: str | None = None
    user: str | None = None
    library: str | None = None
    age_s: float | None = None
    idle_s: float | None = None
    database: int | None = None
    command: str | None = None
    output_bytes: int | None = None
    memory_bytes: int | None = None
    query_bytes: int | None = None
    channels: int | None = None
    queued: int | None = None
    flags: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Names the client within its server. After a restart of the server another one has its id."""
        return f"client:{self.id}@{self.address}"


class Holder(Struct, frozen=True):
    """Who keeps connections open: clients of one name from one host, or of one host where they have no name."""

    name: str
    count: int


class ClientList(Struct, frozen=True):
    """CLIENT LIST without our own connections. Only read while somebody looks at it, and in the first look.

    clients  those that matter most, see sources/redis/clients.py; total: how many there are
    holders  who has the most connections, the most first
    age_s    seconds before this look at which it was read: 0 where it was read in this look
    """

    clients: tuple[Client, ...] = ()
    total: int = 0
    holders: tuple[Holder, ...] = ()
    age_s: float = 0.0


class Queue(Struct, frozen=True):
    """One queue. None = this system cannot tell, or we may not look; never zero.

    system            celery, rq, bullmq, sidekiq, dramatiq, arq, huey or stream
    waiting           jobs that could start now
    in_flight         jobs taken and not finished
    dead              jobs that gave up; dead_capped: the system keeps no more than this many, so read "at least"
    oldest_age_s      age of the oldest waiting job
    head_unchanged_s  where the age cannot be computed: how long the head of the queue has been the same job
    workers           live workers that serve this queue
    growth_per_s      slope of waiting over the last looks, jobs per second
    drain_s           waiting / −growth, where it shrinks
    in_flight_shared  in_flight counts all queues of this system together (Celery's unacked hash, Sidekiq's processes)
    in_flight_age_s   how long ago the oldest job in flight was taken
    sets_shared       delayed, retry and dead count all queues of this system together (Sidekiq)
    """

    name: str
    system: str
    waiting: int | None = None
    in_flight: int | None = None
    delayed: int | None = None
    retry: int | None = None
    dead: int | None = None
    oldest_age_s: float | None = None
    workers: int | None = None
    growth_per_s: float | None = None
    drain_s: float | None = None
    paused: bool | None = None
    stalled: int | None = None
    head_unchanged_s: float | None = None
    dead_capped: bool = False
    in_flight_shared: bool = False
    database: int = 0
    in_flight_age_s: float | None = None
    sets_shared: bool = False

    @property
    def subject(self) -> str:
        """Names the queue within its server: two systems or databases may use the same name."""
        return (
            f"{self.system}:{self.name}"
            if self.database == 0
            else f"{self.system}:{self.name}@{self.database}"
        )


class RedisData(Struct, frozen=True):
    """One look at a server.

    role         master, slave (as Redis says it) or sentinel
    ops_per_s    commands per second without ours, between the last two looks
    hit_ratio    keyspace hits / (hits + misses) between the last two looks; over all time on the first look
    evicted      keys evicted since the server started; rejected = connections refused since then; *_per_s between looks
    refused_writes  commands refused since memory was used up, since the server started; None before Redis 6.2
    slowlog      None where it may not be read
    queues_scan  how far the search for queues that no registry names has come, 0…1
    client_list  None where it was not read: nobody looks at it, or it may not be read
    """

    version: str
    role: str | None = None
    memory: Memory = Memory()
    clients: Clients = Clients()
    ops_per_s: float | None = None
    hit_ratio: float | None = None
    evicted: int | None = None
    evicted_per_s: float | None = None
    rejected: int | None = None
    rejected_per_s: float | None = None
    persistence: Persistence = Persistence()
    replication: Replication = Replication()
    slowlog: tuple[SlowCommand, ...] | None = None
    queues: tuple[Queue, ...] = ()
    keys: int | None = None
    uptime_s: float | None = None
    queues_scan: float | None = None
    refused_writes: int | None = None
    refused_writes_per_s: float | None = None
    client_list: ClientList | None = None
