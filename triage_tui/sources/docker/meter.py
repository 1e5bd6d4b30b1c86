"""Usage of everything that runs: from this host's files where the engine is here, through the API elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

import requests
from docker.utils import version_gte
from msgspec import Struct, structs

from triage_tui.model import Gap
from triage_tui.sources.clock import steady
from triage_tui.sources.docker.cgroup import CgroupFiles, Wanted
from triage_tui.sources.docker.client import Client
from triage_tui.sources.docker.crew import Crew
from triage_tui.sources.docker.failures import problem_of
from triage_tui.sources.docker.inspections import Inspections
from triage_tui.sources.docker.link import Link
from triage_tui.sources.docker.rows import Row
from triage_tui.sources.docker.sampler import Asked, Sampler
from triage_tui.sources.docker.samples import LEAST_SPAN_S, Samples, Usage
from triage_tui.sources.docker.usage import Counters, counters_of, frame_of
from triage_tui.sources.worker import StillBusyError, Worker

LANES = 12
"""Threads for stats. An engine of version 20.10 takes a second for each answer, so this many are read a second."""

FIRST_WAIT_S = 2.5
"""How long the first look waits for two readings of everything, so that a single look already shows CPU."""

WAIT_S = 1.0
"""How long any other look waits for containers of which nothing current is known."""

FILES_S = 2.0
"""Bound on reading files. A host that is out of memory may take long over memory.stat."""

_PATIENCE = 3
"""Looks in which a container's files may be missing beside those of others before the engine is asked instead: it
was about to start or to end."""


class Measured(Struct):
    """Usage by container id, and where it comes from: `cgroup`, `api`, `cgroup+api`, or None where nothing runs."""

    usage: dict[str, Usage]
    usage_from: str | None
    gaps: list[Gap]


class Meter:
    """Measures the running containers of one engine.

    root  `/` of this host; None: never read files
    """

    def __init__(self, link: Link, inspections: Inspections, root: Path | None) -> None:
        self._link = link
        self._inspections = inspections
        self._samples = Samples()
        self._files = CgroupFiles(root) if root is not None else None
        self._worker = Worker("docker-files")
        self._misses: dict[str, int] = {}
        self._crew = Crew("docker-stats", LANES, link.connect)
        self._sampler = Sampler(self._crew, LANES, self._samples, self._ask)
        self._first = True

    async def measure(self, rows: Sequence[Row], focus: Collection[str]) -> Measured:
        """Usage of every running container that can be read in time; see samples.FRESH_S for how old it may be."""
        running = [row for row in rows if row.runs]
        self._samples.keep_only([row.id for row in running])
        first, self._first = self._first, False
        local = await self._read_files(running)
        asked = self._for_the_api(running, local)
        if local and first:
            await asyncio.sleep(1.2 * LEAST_SPAN_S)
            await self._read_files(running)
        self._sampler.want(asked, focus)
        if asked:
            await self._sampler.settle(FIRST_WAIT_S if first else WAIT_S, with_cpu=first)
        now = steady()
        usage = {row.id: self._samples.usage(row.id, self._run(row), now) for row in running}
        sources = [name for name, used in (("cgroup", local), ("api", asked)) if used]
        return Measured(
            {id: found for id, found in usage.items() if found is not None},
            "+".join(sources) or None,
            self._gaps(asked),
        )

    def lost(self) -> None:
        """The engine is gone: stop asking, and drop connections."""
        self._sampler.forget()
        self._crew.renew()
        self._misses.clear()

    async def aclose(self) -> None:
        """End all threads without waiting for the engine."""
        await self._sampler.aclose()
        await self._crew.aclose()
        self._worker.close()

    async def _read_files(self, running: Sequence[Row]) -> set[str]:
        """Ids of what could be read from this host's files; their readings are noted."""
        files = self._files
        wanted = [found for row in running if (found := self._wanted(row)) is not None]
        if files is None or not wanted:
            return set()
        try:
            async with asyncio.timeout(FILES_S):
                readings = await self._worker.run(lambda: files.read(wanted))
        except (TimeoutError, StillBusyError):
            # What is known gets older and then unknown; the engine would read the same files.
            return {want.id for want in wanted if self._samples.read_at(want.id) > 0}
        now = steady()
        for row in running:
            if (counters := readings.get(row.id)) is not None:
                self._samples.note(row.id, self._run(row), counters, now)
        return set(readings)

    def _wanted(self, row: Row) -> Wanted | None:
        inspected = self._inspections.get(row.id)
        if inspected is None or not inspected.state.pid:
            return None
        return Wanted(row.id, inspected.state.pid, inspected.interfaces if inspected.own_network else None)

    def _for_the_api(self, running: Sequence[Row], local: set[str]) -> dict[str, Asked]:
        """What the files do not tell. Where they tell of others, a container gets a few looks to appear."""
        asked: dict[str, Asked] = {}
        misses: dict[str, int] = {}
        for row in running:
            if row.id in local or self._inspections.get(row.id) is None:
                continue
            misses[row.id] = self._misses.get(row.id, 0) + 1
            if not local or misses[row.id] >= _PATIENCE:
                asked[row.id] = Asked(row.id, row.name, self._run(row))
        self._misses = misses
        return asked

    def _run(self, row: Row) -> object:
        inspected = self._inspections.get(row.id)
        return inspected.state.started if inspected is not None else None

    def _ask(self, client: Client, asked: Asked) -> Counters | None:
        """Runs on a thread of the crew."""
        one_shot = True if version_gte(client.api_version, "1.41") else None
        try:
            answer = client.stats(asked.id, stream=False, one_shot=one_shot)
        except requests.JSONDecodeError:
            # Podman answers 200 and nothing for a container that does not run.
            return None
        counters = counters_of(frame_of(answer), trust_system=self._link.engine != "Podman")
        inspected = self._inspections.get(asked.id)
        if counters is None or inspected is None:
            return counters
        if not inspected.host.memory:
            # Without a limit of its own the engine reports the host's memory.
            counters = structs.replace(counters, memory_limit_bytes=None)
        if not inspected.own_network:
            # Docker says nothing here, Podman says 0.
            counters = structs.replace(counters, network_rx_bytes=None, network_tx_bytes=None)
        return counters

    def _gaps(self, asked: dict[str, Asked]) -> list[Gap]:
        error, endpoint = self._sampler.error, self._link.endpoint
        if not asked or error is None or endpoint is None:
            return []
        return [Gap("usage", problem_of(error, endpoint))]
