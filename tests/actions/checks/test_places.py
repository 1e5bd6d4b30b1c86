"""What is meant by what is named."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.actions.checks.answer import CannotAskError
from triage_tui.actions.checks.places import Place, of_spec, parse
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, HostSpec, PostgresSpec, RedisSpec


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("db:5432", Place("db", 5432)),
        ("[::1]:80", Place("::1", 80)),
        ("db", Place("db")),
        ("https://shop.example/health", Place("shop.example", 443, scheme="https")),
        ("postgresql://app:s3cret@db:5433/shop", Place("db", 5433, scheme="postgresql")),
        ("redis+tls://kv", Place("kv", 6379, scheme="redis")),
        ("unix:///run/docker.sock", Place(path="/run/docker.sock", scheme="unix")),
        ("/run/docker.sock", Place(path="/run/docker.sock", scheme="unix")),
    ],
)
def test_addresses(text: str, place: Place) -> None:
    assert parse(text) == place


@pytest.mark.parametrize("text", ["", ":80", "a b:80", "db:0", "db:99999", "db:x", "-oProxy:22", "[::1:80"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(CannotAskError):
        parse(text)


def test_a_port_may_stand_apart() -> None:
    assert parse("db", "5432").port == 5432
    assert parse("db:1", "5432").port == 1


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    with contextlib.suppress(CannotAskError):
        place = parse(text)
        assert place.host or place.path
        assert place.port is None or 0 < place.port < 65536


def test_targets_have_places() -> None:
    assert (
        of_spec(PostgresSpec("db", Secret("host=/run/pg port=5433 user=x"))).path == "/run/pg/.s.PGSQL.5433"
    )
    assert of_spec(RedisSpec("kv", Secret("rediss://:pw@kv:6380/1"))) == Place("kv", 6380, scheme="rediss")
    assert of_spec(DockerSpec("docker", Secret("unix:///d/s"))).path == "/d/s"
    with pytest.raises(CannotAskError):
        of_spec(HostSpec())
