"""Cause before symptom."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.scenes import failed, picture, seen
from triage_tui.diagnosis import Diagnostician
from triage_tui.model import Diagnosis, Kind, ProblemKind, Severity, Sighting
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.http import HttpData
from triage_tui.model.logs import LogHit, Logs
from triage_tui.model.postgres import Blocking, Database, PostgresData, Session
from triage_tui.model.redis import Memory, Queue, RedisData

DATABASE = "postgresql://app@127.0.0.1:5432/shop"


def container(service: str, **how: object) -> Container:
    given: dict[str, object] = {
        "id": service,
        "name": f"shop-{service}-1",
        "image": f"shop/{service}",
        "project": "shop",
        "service": service,
        "state": "running",
        "restarts": 0,
        "oom_killed": False,
        "age_s": 3600.0,
        "restart_policy": "unless-stopped",
    }
    return Container(**{**given, **how})  # type: ignore[arg-type]


ENDED = {"state": "exited", "exit_code": 137, "age_s": 9.0}


def diagnosed(*sightings: Sighting) -> Diagnosis:
    who = Diagnostician()
    who.see(picture(*sightings))
    # Everything that has to hold has held after a minute.
    return who.see(picture(*sightings, after_s=60.0))


def database_down(**how: object) -> Sighting:
    return failed(
        Kind.POSTGRES, ProblemKind.REFUSED, "Connection refused", name="db", endpoint=DATABASE, **how
    )  # type: ignore[arg-type]


def roots(one: Diagnosis) -> list[str]:
    return [f"{each.root.id} {each.root.subject}".strip() for each in one.incidents]


def test_with_the_database_down_everything_else_stands_below_it() -> None:
    engine = DockerData(
        (
            container("db", ports=("127.0.0.1:5432->5432/tcp",), **ENDED),
            container("api", health="unhealthy", depends_on=("db",), ports=("127.0.0.1:8080->80/tcp",)),
            # Nothing says what this one needs but its own words.
            container("web", project="front", health="unhealthy", health_output="port 5432 failed: refused"),
        )
    )
    one = diagnosed(
        seen(engine, name="engine"),
        database_down(),
        seen(HttpData(503, 0.1), name="api", endpoint="http://127.0.0.1:8080/health", depends_on=("db",)),
        seen(HttpData(502, 0.1), name="front", endpoint="http://127.0.0.1:9090/", depends_on=("api",)),
    )
    assert roots(one) == ["postgres.unreachable"]
    (incident,) = one.incidents
    assert {(each.id, each.subject or each.target) for each in incident.symptoms} == {
        ("docker.exited", "shop-db-1"),
        ("docker.unhealthy", "shop-api-1"),
        ("docker.unhealthy", "shop-web-1"),
        ("http.server-error", "api"),
        ("http.server-error", "front"),
    }
    # The way out is that of the container behind the server.
    assert ("docker.start", "shop-db-1") in {(deed.id, deed.argument) for deed in incident.root.actions}


def test_what_needs_something_else_is_an_incident_of_its_own() -> None:
    one = diagnosed(
        database_down(),
        seen(HttpData(503, 0.1), name="blog", endpoint="http://127.0.0.1:7070/", depends_on=()),
    )
    assert sorted(roots(one)) == ["http.server-error", "postgres.unreachable"]


def test_a_stopped_service_leads_its_endpoint_and_its_callers() -> None:
    engine = DockerData((container("api", ports=("0.0.0.0:8080->80/tcp",), **ENDED),))
    one = diagnosed(
        seen(engine, name="engine"),
        failed(Kind.HTTP, ProblemKind.REFUSED, name="api", endpoint="http://127.0.0.1:8080/health"),
        seen(HttpData(503, 0.1), name="gateway", endpoint="http://127.0.0.1:1/", depends_on=("api",)),
    )
    assert roots(one) == ["docker.exited shop-api-1"]


def test_nothing_ends_for_a_lock_and_its_endpoint_is_down_for_its_end() -> None:
    api = container("api", depends_on=("db",), ports=("0.0.0.0:8080->80/tcp",), **ENDED)
    engine = DockerData((container("db", ports=("127.0.0.1:5432->5432/tcp",)), api))
    holder = Session(7, application="psql", state="idle in transaction", state_age_s=40.0)
    blocking = (Blocking(7, 0, victims=1), Blocking(8, 1, waits_for=7, wait_s=39.0, victims=0))
    data = PostgresData("17.2", 100, 3, {"active": 2}, (holder,), blocking)
    one = diagnosed(
        seen(engine, name="engine"),
        seen(data, name="db", endpoint=DATABASE),
        failed(
            Kind.HTTP, ProblemKind.REFUSED, name="api", endpoint="http://127.0.0.1:8080/", depends_on=("db",)
        ),
    )
    assert sorted(roots(one)) == ["docker.exited shop-api-1", "postgres.blocked-sessions 7"]
    (ended,) = [each for each in one.incidents if each.root.id == "docker.exited"]
    assert [each.id for each in ended.symptoms] == ["http.down"]


def test_the_holder_of_a_lock_is_one_incident_with_its_idle_transaction() -> None:
    holder = Session(
        7, application="psql", state="idle in transaction", state_age_s=40.0, transaction_age_s=41.0
    )
    blocking = (Blocking(7, 0, victims=2), Blocking(8, 1, waits_for=7, wait_s=39.0, victims=0))
    data = PostgresData("17.2", 100, 3, {"idle in transaction": 1, "active": 2}, (holder,), blocking)
    one = diagnosed(seen(data, name="db"))
    assert roots(one) == ["postgres.blocked-sessions 7"]
    assert [each.id for each in one.incidents[0].symptoms] == ["postgres.idle-in-transaction"]


def test_a_queue_without_its_worker_leads_and_offers_to_start_it() -> None:
    queue = Queue("mail", "celery", waiting=9, head_unchanged_s=20.0, growth_per_s=0.4)
    engine = DockerData((container("mail-worker", **{**ENDED, "age_s": 21.0}),))
    one = diagnosed(seen(RedisData("7.4", queues=(queue,)), name="redis"), seen(engine, name="engine"))
    assert roots(one) == ["queue.no-workers celery:mail"]
    assert [deed.argument for deed in one.incidents[0].root.actions] == ["shop-mail-worker-1"]


def test_a_worker_that_the_kernel_killed_leads_its_queue() -> None:
    queue = Queue("mail", "rq", waiting=9, workers=0)
    killed = container("mail-worker", **{**ENDED, "oom_killed": True})
    one = diagnosed(
        seen(RedisData("7.4", queues=(queue,)), name="redis"), seen(DockerData((killed,)), name="engine")
    )
    assert roots(one) == ["docker.oom-killed shop-mail-worker-1"]


def test_full_memory_leads_what_it_refuses() -> None:
    memory = Memory(used_bytes=100, max_bytes=100, policy="noeviction")
    one = diagnosed(
        seen(RedisData("7.4", memory=memory), name="redis"),
        seen(HttpData(500, 0.1), name="shop", endpoint="http://127.0.0.1:1/", depends_on=("redis",)),
    )
    assert roots(one) == ["redis.writes-refused"]


def test_what_was_known_of_a_server_before_it_went_is_no_news_beside_its_end() -> None:
    full = PostgresData("17.2", 100, 3, {"active": 85})
    who = Diagnostician()
    assert roots(who.see(picture(seen(full, name="db")))) == ["postgres.connections-near-limit"]
    one = who.see(picture(database_down(last=full), after_s=60.0))
    assert roots(one) == ["postgres.unreachable"]
    assert [each.stale for each in one.incidents[0].symptoms] == [True]


def test_needs_that_run_in_a_circle_still_end() -> None:
    one = diagnosed(
        seen(HttpData(503, 0.1), name="a", endpoint="http://127.0.0.1:1/", depends_on=("b",)),
        seen(HttpData(503, 0.1), name="b", endpoint="http://127.0.0.1:2/", depends_on=("a",)),
    )
    assert len(one.incidents) == 1
    assert len(one.incidents[0].symptoms) == 1


def test_what_is_critical_comes_before_what_began_earlier() -> None:
    slow = seen(HttpData(200, 2.0), name="slow", endpoint="http://127.0.0.1:1/")
    who = Diagnostician()
    for at in (0.0, 10.0):
        who.see(picture(slow, after_s=at))
    one = who.see(picture(slow, database_down(), after_s=20.0))
    assert roots(one) == ["postgres.unreachable", "http.slow"]
    assert one.worst is Severity.CRITICAL


def test_what_services_say_of_a_server_that_says_so_itself_stands_below_it() -> None:
    said = "FATAL: sorry, too many clients already"
    engine = DockerData(
        tuple(container(name, health="unhealthy", health_output=said) for name in ("api", "web"))
    )
    one = diagnosed(seen(PostgresData("17.2", 100, 3, {"idle": 97}), name="db"), seen(engine, name="engine"))
    assert roots(one) == ["postgres.connections-exhausted"]
    assert len(one.incidents[0].symptoms) == 4


@pytest.mark.parametrize(("once", "root"), [(True, "logs.signature job-1"), (False, "docker.exited job-1")])
def test_of_a_job_that_failed_its_log_leads_and_of_a_service_its_end(once: bool, root: str) -> None:
    ended = container("job", **{**ENDED, "name": "job-1", "exit_code": 1, "one_off": once})
    hit = LogHit("job-1", "shop/import", "ERROR: import failed", 1, "2026-03-01T02:00:00+00:00", 9.0, 9.0)
    one = diagnosed(seen(DockerData((ended,), logs=Logs(watched=1, hits=(hit,))), name="engine"))
    assert roots(one) == [root]
    assert one.incidents[0].root.guides == ("shop/import",)


def test_lines_that_tell_of_what_is_found_elsewhere_are_its_echo() -> None:
    holder = Session(7, application="psql", database="shop", state="active")
    blocking = (
        Blocking(7, 0, waits_for=8, victims=1, wait_s=2.0, cycle=True),
        Blocking(8, 1, waits_for=7, victims=1, wait_s=2.0, cycle=True),
    )
    server = PostgresData("17.2", 100, 3, {"active": 2}, (holder,), blocking, databases=(Database("shop"),))
    hit = LogHit(
        "batch-1", "postgres/deadlocks", "deadlock detected", 9, "2026-03-01T02:00:00+00:00", 9.0, 1.0
    )
    other = replace(hit, container="mail-1", entry="shop/mail", line="mail bounced")
    logs = Logs(watched=2, hits=(hit, other))
    one = diagnosed(seen(server, name="db"), seen(DockerData((), logs=logs), name="engine"))
    assert roots(one) == ["postgres.deadlocks shop", "logs.signature mail-1"]
    assert [each.subject for each in one.incidents[0].symptoms] == ["batch-1"]


def test_who_repeats_what_a_service_said_stands_below_it_and_the_server_is_no_victim() -> None:
    said = 'database "shp" does not exist'
    api = container("api", health="unhealthy", health_output=said, ports=("127.0.0.1:8080->80/tcp",))
    front = container("front", health="unhealthy", health_output=f"502 from api: {said}", depends_on=("api",))
    server = container("postgres", health="healthy", health_output=f"FATAL: {said}")
    one = diagnosed(seen(DockerData((front, api, server)), name="engine"))
    assert roots(one) == ["postgres.database-missing shop-api-1"]
    assert {each.subject for each in one.incidents[0].symptoms} == {"shop-api-1", "shop-front-1"}


REPEATED = {
    "who calls repeats what it was answered": (
        "ERROR revrx-backend: InvalidTokenError: Token signature verification failed",
        "ERROR gateway: revrx refused an encounter: 401"
        " {'error': 'InvalidTokenError: Token signature verification failed'}",
    ),
    "who refuses takes it for daily work": (
        "RuntimeError: Rate limit exceeded. Try again in 45 seconds.",
        '2026-11-26 11:32:46,085 INFO partner: "GET /servicetitan/customers" 429 3 ms',
    ),
}


@pytest.mark.parametrize(("first", "echo"), REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize("names", [("a-1", "z-1"), ("z-1", "a-1")], ids=["in order", "the other way round"])
def test_one_error_in_two_logs_is_one_incident(first: str, echo: str, names: tuple[str, str]) -> None:
    teller, repeater = names
    hit = LogHit(teller, "shop/tokens", first, 9, "2026-03-01T02:00:00+00:00", 9.0, 1.0)
    hits = sorted((hit, replace(hit, container=repeater, line=echo)), key=lambda one: one.container)
    one = diagnosed(seen(DockerData((), logs=Logs(watched=2, hits=tuple(hits))), name="engine"))
    assert roots(one) == [f"logs.signature {teller}"]
    assert [each.subject for each in one.incidents[0].symptoms] == [repeater]


def test_of_equal_logs_one_leads_and_others_with_another_error_stand_alone() -> None:
    hit = LogHit("b-1", "shop/tokens", "ERROR b: no token", 9, "2026-03-01T02:00:00+00:00", 9.0, 1.0)
    alike = replace(hit, container="a-1", line="ERROR a: no token at all")
    other = replace(hit, container="c-1", entry="shop/mail", line="ERROR c: mail bounced")
    one = diagnosed(
        seen(DockerData((), logs=Logs(watched=3, hits=(hit, alike, other))), name="engine"),
    )
    assert len(one.incidents) == 2
    assert {each.root.guides[0] for each in one.incidents} == {"shop/tokens", "shop/mail"}
