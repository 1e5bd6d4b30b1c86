"""A hundred looks that hang, at every stage, leave connections, descriptors, threads and tasks where they were."""

from __future__ import annotations

import asyncio
import gc
import threading

import psutil
import pytest

from tests.engines.postgres.conftest import OpenSource, failure, look, through
from tests.engines.postgres.crowd import until
from tests.faults.proxy import FaultProxy
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import ProblemKind
from triage_tui.sources.postgres import PostgresSource, link

pytestmark = pytest.mark.postgres

HANGS = 100

FEW = 5
"""Connections at any moment: one, and those whose end has not reached the other side yet."""


@pytest.fixture
def source(proxy: FaultProxy, postgres: EmbeddedServer, open_source: OpenSource) -> PostgresSource:
    """Looks through the proxy."""
    return open_source(through(proxy, postgres))


async def connections(proxy: FaultProxy) -> int:
    return await asyncio.to_thread(lambda: proxy.connections)


async def open_things() -> tuple[int, int, int]:
    """Descriptors, threads and tasks of this process; the proxy's for a connection it holds are among the first."""
    gc.collect()
    # The event loop's own pool, which this test uses too, grows as it likes up to its bound.
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    return psutil.Process().num_fds(), len(threads), len(asyncio.all_tasks())


async def settle(proxy: FaultProxy, before: tuple[int, int, int]) -> None:
    """Wait until everything is as it was, since the other end learns of an end a little later."""
    await until(lambda: connections(proxy), lambda number: number == 0, "connections")
    await until(open_things, lambda now: all(a <= b for a, b in zip(now, before, strict=True)), f"{before}")


async def test_connecting(proxy: FaultProxy, source: PostgresSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "CONNECT_PATIENCE_S", 0.03)
    await connections(proxy)
    before = await open_things()
    proxy.blackhole()
    most = 0
    for _ in range(HANGS):
        assert (await failure(source)).kind is ProblemKind.TIMEOUT
        most = max(most, await connections(proxy))
    assert most <= FEW
    await settle(proxy, before)
    assert proxy.accepted == HANGS


async def test_asking(proxy: FaultProxy, source: PostgresSource, monkeypatch: pytest.MonkeyPatch) -> None:
    await look(source)
    await source.aclose()
    await until(lambda: connections(proxy), lambda number: number == 0, "connections")
    before = await open_things()
    most = 0
    for _ in range(HANGS):
        proxy.passes()
        await look(source)
        proxy.blackhole()
        with monkeypatch.context() as impatient:
            impatient.setattr(link, "PATIENCE_S", 0.03)
            assert (await failure(source)).kind is ProblemKind.TIMEOUT
        most = max(most, await connections(proxy))
    assert most <= FEW
    await settle(proxy, before)


@pytest.mark.parametrize("connected", [False, True])
async def test_looks_that_are_given_up_from_outside(
    proxy: FaultProxy, source: PostgresSource, connected: bool
) -> None:
    """As the engine does when a deadline passes."""
    await connections(proxy)
    before = await open_things()
    for _ in range(HANGS):
        if connected:
            proxy.passes()
            await look(source)
        proxy.blackhole()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(source.observe(), 0.03)
    await settle(proxy, before)
    proxy.passes()
    assert await look(source)


async def test_closing_in_the_middle_of_a_look(proxy: FaultProxy, source: PostgresSource) -> None:
    """Closing waits for nobody, and whoever waits for an answer is told."""
    await look(source)
    proxy.blackhole()
    under_way = asyncio.create_task(source.observe())
    await asyncio.sleep(0)
    await until(lambda: asyncio.sleep(0, under_way.done()), lambda done: not done, "the look to begin")
    await source.aclose()
    observation = await asyncio.wait_for(under_way, 5)
    assert observation.problem is not None
    await until(lambda: connections(proxy), lambda number: number == 0, "connections")
