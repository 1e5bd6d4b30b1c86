"""Signals are read off looks, and what is unknown yields none."""

from __future__ import annotations

import re

from tests.ui.pictures import docker_data, host_data, postgres_data, redis_data
from triage_tui.model import Kind
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.observation import Data
from triage_tui.model.pgbouncer import PgbouncerData, Pool
from triage_tui.model.postgres import Blocking, PostgresData
from triage_tui.model.redis import Memory, Queue, RedisData
from triage_tui.model.signals import SIGNALS, ratio, read

FULL: dict[Kind, Data] = {
    Kind.DOCKER: docker_data(),
    Kind.POSTGRES: postgres_data(),
    Kind.REDIS: redis_data(),
    Kind.HOST: host_data(),
    Kind.HTTP: HttpData(200, 0.1, tls_expires_in_s=1e6),
    Kind.PGBOUNCER: PgbouncerData("1.18", (Pool("shop", "app", sv_active=1, size=4),), clients=3),
    Kind.FILES: FilesData("/backups", count=1, newest_age_s=5, max_age_s=10),
}
EMPTY: dict[Kind, Data] = {
    Kind.POSTGRES: PostgresData("16"),
    Kind.REDIS: RedisData("7"),
    Kind.HOST: HostData("h"),
}


def values(data: Data) -> dict[tuple[str, str], float]:
    """All readings of a look."""
    return {(reading.signal, reading.subject): reading.value for reading in read(data)}


def test_every_reading_is_of_a_declared_signal_of_its_kind() -> None:
    """One registry, no other names."""
    for kind, data in FULL.items():
        for signal, subject in values(data):
            assert SIGNALS[signal].kind is kind
            assert bool(subject) == bool(SIGNALS[signal].subject), signal


def test_names_are_dotted_and_every_signal_says_what_it_means() -> None:
    """Rules, guides and thresholds are written with them."""
    for name, signal in SIGNALS.items():
        assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", name)
        assert signal.unit
        assert signal.meaning


def test_nothing_known_is_nothing_read() -> None:
    """No zero stands in for what nobody knows."""
    assert values(EMPTY[Kind.HOST]) == {}
    assert "redis.memory_ratio" not in {name for name, _ in values(EMPTY[Kind.REDIS])}
    assert ("postgres.longest_transaction_s", "") not in values(EMPTY[Kind.POSTGRES])


def test_a_server_without_a_limit_has_no_ratio() -> None:
    """maxmemory 0 is not "0 % used"."""
    data = RedisData("7", memory=Memory(used_bytes=10, max_bytes=None))
    assert ("redis.memory_ratio", "") not in values(data)
    assert ratio(1, 0) is None
    assert ratio(None, 5) is None
    assert ratio(1, 4) == 0.25


def test_an_unknown_depth_is_no_reading_of_its_queue() -> None:
    """A stream whose lag the server lost."""
    seen = values(RedisData("7", queues=(Queue("a", "stream", waiting=None), Queue("b", "rq", waiting=0))))
    assert ("queue.waiting", "stream:a") not in seen
    assert seen["queue.waiting", "rq:b"] == 0


def test_states_that_may_not_be_seen_are_not_counted() -> None:
    """With an unprivileged role, "0 active" would be a guess."""
    seen = values(PostgresData("16", connections={"unknown": 7, "active": 1}))
    assert ("postgres.active", "") not in seen
    assert seen["postgres.connections", ""] == 8


def test_a_wait_of_unknown_length_is_not_zero() -> None:
    """Nobody waits: zero. Somebody waits, nobody knows how long: unknown."""
    assert values(PostgresData("16"))["postgres.longest_wait_s", ""] == 0
    waiting = PostgresData("13", blocking=(Blocking(1, 0, victims=1), Blocking(2, 1, waits_for=1)))
    assert ("postgres.longest_wait_s", "") not in values(waiting)
    assert values(waiting)["postgres.blocked", ""] == 1


def test_the_same_name_in_two_systems_is_two_subjects() -> None:
    """Or in two databases."""
    subjects = {
        Queue("mail", "rq").subject,
        Queue("mail", "celery").subject,
        Queue("mail", "rq", database=1).subject,
    }
    assert len(subjects) == 3


def test_exited_containers_use_nothing_that_is_read() -> None:
    """Their usage does not exist."""
    gone = Container("1", "gone", "x", state="exited", exit_code=0)
    assert {name for name, subject in values(DockerData((gone,))) if subject} == set()
