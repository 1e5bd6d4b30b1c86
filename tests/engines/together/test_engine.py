"""The engine on real servers, one of which is sick: the rest goes on, and nothing is told that is not true."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.engines.together.conftest import Sick
from triage_tui.config.secret import Secret
from triage_tui.config.settings import HostSpec, HttpSpec, PostgresSpec, RedisSpec, Settings
from triage_tui.engine import Engine
from triage_tui.model import ProblemKind, Sighting, State

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

PATIENCE_S = 90.0
INTERVAL_S = 0.3


def settings(database: Sick, broker: Sick, endpoint: Sick) -> Settings:
    """All four kinds that need no engine of containers."""
    return Settings(
        "test",
        True,
        (
            PostgresSpec("db", Secret(database.url), interval_s=INTERVAL_S),
            RedisSpec("broker", Secret(broker.url), interval_s=INTERVAL_S),
            HttpSpec("api", Secret(endpoint.url), interval_s=INTERVAL_S),
            HostSpec(interval_s=INTERVAL_S),
        ),
        discover=False,
    )


def seen(engine: Engine, name: str) -> Sighting:
    """What is known of a target now."""
    sighting = engine.picture().of(name)
    assert sighting is not None
    return sighting


def wait(engine: Engine, wanted: Callable[[], bool], what: str) -> None:
    """Wait for the engine to tell of a change after which it is as wanted."""
    changed = threading.Event()
    unsubscribe = engine.subscribe(changed.set)
    try:
        end = time.monotonic() + PATIENCE_S
        while not wanted():
            assert time.monotonic() < end, f"{what}: {engine.picture().sightings}"
            changed.wait(0.1)
            changed.clear()
    finally:
        unsubscribe()


def all_live(engine: Engine, *names: str) -> bool:
    """Whether these targets are live."""
    return all(seen(engine, name).state is State.LIVE for name in names)


def fresh_looks(engine: Engine, names: tuple[str, ...], looks: int) -> None:
    """Wait until each of these targets has been looked at this many times more."""
    for _ in range(looks):
        before = {name: seen(engine, name).wall_at for name in names}
        wait(
            engine,
            lambda before=before: all(seen(engine, name).wall_at != at for name, at in before.items()),  # type: ignore[misc]
            f"another look at {names}",
        )


def connections_to(port: int) -> int:
    """Connections of this process that its side has not closed."""
    open_states = (psutil.CONN_ESTABLISHED, psutil.CONN_SYN_SENT)
    return sum(
        bool(one.raddr) and one.raddr.port == port and one.status in open_states
        for one in psutil.Process().net_connections("tcp")
    )


@pytest.mark.parametrize("sick", ["db", "broker", "api"])
def test_one_that_is_silent_turns_stale_and_delays_nobody(
    database: Sick, broker: Sick, endpoint: Sick, sick: str
) -> None:
    """Its data stay, with their age; the others are looked at again and again meanwhile; it comes back by itself."""
    proxy = {"db": database, "broker": broker, "api": endpoint}[sick].proxy
    others = tuple(name for name in ("db", "broker", "api", "host") if name != sick)
    with Engine(settings(database, broker, endpoint)) as engine:
        wait(engine, lambda: all_live(engine, sick, *others), "everything live")
        proxy.blackhole()
        wait(engine, lambda: seen(engine, sick).state is State.STALE, f"{sick} stale")
        stale = seen(engine, sick)
        assert stale.data is not None, "what was known is still shown"
        assert stale.age_s is not None
        assert stale.age_s > 3 * INTERVAL_S
        fresh_looks(engine, others, 3)
        assert seen(engine, sick).state is not State.LIVE
        wait(engine, lambda: seen(engine, sick).problem is not None, "words for the silence")
        problem = seen(engine, sick).problem
        assert problem is not None
        assert problem.kind is ProblemKind.TIMEOUT
        proxy.passes()
        wait(engine, lambda: all_live(engine, sick, *others), f"{sick} live again")
        assert seen(engine, sick).problem is None
        assert engine.defects == ()


@pytest.mark.parametrize("fault", ["refuse", "reset", "garbage", "cut"])
def test_one_that_breaks_is_down_in_words_and_comes_back(
    database: Sick, broker: Sick, endpoint: Sick, fault: str
) -> None:
    """All three at once; the host goes on."""
    proxies = [sick.proxy for sick in (database, broker, endpoint)]
    names = ("db", "broker", "api")
    with Engine(settings(database, broker, endpoint)) as engine:
        wait(engine, lambda: all_live(engine, *names, "host"), "everything live")
        for proxy in proxies:
            proxy.cut(8) if fault == "cut" else getattr(proxy, fault)()
        wait(
            engine, lambda: all(seen(engine, name).problem is not None for name in names), "problems in words"
        )
        for name in names:
            problem = seen(engine, name).problem
            assert problem is not None
            assert problem.message
            assert problem.next_step
            assert seen(engine, name).data is not None
        fresh_looks(engine, ("host",), 2)
        for proxy in proxies:
            proxy.passes()
        wait(engine, lambda: all_live(engine, *names, "host"), "everything live again")
        assert engine.defects == ()


def test_many_hangs_keep_threads_and_connections_at_their_caps(
    database: Sick, broker: Sick, endpoint: Sick
) -> None:
    """Two dozen of each that never answer, asked again and again."""
    for sick in (database, broker, endpoint):
        sick.proxy.blackhole()
    many = 24
    targets = [
        spec
        for n in range(many)
        for spec in (
            PostgresSpec(f"db-{n}", Secret(database.url), interval_s=INTERVAL_S),
            RedisSpec(f"broker-{n}", Secret(broker.url), interval_s=INTERVAL_S),
            HttpSpec(f"api-{n}", Secret(endpoint.url), interval_s=INTERVAL_S),
        )
    ]
    before = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    with Engine(Settings("test", True, tuple(targets), discover=False)) as engine:
        wait(engine, lambda: all(s.failures >= 2 for s in engine.picture().sightings), "two failures each")
        assert threading.active_count() - before[0] <= 3 * many + 20
        # One of ours for each, and up to three of the proxy's, which lives in this process.
        assert len(list(Path("/proc/self/fd").iterdir())) - before[1] <= 4 * 3 * many
        for sick in (database, broker, endpoint):
            assert connections_to(sick.proxy.port) <= 2 * many
    end = time.monotonic() + PATIENCE_S
    while threading.active_count() > before[0] + 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= before[0] + 2


def test_a_wrong_password_is_asked_once(database: Sick, broker: Sick) -> None:
    """Until somebody asks again: an account that is tried every few seconds is locked."""
    with psycopg.connect(database.plain, autocommit=True) as admin:
        admin.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
    wrong = f"postgresql://locked:wrong@127.0.0.1:{database.proxy.port}/postgres"
    targets = (
        PostgresSpec("db", Secret(wrong), interval_s=INTERVAL_S),
        RedisSpec("broker", Secret(f"redis://:wrong@127.0.0.1:{broker.proxy.port}"), interval_s=INTERVAL_S),
        HostSpec(interval_s=INTERVAL_S),
    )
    with Engine(Settings("test", True, targets, discover=False)) as engine:
        wait(
            engine,
            lambda: all(seen(engine, name).state is State.DENIED for name in ("db", "broker")),
            "both denied",
        )
        accepted = database.proxy.accepted, broker.proxy.accepted
        fresh_looks(engine, ("host",), 5)
        assert (database.proxy.accepted, broker.proxy.accepted) == accepted
        engine.refresh("db")
        wait(engine, lambda: database.proxy.accepted > accepted[0], "asked again by hand")
        assert broker.proxy.accepted == accepted[1]
