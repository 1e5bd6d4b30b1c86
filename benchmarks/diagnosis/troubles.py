"""Writes down what real servers say in troubles that no drill makes, for the tests of the rules that look for them.

    python -m benchmarks.diagnosis.troubles FOLDER [FINDING …]

For each finding two pictures: `FINDING.near.jsonl`, when it is not there yet, and `FINDING.jsonl`, when it is. Where a
trouble takes minutes to be one, the test lowers its threshold instead of waiting here; of what cannot be had for the
asking (a full disk, a billion transactions) there is one picture, of a machine and a server that are well.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from msgspec.structs import replace
from rq import Queue
from rq.suspension import suspend

from benchmarks.diagnosis import engines, surroundings
from benchmarks.diagnosis.recording import record
from tests.servers.docker import wait_for
from triage_tui.config.secret import Secret
from triage_tui.config.settings import (
    DockerSpec,
    HttpSpec,
    PgbouncerSpec,
    PostgresSpec,
    RedisSpec,
    Settings,
    TargetSpec,
)
from triage_tui.engine import Engine
from triage_tui.lab.embedded.postgres import start_postgres
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Picture
from triage_tui.model.host import HostData

MIB = 1 << 20
PATIENCE_S = 30.0

Write = Callable[..., None]
"""Takes `near` and specs, and writes down what they show."""

Trouble = Callable[[Path, Write], None]


def redis_memory_near_limit(home: Path, write: Write) -> None:
    """Ever more keys, and a limit."""
    with _redis(home, maxmemory="24mb") as (server, client):
        _fill(client, 8)
        write(_of(server), near=True)
        _fill(client, 19)
        write(_of(server))


def redis_evicting(home: Path, write: Write) -> None:
    """A cache at its limit: nothing comes, and then something does."""
    with _redis(home, maxmemory="24mb", **{"maxmemory-policy": "allkeys-lru"}) as (server, client):
        _fill(client, 40)
        write(_of(server), near=True)
        write(_of(server), between=lambda: _fill(client, 80))


def redis_fragmented(home: Path, write: Write) -> None:
    """Small values, of which most are deleted here and there."""
    with _redis(home) as (server, client):
        for part in range(0, 140_000, 1_000):
            client.mset({f"k{number}": "x" * 1_000 for number in range(part, part + 1_000)})
        write(_of(server), near=True)
        for part in range(0, 140_000, 1_000):
            client.delete(*(f"k{number}" for number in range(part, part + 1_000) if number % 5 > 1))
        write(_of(server))


def redis_replica_link_down(home: Path, write: Write) -> None:
    """A replica whose master goes away."""
    with ExitStack() as running:
        master = running.enter_context(start_redis(home / "master", tcp=True))
        replica, client = running.enter_context(_redis(home / "replica"))
        _follow(client, master)
        write(_of(replica), near=True)
        master.stop()
        wait_for("the link to be down", lambda: client.info("replication")["master_link_status"] == "down")
        write(_of(replica))


def redis_read_only(home: Path, write: Write) -> None:
    """Workers of a queue that were given the replica."""
    with ExitStack() as running:
        master = running.enter_context(start_redis(home / "master", tcp=True))
        replica, client = running.enter_context(_redis(home / "replica"))
        with redis.Redis.from_url(master.url) as there:
            Queue("mail", connection=there).enqueue(print, "x")
        write(_of(master), near=True)
        _follow(client, master)
        wait_for("the queue on the replica", lambda: client.exists("rq:queues") == 1)
        write(_of(replica))


def queue_no_workers(home: Path, write: Write) -> None:
    """A queue that is empty, and jobs that nobody takes."""
    with _redis(home) as (server, client):
        queue = Queue("mail", connection=client)
        job = queue.enqueue(print, "x")
        queue.remove(job)
        write(_of(server), near=True)
        for number in range(12):
            queue.enqueue(print, number)
        write(_of(server))


def queue_dead_jobs(home: Path, write: Write) -> None:
    """A job that fails for good."""
    from rq import SimpleWorker

    with _redis(home) as (server, client):
        queue = Queue("mail", connection=client)
        queue.enqueue(print, "fine")
        SimpleWorker([queue], connection=client).work(burst=True)
        queue.enqueue(print, "waits")
        write(_of(server), near=True)
        queue.enqueue("json.loads", "no json")
        SimpleWorker([queue], connection=client).work(burst=True)
        queue.enqueue(print, "waits")
        write(_of(server))


def queue_paused(home: Path, write: Write) -> None:
    """All workers told to take nothing."""
    with _redis(home) as (server, client):
        Queue("mail", connection=client).enqueue(print, "x")
        write(_of(server), near=True)
        suspend(client)
        write(_of(server))


def queue_old_job(home: Path, write: Write) -> None:
    """A job that waits; in half an hour it would be critical."""
    with _redis(home) as (server, client):
        queue = Queue("mail", connection=client)
        queue.enqueue(print, "x")
        write(_of(server), near=True)
        time.sleep(4)
        write(_of(server))


def postgres_auth_failed(home: Path, write: Write) -> None:
    """The right password, and a wrong one."""
    with start_postgres(home) as server:
        write(_pg(server.url), near=True)
        write(_pg(_with(server.url, user="nobody:wrong")))


def postgres_database_missing(home: Path, write: Write) -> None:
    """A database that nobody made."""
    with start_postgres(home) as server:
        write(_pg(server.url), near=True)
        write(_pg(_with(server.url, path="/no_such_shop")))


def postgres_long_transaction(home: Path, write: Write) -> None:
    """One that is open and has written; in an hour it would be critical."""
    with start_postgres(home) as server:
        write(_pg(server.url), near=True)
        with _meanwhile(
            server.url, "create table t as select 1 as a", "select pg_sleep(4)", "select pg_sleep(30)"
        ):
            time.sleep(5)
            write(_pg(server.url))


def postgres_long_query(home: Path, write: Write) -> None:
    """One that runs; in a quarter of an hour it would be critical."""
    with start_postgres(home) as server:
        write(_pg(server.url), near=True)
        with _meanwhile(server.url, "select pg_sleep(30)"):
            time.sleep(4)
            write(_pg(server.url))


def postgres_temp_spill(home: Path, write: Write) -> None:
    """Sorts that do not fit into work_mem."""
    with start_postgres(home) as server:

        def sort() -> None:
            with psycopg.connect(server.url, autocommit=True) as client:
                client.execute("set work_mem = '64kB'")
                for _ in range(3):
                    client.execute("select i from generate_series(1, 900000) i order by -i offset 899999")
            # The server tells of what it has counted when the session is over.
            time.sleep(1)

        write(_pg(server.url), near=True, between=lambda: None)
        write(_pg(server.url), between=sort)


def http_unauthorized(home: Path, write: Write) -> None:
    """An endpoint that answers 200, and one that wants to know who asks."""
    with _web(200) as well, _web(401) as asks:
        write(HttpSpec("shop-api", Secret(well)), near=True)
        write(HttpSpec("shop-api", Secret(asks)))


def http_slow(home: Path, write: Write) -> None:
    """An endpoint that answers at once, and one that takes its time."""
    with _web(200) as well, _web(200, 1.3) as slow:
        write(HttpSpec("shop-api", Secret(well)), near=True)
        write(HttpSpec("shop-api", Secret(slow)))


def docker_engine_unreachable(home: Path, write: Write) -> None:
    """A socket that nobody listens at."""
    write(DockerSpec("engine", Secret("unix:///run/no-such-engine.sock")))


def pgbouncer_unreachable(home: Path, write: Write) -> None:
    """A port that nobody listens at."""
    write(PgbouncerSpec("shop-pooler", Secret("postgresql://stats@127.0.0.1:9")))


TROUBLES: dict[str, Trouble] = {
    "redis.memory-near-limit": redis_memory_near_limit,
    "redis.evicting": redis_evicting,
    "redis.fragmented": redis_fragmented,
    "redis.replica-link-down": redis_replica_link_down,
    "redis.read-only": redis_read_only,
    "queue.no-workers": queue_no_workers,
    "queue.dead-jobs": queue_dead_jobs,
    "queue.paused": queue_paused,
    "queue.old-job": queue_old_job,
    "postgres.auth-failed": postgres_auth_failed,
    "postgres.database-missing": postgres_database_missing,
    "postgres.long-transaction": postgres_long_transaction,
    "postgres.long-query": postgres_long_query,
    "postgres.temp-spill": postgres_temp_spill,
    "http.unauthorized": http_unauthorized,
    "http.slow": http_slow,
    "docker.engine-unreachable": docker_engine_unreachable,
    "pgbouncer.unreachable": pgbouncer_unreachable,
    "postgres.wraparound": surroundings.postgres,
    "postgres.low-cache-hit": surroundings.postgres,
    "redis.loading": surroundings.redis_loading,
    "pgbouncer.clients-waiting": surroundings.pgbouncer_clients_waiting,
    "http.tls-expiring": surroundings.http_tls_expiring,
    "host.disk-full": surroundings.host,
    "host.memory-pressure": surroundings.host,
    "host.load-high": surroundings.host,
    "host.open-files": surroundings.host,
    "docker.oom-killed": engines.docker_oom_killed,
    "docker.cpu-throttled": engines.docker_cpu_throttled,
    "postgres.replication-lag": engines.postgres_replication_lag,
}


def main(folder: Path, findings: list[str]) -> None:
    """Write down those that are asked for, or all."""
    for finding in findings or TROUBLES:
        with tempfile.TemporaryDirectory() as home:
            # Servers that are not run by root have to come in.
            Path(home).chmod(0o755)

            def write(
                spec: TargetSpec,
                *,
                near: bool = False,
                between: Callable[[], None] | None = None,
                id: str = finding,
            ) -> None:
                with Engine(Settings("lab", True, (spec,), discover=False)) as engine:
                    engine.wait_second_looks(PATIENCE_S)
                    if between is not None:
                        engine.pause(True)
                        between()
                        _look(engine)
                    record(
                        _without_programs(engine.picture()), folder / f"{id}{'.near' if near else ''}.jsonl"
                    )

            TROUBLES[finding](Path(home), write)
        print(finding, flush=True)


def _without_programs(picture: Picture) -> Picture:
    """What else runs on the machine, and what it is called, is nobody's business."""
    (sighting,) = picture.sightings
    if not isinstance(sighting.data, HostData):
        return picture
    bare = replace(sighting.data, processes=(), hostname="shop-1")
    target = replace(sighting.target, endpoint="shop-1")
    return replace(picture, sightings=(replace(sighting, target=target, data=bare),))


def _look(engine: Engine) -> None:
    before = engine.picture().sightings[0].wall_at
    engine.refresh()
    wait_for("a look", lambda: engine.picture().sightings[0].wall_at != before)


@contextmanager
def _redis(home: Path, **settings: str) -> Iterator[tuple[EmbeddedServer, redis.Redis]]:
    with start_redis(home, settings=settings) as server, redis.Redis.from_url(server.url) as client:
        yield server, client


def _of(server: EmbeddedServer) -> RedisSpec:
    return RedisSpec("shop-redis", Secret(server.url))


def _pg(url: str) -> PostgresSpec:
    return PostgresSpec("shop-db", Secret(url))


def _fill(client: redis.Redis, upto: int) -> None:
    for number in range(upto):
        client.set(f"session:{number}", "x" * MIB)


def _follow(client: redis.Redis, master: EmbeddedServer) -> None:
    there = urlsplit(master.url)
    client.config_set("masterauth", there.password or "")
    client.replicaof(there.hostname, there.port)
    wait_for("the link to be up", lambda: client.info("replication")["master_link_status"] == "up")


def _with(url: str, *, user: str = "", path: str = "") -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{user}@{host}" if user else parts.netloc
    return urlunsplit(parts._replace(netloc=netloc, path=path or parts.path))


@contextmanager
def _meanwhile(url: str, *statements: str) -> Iterator[None]:
    """One after the other, in one transaction."""
    with psycopg.connect(url) as client:

        def work() -> None:
            with suppress(psycopg.errors.QueryCanceled):
                for statement in statements:
                    client.execute(statement)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        client.cancel()
        thread.join(PATIENCE_S)


@contextmanager
def _web(status: int, wait_s: float = 0.0) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(wait_s)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/health"
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
