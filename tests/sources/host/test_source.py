"""Looks at the machine that the tests run on, which is as real as a host gets."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import psutil
import pytest

from triage_tui.config.settings import HostSpec
from triage_tui.model import State
from triage_tui.model.host import HostData
from triage_tui.sources.host import HostSource
from triage_tui.sources.host.processes import ProcessTable


@pytest.fixture
async def source() -> AsyncIterator[HostSource]:
    """A source that is closed afterwards."""
    one = HostSource(HostSpec())
    yield one
    await one.aclose()


async def look(source: HostSource) -> HostData:
    """One look that succeeded."""
    observation = await source.observe()
    assert observation.state is State.LIVE, observation.problem
    assert isinstance(observation.data, HostData)
    return observation.data


async def test_the_first_look_knows_shares_and_rates(source: HostSource) -> None:
    """A snapshot has one look only."""
    data = await look(source)
    assert data.cpu_percent is not None
    assert 0 <= data.cpu_percent <= 101
    assert data.cpu_count == psutil.cpu_count()
    assert data.memory is not None
    assert 0 < data.memory.available_bytes <= data.memory.total_bytes
    assert "/" in [disk.mount for disk in data.disks]
    assert all(interface.rx_bytes_per_s is not None for interface in data.network)
    assert not any(interface.name == "lo" for interface in data.network)
    assert data.uptime_s is not None
    assert data.uptime_s > 0


async def test_a_busy_process_is_at_the_top(source: HostSource) -> None:
    """A child that spins is found, with what it runs; an argument that holds a password is not shown."""
    await look(source)
    program = "import sys\nprint('ready', flush=True)\nwhile True: pass"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, "--password=hunter2hunter2", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        await child.stdout.readline()
        async with asyncio.timeout(60):
            found = None
            while found is None or not found.cpu_percent:
                await asyncio.sleep(0.05)
                found = next((p for p in (await look(source)).processes if p.pid == child.pid), None)
        assert found.command is not None
        assert "hunter2" not in found.command
        assert found.user == psutil.Process().username()
    finally:
        child.kill()
        await child.wait()


def test_a_reused_pid_is_another_process() -> None:
    """CPU that another process with the same pid has used before is not counted for the new one."""
    now = 0.0
    table = ProcessTable(lambda: now)
    table.read()
    seen = table._seen[os.getpid()]
    seen.task = seen.task._replace(started=seen.task.started - 1, cpu_s=0.0)
    now = 100.0
    table.read()
    assert table._seen[os.getpid()].cpu_percent is None


def test_looking_at_processes_takes_a_small_share_of_the_time() -> None:
    """A sweep that takes a second of CPU puts the next one off by fifty; the last answer is shown meanwhile."""
    now, spent = 0.0, 0.0

    def effort() -> float:
        nonlocal spent
        spent += 1.0
        return spent

    table = ProcessTable(lambda: now, effort)
    table.read()
    now = 10.0
    second = table.read()
    now = 59.0
    assert table.read() is second
    now = 61.0
    assert table.read() is not second


def test_processes_keep_their_places_for_a_while() -> None:
    now = 0.0
    table = ProcessTable(lambda: now, lambda: 0.0)
    places = []
    for at in (0.0, 2.0, 4.0):
        now = at
        places.append([process.pid for process in table.read()])
        assert len(places[-1]) == len(set(places[-1]))
    there = set(places[1]) & set(places[2])
    # The machine is not ours alone: a process that rises may outdo the first one.
    table._seen[places[2][0]].usual_percent = 1e6
    now = 6.0
    after = [process.pid for process in table.read()]
    assert there & set(after)
    assert after[0] == places[2][0]
