"""Names to addresses, also where the resolver is silent."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from triage_tui.sources.postgres import resolver as resolving
from triage_tui.sources.postgres.resolver import Resolver, ResolverBusyError

PLACES = {
    "db": ["10.0.0.1", "10.0.0.2", "10.0.0.1"],
    "other": ["fd00::1"],
}


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    """A resolver over a name service of our own, since a test cannot know the machine's."""

    def look_up(
        host: str, *_: object, **__: object
    ) -> list[tuple[object, object, int, str, tuple[str, int]]]:
        if host not in PLACES:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 0)) for place in PLACES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    resolver = Resolver()
    yield resolver
    resolver.close()


async def test_each_address_of_a_name_is_tried_once(resolver: Resolver) -> None:
    found = await resolver.resolve({"host": "db", "user": "app"})
    assert found == {"host": "db,db", "hostaddr": "10.0.0.1,10.0.0.2", "port": "5432,5432", "user": "app"}


async def test_several_hosts_keep_their_ports_and_one_that_is_unknown_is_passed_over(
    resolver: Resolver,
) -> None:
    found = await resolver.resolve({"host": "gone,other,192.0.2.1", "port": "1,2,3"})
    assert found == {"host": "other,192.0.2.1", "hostaddr": "fd00::1,192.0.2.1", "port": "2,3"}


@pytest.mark.parametrize(
    "parameters",
    [{"host": "192.0.2.1"}, {"host": "::1"}, {"host": "/run/pg"}, {}, {"host": "db", "hostaddr": "10.9.9.9"}],
)
async def test_what_is_no_name_is_left_alone(resolver: Resolver, parameters: dict[str, str]) -> None:
    assert await resolver.resolve(parameters) == parameters


async def test_a_name_that_nobody_knows(resolver: Resolver) -> None:
    with pytest.raises(socket.gaierror):
        await resolver.resolve({"host": "gone"})


async def test_a_silent_resolver_keeps_one_thread_however_often_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released, calls = threading.Event(), 0

    def silent(*_: object, **__: object) -> list[object]:
        nonlocal calls
        calls += 1
        released.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(resolving, "RESOLVE_PATIENCE_S", 0.5)
    resolver = Resolver()
    before = set(threading.enumerate())

    def look_ups() -> int:
        """Threads of ours; those of other tests may end at any time."""
        return len(set(threading.enumerate()) - before)

    try:
        for _ in range(20):
            with pytest.raises(ResolverBusyError, match="has not answered for db"):
                await resolver.resolve({"host": "db"})
        assert calls == 1
        assert look_ups() == 1
    finally:
        released.set()
        resolver.close()
    async with asyncio.timeout(10):
        while look_ups():
            await asyncio.sleep(0.01)
