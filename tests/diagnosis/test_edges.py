"""Rules at their edges, where no drill goes: near misses, what speaks against it, and what cannot be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.diagnosis.scenes import WALL, failed, found, judged, picture, seen
from triage_tui.config.limits import bounds
from triage_tui.diagnosis.judging import judge
from triage_tui.diagnosis.registry import rules_for
from triage_tui.model import Finding, Kind, ProblemKind, Severity, State
from triage_tui.model.docker import Container, ContainerEvent, DockerData
from triage_tui.model.http import HttpData
from triage_tui.model.picture import Series
from triage_tui.model.postgres import Database, PostgresData, Replica, Session, Statement
from triage_tui.model.redis import Memory, Persistence, Queue, RedisData, Replication, SlowCommand

MIB = 1 << 20


def container(**how: object) -> DockerData:
    given: dict[str, object] = {
        "state": "running", "restarts": 0, "oom_killed": False, "age_s": 900.0, "restart_policy": "unless-stopped"
    }  # fmt: skip
    return DockerData((Container("1", "api", "shop/api", **{**given, **how}),))  # type: ignore[arg-type]


def ids(findings: list[Finding]) -> list[tuple[Severity, str]]:
    return [(one.severity, one.subject) for one in findings]


CRITICAL, WARNING, INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO
ENDED = {"state": "exited", "age_s": 30.0}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        # What is to run for ever, and does not.
        ({**ENDED, "exit_code": 0}, CRITICAL),
        # A job that is done, and one that failed.
        ({**ENDED, "exit_code": 0, "restart_policy": "no"}, None),
        ({**ENDED, "exit_code": 1, "restart_policy": "no"}, WARNING),
        ({**ENDED, "exit_code": 1, "one_off": True}, WARNING),
        ({**ENDED, "exit_code": 143, "restart_policy": "on-failure"}, None),
        # Yesterday's news, and what is told as another finding.
        ({**ENDED, "exit_code": 1, "age_s": 90_000.0}, None),
        ({**ENDED, "exit_code": 137, "oom_killed": True}, None),
        ({"state": "created"}, None),
    ],
)
def test_which_end_is_told(how: dict[str, object], expected: Severity | None) -> None:
    assert [one.severity for one in found("docker.exited", seen(container(**how)))] == (
        [expected] if expected else []
    )


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"restarts": 4, "age_s": 3.0}, CRITICAL),
        ({"restarts": 2, "age_s": 3.0}, WARNING),
        ({"restarts": 1, "age_s": 3.0}, None),
        # It has run for a minute since, and it waits to be started again.
        ({"restarts": 40, "age_s": 61.0}, None),
        ({"restarts": 4, "state": "restarting", "exit_code": 1}, CRITICAL),
    ],
)
def test_when_restarts_are_a_loop(how: dict[str, object], expected: Severity | None) -> None:
    findings = found("docker.restart-loop", seen(container(**how)))
    assert [one.severity for one in findings] == ([expected] if expected else [])


def test_restarts_of_last_week_are_no_loop_of_today() -> None:
    """The engine counts since the container was made; what was followed says more."""
    young = seen(container(restarts=9, age_s=3.0))
    key = (young.target.name, "docker.restarts", "api")
    calm = replace(picture(young), history={key: Series((400.0, 990.0), (8.0, 9.0))})
    assert judge(rules_for("docker.restart-loop"), calm, bounds({})).found == {}
    busy = replace(picture(young), history={key: Series((400.0, 990.0), (6.0, 9.0))})
    (one,) = judge(rules_for("docker.restart-loop"), busy, bounds({})).found.values()
    assert one.evidence[0].value == 3


def test_restarts_that_are_not_known_are_unclear() -> None:
    said = judged("docker.restart-loop", seen(container(restarts=None)))
    assert not said.well(("docker.restart-loop", "docker", "api"))


def test_a_container_that_was_killed_and_runs_again_is_told_by_its_event() -> None:
    at = (WALL - timedelta(seconds=40)).isoformat()
    data = replace(container(age_s=38.0), events=(ContainerEvent(at, "oom", "1", "api"),))
    (one,) = found("docker.oom-killed", seen(data))
    assert (one.severity, one.against) == (CRITICAL, ("it runs again",))
    assert found("docker.oom-killed", seen(container(oom_killed=True, age_s=900.0))) == []


def test_a_health_check_that_has_not_said_anything_yet_is_unclear() -> None:
    assert found("docker.unhealthy", seen(container(health="starting"))) == []
    assert not judged("docker.unhealthy", seen(container(health="starting"))).well(
        ("docker.unhealthy", "docker", "api")
    )
    assert found("docker.unhealthy", seen(container(health="unhealthy", state="exited"))) == []


@pytest.mark.parametrize(("held", "expected"), [(0.24, None), (0.25, WARNING), (None, None)])
def test_a_cpu_limit_that_holds_back(held: float | None, expected: Severity | None) -> None:
    findings = found("docker.cpu-throttled", seen(container(throttled_ratio=held)))
    assert [one.severity for one in findings] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("queue", "finding", "expected"),
    [
        (Queue("q", "rq", waiting=49, growth_per_s=9.0), "queue.growing", None),
        (Queue("q", "rq", waiting=50, growth_per_s=0.49), "queue.growing", None),
        (Queue("q", "rq", waiting=50, growth_per_s=0.5), "queue.growing", WARNING),
        (Queue("q", "rq", waiting=1, workers=0), "queue.no-workers", CRITICAL),
        (Queue("q", "rq", waiting=0, workers=0), "queue.no-workers", None),
        (Queue("q", "rq", waiting=1, workers=0, paused=True), "queue.no-workers", None),
        (Queue("q", "celery", waiting=9, head_unchanged_s=29.9), "queue.stalled", None),
        (Queue("q", "celery", waiting=9, head_unchanged_s=30.0), "queue.stalled", WARNING),
        (Queue("q", "celery", waiting=9, head_unchanged_s=90.0, growth_per_s=-1.0), "queue.stalled", None),
        (Queue("q", "bullmq", stalled=2), "queue.stalled", WARNING),
        (Queue("q", "rq", oldest_age_s=299.0), "queue.old-job", None),
        (Queue("q", "rq", oldest_age_s=1800.0), "queue.old-job", CRITICAL),
        (Queue("q", "rq", waiting=1, paused=True), "queue.paused", WARNING),
        (Queue("q", "rq", waiting=0, paused=True), "queue.paused", None),
        (Queue("q", "rq", dead=3), "queue.dead-jobs", INFO),
        (Queue("q", "rq", dead=0), "queue.dead-jobs", None),
    ],
)
def test_queues(queue: Queue, finding: str, expected: Severity | None) -> None:
    findings = found(finding, seen(RedisData("7.4", queues=(queue,))))
    assert ids(findings) == ([(expected, queue.subject)] if expected else [])


@pytest.mark.parametrize("finding", ["queue.growing", "queue.no-workers"])
def test_a_queue_of_which_nothing_is_known_is_unclear(finding: str) -> None:
    said = judged(finding, seen(RedisData("7.4", queues=(Queue("q", "arq"),))))
    assert said.found == {}
    assert not said.well((finding, "redis", "arq:q"))


def test_jobs_that_fail_now_are_worse_than_those_that_failed_once() -> None:
    queue = Queue("q", "rq", dead=7)
    sighting = seen(RedisData("7.4", queues=(queue,)))
    risen = replace(
        picture(sighting), history={("redis", "queue.dead", "rq:q"): Series((1.0, 2.0), (5.0, 7.0))}
    )
    (one,) = judge(rules_for("queue.dead-jobs"), risen, bounds({})).found.values()
    assert one.severity is WARNING


@pytest.mark.parametrize(
    ("memory", "queues", "finding", "expected"),
    [
        (Memory(80, max_bytes=100, policy="noeviction"), 0, "redis.memory-near-limit", WARNING),
        (Memory(79, max_bytes=100, policy="noeviction"), 0, "redis.memory-near-limit", None),
        # A cache at its limit works as it should, but for queues in it.
        (Memory(95, max_bytes=100, policy="allkeys-lru"), 0, "redis.memory-near-limit", None),
        (Memory(95, max_bytes=100, policy="allkeys-lru"), 1, "redis.memory-near-limit", CRITICAL),
        (Memory(995, max_bytes=1000, policy="noeviction"), 0, "redis.writes-refused", CRITICAL),
        (Memory(994, max_bytes=1000, policy="noeviction"), 0, "redis.writes-refused", None),
        (Memory(1000, max_bytes=1000, policy="volatile-lru"), 0, "redis.writes-refused", None),
        (Memory(95, policy="noeviction"), 0, "redis.memory-near-limit", None),
        (Memory(50 * MIB, rss_bytes=90 * MIB, fragmentation=1.8), 0, "redis.fragmented", WARNING),
        (Memory(49 * MIB, rss_bytes=90 * MIB, fragmentation=1.8), 0, "redis.fragmented", None),
        (Memory(100 * MIB, rss_bytes=50 * MIB, fragmentation=0.5), 0, "redis.fragmented", WARNING),
        (Memory(99 * MIB, rss_bytes=50 * MIB, fragmentation=0.5), 0, "redis.fragmented", None),
    ],
)
def test_memory_of_redis(memory: Memory, queues: int, finding: str, expected: Severity | None) -> None:
    data = RedisData("7.4", memory=memory, queues=(Queue("q", "rq"),) * queues)
    assert [one.severity for one in found(finding, seen(data))] == ([expected] if expected else [])


def test_a_broker_that_evicts_loses_jobs() -> None:
    cache = RedisData("7.4", evicted_per_s=3.0, hit_ratio=0.97)
    assert [one.severity for one in found("redis.evicting", seen(cache))] == [WARNING]
    broker = replace(cache, queues=(Queue("q", "rq"),))
    assert [one.severity for one in found("redis.evicting", seen(broker))] == [CRITICAL]
    assert found("redis.evicting", seen(replace(cache, evicted_per_s=0.0))) == []


def test_replicas_of_redis() -> None:
    lost = RedisData(
        "7.4", role="slave", replication=Replication("slave", "10.0.0.1:6379", link_up=False, lag_s=7.0)
    )
    (one,) = found("redis.replica-link-down", seen(lost))
    assert (one.severity, one.began_s) == (CRITICAL, 7.0)
    behind = replace(lost, replication=replace(lost.replication, link_up=True, lag_s=10.0))
    assert [one.severity for one in found("redis.replica-link-down", seen(behind))] == [WARNING]
    assert found("redis.read-only", seen(lost)) == []
    assert [
        one.severity for one in found("redis.read-only", seen(replace(lost, queues=(Queue("q", "rq"),))))
    ] == [WARNING]


def test_loading_and_saving() -> None:
    loading = RedisData("7.4", persistence=Persistence(loading=True, loading_percent=34.0))
    assert [one.severity for one in found("redis.loading", seen(loading))] == [CRITICAL]
    refused = failed(Kind.REDIS, ProblemKind.REFUSED, "LOADING Redis is loading the dataset in memory")
    assert [one.severity for one in found("redis.loading", refused)] == [CRITICAL]
    assert found("redis.unreachable", refused) == []
    assert (
        found("redis.persistence-failed", seen(RedisData("7.4", persistence=Persistence(rdb_last_ok=None))))
        == []
    )
    unsaved = RedisData("7.4", persistence=Persistence(aof_last_ok=False))
    assert [one.severity for one in found("redis.persistence-failed", seen(unsaved))] == [CRITICAL]


@pytest.mark.parametrize(
    ("took_ms", "times", "age_s", "expected"),
    [
        (21.0, 2, 5, WARNING),
        (21.0, 1, 5, None),
        (19.0, 9, 5, None),
        (1500.0, 1, 5, CRITICAL),
        (21.0, 9, 61, None),
    ],
)
def test_slow_commands_are_a_habit_or_an_outage(
    took_ms: float, times: int, age_s: int, expected: Severity | None
) -> None:
    at = (WALL - timedelta(seconds=age_s)).isoformat()
    log = tuple(
        SlowCommand(number, at, took_ms, f"SORT names ALPHA LIMIT 0 {number}") for number in range(times)
    )
    found_ = found(
        "redis.slow-commands", seen(RedisData("7.4", slowlog=(*log, SlowCommand(99, "", 9e9, "DEL x"))))
    )
    assert ids(found_) == ([(expected, "names")] if expected else [])


@pytest.mark.parametrize(
    ("session", "finding", "expected"),
    [
        (Session(1, state="idle in transaction", state_age_s=9.9), "postgres.idle-in-transaction", None),
        (
            Session(1, state="idle in transaction", state_age_s=300.0),
            "postgres.idle-in-transaction",
            CRITICAL,
        ),
        (
            Session(1, state="idle in transaction (aborted)", state_age_s=10.0),
            "postgres.aborted-transaction",
            WARNING,
        ),
        (Session(1, state="active", transaction_age_s=299.0), "postgres.long-transaction", None),
        (Session(1, state="active", transaction_age_s=300.0), "postgres.long-transaction", WARNING),
        (Session(1, state="active", query_age_s=60.0), "postgres.long-query", WARNING),
        # It waits, it replicates, it is no client's.
        (Session(1, state="active", query_age_s=60.0, blocked_by=(2,)), "postgres.long-query", None),
        (Session(1, state="active", query_age_s=9e9, backend_type="walsender"), "postgres.long-query", None),
        (Session(1, query_age_s=None), "postgres.long-query", None),
    ],
)
def test_sessions(session: Session, finding: str, expected: Severity | None) -> None:
    data = PostgresData("17.2", 100, 3, {"active": 1}, (session,))
    assert ids(found(finding, seen(data))) == ([(expected, "1")] if expected else [])


def test_sessions_whose_states_may_not_be_seen_are_unclear() -> None:
    said = judged("postgres.idle-in-transaction", seen(PostgresData("17.2", 100, 3, {"unknown": 5})))
    assert not said.well(("postgres.idle-in-transaction", "postgres", "1"))


@pytest.mark.parametrize(
    ("used", "near", "none_left"),
    [
        (79, None, None),
        (80, WARNING, None),
        (96, CRITICAL, None),
        (97, None, CRITICAL),
        (100, None, CRITICAL),
    ],
)
def test_connections_of_a_hundred_with_three_reserved(
    used: int, near: Severity | None, none_left: Severity | None
) -> None:
    sighting = seen(PostgresData("17.2", 100, 3, {"idle": used}))
    assert [one.severity for one in found("postgres.connections-near-limit", sighting)] == (
        [near] if near else []
    )
    exhausted = found("postgres.connections-exhausted", sighting)
    assert [one.severity for one in exhausted] == ([none_left] if none_left else [])


def test_what_the_server_says_tells_refusals_apart() -> None:
    full = failed(Kind.POSTGRES, ProblemKind.REFUSED, "FATAL:  sorry, too many clients already")
    assert found("postgres.connections-exhausted", full)
    assert found("postgres.unreachable", full) == []
    missing = failed(Kind.POSTGRES, ProblemKind.MISSING, 'FATAL:  database "shop" does not exist')
    assert found("postgres.database-missing", missing)
    assert found("postgres.unreachable", missing) == []
    denied = failed(Kind.POSTGRES, ProblemKind.AUTH, "password authentication failed", state=State.DENIED)
    assert found("postgres.auth-failed", denied)
    assert found("postgres.unreachable", denied) == []


def test_one_lost_look_is_weather_and_two_are_not() -> None:
    data = PostgresData("17.2")
    once = failed(Kind.POSTGRES, ProblemKind.TIMEOUT, state=State.STALE, failures=1, last=data)
    assert found("postgres.unreachable", once) == []
    assert not judged("postgres.unreachable", once).well(("postgres.unreachable", "postgres", ""))
    assert found("postgres.unreachable", replace(once, failures=2))
    # What never answered has no good looks to be set against.
    assert found("postgres.unreachable", failed(Kind.POSTGRES, ProblemKind.TIMEOUT, failures=1))


def test_the_server_itself() -> None:
    busy = Database(
        "shop",
        commits_per_s=50.0,
        cache_hit_ratio=0.7,
        temp_bytes_per_s=21.0 * MIB,
        frozen_xid_age=600_000_000,
    )
    sighting = seen(PostgresData("17.2", databases=(busy,)))
    for finding in ("postgres.low-cache-hit", "postgres.temp-spill", "postgres.wraparound"):
        assert ids(found(finding, sighting)) == [(WARNING, "shop")]
    idle = seen(PostgresData("17.2", databases=(replace(busy, commits_per_s=1.0),)))
    assert found("postgres.low-cache-hit", idle) == []
    assert not judged("postgres.low-cache-hit", idle).well(("postgres.low-cache-hit", "postgres", "shop"))


def test_replication_that_may_not_be_seen_is_unclear() -> None:
    hidden = seen(PostgresData("17.2", replication=None))
    assert not judged("postgres.replication-lag", hidden).well(("postgres.replication-lag", "postgres", "b"))
    behind = PostgresData("17.2", replication=(Replica("b", "standby", "streaming", lag_bytes=200 * MIB),))
    assert ids(found("postgres.replication-lag", seen(behind))) == [(WARNING, "b")]
    slot = PostgresData("17.2", replication=(Replica("old", "slot", lag_bytes=16 * MIB, active=False),))
    assert ids(found("postgres.inactive-slot", seen(slot))) == [(WARNING, "old")]
    assert (
        found("postgres.inactive-slot", seen(replace(slot, replication=(Replica("s", "slot", active=True),))))
        == []
    )


def test_a_statement_is_known_again_whatever_its_values_are() -> None:
    runs = Session(
        7, application="report", state="active", query="SELECT  x FROM t WHERE a = 'it''s' AND b=42"
    )
    known = Statement("SELECT x FROM t WHERE a = $1 AND b=$2", calls=9, total_ms=9000.0, mean_ms=1000.0)
    data = PostgresData("17.2", sessions=(runs,), statements=(known,))
    assert ids(found("postgres.slow-statement", seen(data))) == [(WARNING, "report")]
    assert (
        found("postgres.slow-statement", seen(replace(data, statements=(replace(known, mean_ms=499.0),))))
        == []
    )
    assert not judged("postgres.slow-statement", seen(replace(data, statements=None))).well(
        ("postgres.slow-statement", "postgres", "report")
    )


@pytest.mark.parametrize(
    ("data", "finding", "expected"),
    [
        (HttpData(500, 0.1), "http.server-error", CRITICAL),
        (HttpData(404, 0.1), "http.server-error", WARNING),
        (HttpData(404, 0.1, expected_status=(404,)), "http.server-error", None),
        (HttpData(200, 0.1, body_ok=False), "http.server-error", CRITICAL),
        (HttpData(200, 0.1, body_ok=None), "http.server-error", None),
        (HttpData(401, 0.1), "http.unauthorized", CRITICAL),
        (HttpData(401, 0.1, expected_status=(401,)), "http.unauthorized", None),
        (HttpData(200, 0.99), "http.slow", None),
        (HttpData(200, 1.0), "http.slow", WARNING),
        (HttpData(500, 9.0), "http.slow", None),
    ],
)
def test_endpoints(data: HttpData, finding: str, expected: Severity | None) -> None:
    assert [one.severity for one in found(finding, seen(data))] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("output", "finding"),
    [
        ('FATAL: password authentication failed for user "shop"', "postgres.auth-failed"),
        ('{"trouble": "database \\"shp\\" does not exist"}', "postgres.database-missing"),
        ("WRONGPASS invalid username-password pair or user is disabled.", "redis.auth-failed"),
        ("FATAL: sorry, too many clients already", "postgres.connections-exhausted"),
        ("HTTP 200: all is well", None),
    ],
)
def test_what_a_program_says_of_servers_that_turned_it_away(output: str, finding: str | None) -> None:
    ids_ = (
        "postgres.auth-failed",
        "postgres.database-missing",
        "redis.auth-failed",
        "postgres.connections-exhausted",
    )
    sighting = seen(container(health="unhealthy", health_output=output))
    assert [id for id in ids_ if found(id, sighting)] == ([finding] if finding else [])
