"""What changed shortly before."""

from __future__ import annotations

from msgspec.structs import replace

from tests.diagnosis.scenes import picture, seen
from triage_tui.diagnosis import Diagnostician
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import Memory, RedisData

API = Container(
    "1", "shop-api-1", "shop/api:1", state="running", health="healthy", restarts=0, age_s=3600.0,
    oom_killed=False, image_id="sha256:a", started_at="2026-03-01T01:00:00+00:00",
)  # fmt: skip
ILL = {"health": "unhealthy"}


def before(*data: DockerData | PostgresData | RedisData) -> list[str]:
    """What is named with the finding of the last look, ten seconds from look to look."""
    who = Diagnostician()
    for number, one in enumerate(data):
        diagnosis = who.see(picture(seen(one), after_s=10.0 * number))
    return [change.text for change in diagnosis.findings[0].before]


def engine(**how: object) -> DockerData:
    return DockerData((replace(API, **how),))


def test_a_new_image_is_named() -> None:
    new = {"id": "2", "image": "shop/api:2", "image_id": "sha256:b", "age_s": 4.0}
    assert before(engine(), engine(**new), engine(**{**new, **ILL, "age_s": 14.0})) == [
        "shop-api-1 was made anew from another image: shop/api:1 -> shop/api:2"
    ]


def test_a_start_is_named_and_a_restart_by_the_engine_is_not() -> None:
    later = {"started_at": "2026-03-01T02:00:09+00:00", "age_s": 1.0}
    assert before(engine(), engine(**later), engine(**{**later, **ILL})) == ["shop-api-1 was started"]
    assert before(engine(), engine(**later, restarts=1), engine(**{**later, **ILL}, restarts=1)) == []


def test_what_is_young_at_the_first_look_must_be_new() -> None:
    assert before(engine(age_s=30.0), engine(**ILL, age_s=40.0)) == ["shop-api-1 was started"]
    assert before(engine(), engine(**ILL)) == []


def test_what_changed_long_before_is_not_named() -> None:
    who = Diagnostician()
    who.see(picture(seen(engine(age_s=30.0))))
    one = who.see(picture(seen(engine(age_s=930.0, **ILL)), after_s=900.0))
    assert one.findings[0].before == ()


def test_servers_that_switch_restart_or_are_reconfigured() -> None:
    full = PostgresData("17.2", 100, 3, {"active": 90}, in_recovery=False, uptime_s=5.0)
    old = replace(full, in_recovery=True, uptime_s=900.0, max_connections=200, connections={"active": 9})
    assert before(old, full) == [
        "max_connections went from 200 to 100",
        "PostgreSQL was restarted",
        "PostgreSQL was promoted to primary",
    ]
    refusing = RedisData("7.4", role="master", memory=Memory(90, 90, max_bytes=90, policy="noeviction"))
    loose = replace(
        refusing, role="slave", memory=replace(refusing.memory, max_bytes=None, policy="allkeys-lru")
    )
    assert before(loose, refusing) == [
        "maxmemory went from no limit to 90",
        "maxmemory-policy went from allkeys-lru to noeviction",
        "Redis went from slave to master",
    ]
