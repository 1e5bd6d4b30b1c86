"""Looks at one engine: a list each time, an inspection where something changed, usage of all that runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from triage_tui.config.published import Published
from triage_tui.config.settings import DockerSpec
from triage_tui.model import Gap, Kind, Observation, Problem, Target
from triage_tui.model.docker import DockerData
from triage_tui.sources.clock import steady
from triage_tui.sources.docker.assemble import container_of
from triage_tui.sources.docker.client import Client
from triage_tui.sources.docker.endpoint import Endpoint, EndpointError, resolve
from triage_tui.sources.docker.environment import Environments
from triage_tui.sources.docker.failures import EXPECTED, problem_of
from triage_tui.sources.docker.inspections import Inspections
from triage_tui.sources.docker.link import ASK_S, Link, OnRequest
from triage_tui.sources.docker.logs import LogWatch, Recognise
from triage_tui.sources.docker.meter import Meter
from triage_tui.sources.docker.publishing import published_of
from triage_tui.sources.docker.rows import Row, rows_of
from triage_tui.sources.problems import protocol_problem
from triage_tui.sources.source import Look
from triage_tui.text import redact_url, safe

LOOK_S = 8.0
"""Bound on a whole look: connecting, a list, inspections and the wait for usage, each at its own bound."""

DEADLINE_S = 9.0


class DockerSource:
    """One engine that speaks the Docker API, local or far.

    A steady look costs one request, whatever the number of containers: inspections follow events, usage comes from
    files of this host or is read beside the looks. Blocking calls run on a bounded number of threads.

    environ     the environment that names the engine, where the spec does not; default: the process's own
    host_root   where this host's /proc and /sys are; None: never read usage from files
    on_request  called from several threads with method and path of everything that is asked
    recognise   which guide knows a line of a log; None: logs are searched for personal data and secrets only
    """

    def __init__(
        self,
        spec: DockerSpec,
        *,
        environ: Mapping[str, str] | None = None,
        host_root: Path | None = Path("/"),
        on_request: OnRequest | None = None,
        recognise: Recognise | None = None,
    ) -> None:
        self._spec = spec
        self._environ = os.environ if environ is None else environ
        self._link = Link(spec, self._environ, on_request)
        self._inspections = Inspections()
        self._environments = Environments(spec.require_env)
        self._meter = Meter(self._link, self._inspections, host_root)
        self._logs = LogWatch(self._link, self._inspections, recognise) if spec.logs else None
        self._focus: Collection[str] = frozenset()
        self._rows: Sequence[Row] = ()

    @property
    def target(self) -> Target:
        """The engine, always by the address that is really used."""
        return Target(self._spec.name, Kind.DOCKER, self._endpoint_shown(), self._spec.depends_on)

    @property
    def deadline_s(self) -> float:
        """A second more than a look gives itself."""
        return DEADLINE_S

    def focus(self, subjects: Collection[str]) -> None:
        """Container names that are read first and most often."""
        self._focus = frozenset(subjects)

    async def observe(self) -> Observation:
        """Look once."""
        look = Look(self.target)
        try:
            async with asyncio.timeout(LOOK_S):
                data, gaps = await self._look()
        except EXPECTED as error:
            self._lost()
            # The first look resolves the endpoint, so that now it is known.
            return look.failed(self._problem(error))
        except asyncio.CancelledError:
            self._lost()
            raise
        return look.live(data, gaps)

    def published(self) -> tuple[Published, ...]:
        """Published TCP ports of containers that run as of the last look, from the inspections that are there."""
        endpoint = self._link.endpoint
        if endpoint is None:
            return ()
        return tuple(
            published
            for row in self._rows
            if row.runs and (inspected := self._inspections.get(row.id)) is not None
            for published in published_of(row, inspected, endpoint)
        )

    async def aclose(self) -> None:
        """Give up connections, threads and the ssh process; waits for no server."""
        if self._logs is not None:
            await self._logs.aclose()
        await self._meter.aclose()
        await self._link.aclose()

    async def _look(self) -> tuple[DockerData, list[Gap]]:
        link = self._link
        if await link.open():
            self._inspections.expire_all()
        assert link.endpoint is not None
        # Before the list: what happens between the two is heard.
        if link.listen():
            self._inspections.expire_all()
        changed, everything = link.log.take_changed()
        rows, broken = rows_of(await link.crew.ask(_list, ASK_S))
        if everything:
            self._inspections.expire_all()
        self._inspections.expire(changed)
        gaps = await self._inspections.update(rows, link.crew, link.endpoint, self._focus, hears=link.hears)
        measured = await self._meter.measure(rows, self._focus)
        self._rows = rows
        gaps += measured.gaps
        logs = None
        if self._logs is not None:
            logs, unread = await self._logs.look(rows, self._focus)
            gaps += unread
        if broken:
            gaps.append(Gap("containers", _unreadable(broken, link.endpoint)))
        if (deaf := link.deaf) is not None:
            gaps.append(deaf)
        now = steady()
        containers = tuple(
            container_of(
                row,
                self._inspections.get(row.id),
                measured.usage.get(row.id),
                link.clock,
                now,
                link.log.oom_at(row.id),
            )
            for row in rows
        )
        data = DockerData(
            containers=containers,
            engine=link.engine,
            version=link.version,
            api_version=safe(link.api, limit=20) or None,
            usage_from=measured.usage_from,
            events=link.log.events(),
            environments=self._environments.of(rows, self._inspections),
            logs=logs,
        )
        return data, gaps

    def _lost(self) -> None:
        self._link.lost()
        self._meter.lost()
        if self._logs is not None:
            self._logs.lost()

    def _problem(self, error: BaseException) -> Problem:
        endpoint = self._link.endpoint
        if isinstance(error, EndpointError) or endpoint is None:
            return problem_of(error, endpoint or Endpoint("unix"))
        return problem_of(error, endpoint)

    def _endpoint_shown(self) -> str:
        if self._link.endpoint is not None:
            return self._link.endpoint.shown
        try:
            return resolve(self._spec, self._environ).shown
        except EndpointError:
            if self._spec.url:
                return safe(redact_url(self._spec.url.reveal()))
            return safe(f"context {self._spec.context or self._environ.get('DOCKER_CONTEXT', 'unknown')}")


def _list(client: Client) -> object:
    return client.containers(all=True)


def _unreadable(count: int, endpoint: Endpoint) -> Problem:
    return protocol_problem(
        f"{count} containers in the list could not be read", endpoint.shown, "a Docker engine's API"
    )
