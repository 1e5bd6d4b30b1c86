"""Names, keys and tombstones, without a server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.actions.act import Order, Refused
from triage_tui.actions.queues import queue_identity
from triage_tui.actions.queues.identity import SYSTEMS, Named, named
from triage_tui.actions.queues.layout import layout, tombstone
from triage_tui.actions.queues.purge import seconds
from triage_tui.actions.queues.requeue import again, payload
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.model.redis import Queue

SPEC = RedisSpec("broker", Secret("redis://h:1/0"), queue_databases=(0, 2))


@pytest.mark.parametrize(
    "queue", [Queue("mail", "rq"), Queue("a:b", "celery", database=2), Queue("q@7", "huey")]
)
def test_what_a_look_calls_a_queue_is_found_again(queue: Queue) -> None:
    found = named(Order("queue.purge", "broker", queue.subject), SPEC)
    assert found.identity == queue_identity(queue.system, queue.name, queue.database)


def test_a_database_that_is_not_looked_at_is_none() -> None:
    only = RedisSpec("broker", Secret("redis://h:1/3"))
    with pytest.raises(Refused, match="database 0"):
        named(Order("queue.purge", "broker", "rq:mail"), only)
    assert named(Order("queue.purge", "broker", "rq:mail@3"), only).database == 3


@pytest.mark.parametrize("system", [system for system in SYSTEMS if system != "stream"])
def test_every_key_has_a_tombstone_of_its_own(system: str) -> None:
    keys = [key for key, _ in layout(SPEC, Named(system, "mail", 0)).keys]
    tombs = {tombstone("p", key) for key in keys}
    assert len(tombs) == len(keys)
    assert all(tomb.startswith(b"triage:purged:p:") for tomb in tombs)


@pytest.mark.parametrize("key", [b"mail", b"{bull}:mail:wait"])
def test_a_tombstone_is_in_the_slot_of_its_key(key: bytes) -> None:
    assert hash_tag(tombstone("20260102T030405Z-a1b2", key)) == hash_tag(key)


def hash_tag(key: bytes) -> bytes:
    """What a cluster's slot is computed from: the text in the first braces, where there is any."""
    start = key.find(b"{")
    end = key.find(b"}", start + 1)
    return key[start + 1 : end] if -1 < start < end - 1 else key


@pytest.mark.parametrize(("text", "value"), [("10m", 600), ("24h", 86_400), (" 7 d ", 604_800)])
def test_durations(text: str, value: int) -> None:
    assert seconds(text) == value


def test_times_keep_their_unit() -> None:
    assert payload(again(b'{"enqueued_at":1700000000.5}', 1.8e9))["enqueued_at"] == 1.8e9
    assert payload(again(b'{"enqueued_at":1700000000000}', 1.8e9))["enqueued_at"] == 1_800_000_000_000


@given(st.binary(max_size=200))
def test_what_is_no_job_is_none(job: bytes) -> None:
    assert isinstance(payload(job), dict)
