"""What only an inspection tells, asked for when something changed and not on every look."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import partial

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.sources.clock import steady
from triage_tui.sources.docker.client import ANSWER_S, Client
from triage_tui.sources.docker.crew import Crew
from triage_tui.sources.docker.endpoint import Endpoint
from triage_tui.sources.docker.failures import EXPECTED, is_gone, problem_of
from triage_tui.sources.docker.rows import Inspected, Row, inspected_of

BUDGET_S = 2.0
"""Time for inspections in one look. 200 take 0.3 s on this host; the rest of a slow engine's follow in later looks."""


class Inspections:
    """The latest inspection of every container, and which of them are out of date."""

    def __init__(self) -> None:
        self._known: dict[str, Inspected] = {}
        self._fingerprints: dict[str, tuple[object, ...]] = {}
        self._due: set[str] = set()

    def get(self, id: str) -> Inspected | None:
        """What is known of a container; None before its first inspection."""
        return self._known.get(id)

    def expire(self, ids: Collection[str]) -> None:
        """Something happened to these."""
        self._due |= self._known.keys() & set(ids)

    def expire_all(self) -> None:
        """Something may have happened to any."""
        self._due |= self._known.keys()

    async def update(
        self, rows: Sequence[Row], crew: Crew, endpoint: Endpoint, focus: Collection[str], *, hears: bool
    ) -> list[Gap]:
        """Inspect what is new, changed or out of date, the focused and the running ones first, within BUDGET_S.

        hears  events tell what happened; where they do not, containers that started lately are asked again each
               time, since a restart between two looks leaves no other trace
        """
        present = {row.id: row for row in rows}
        for gone in self._known.keys() - present.keys():
            del self._known[gone]
            self._fingerprints.pop(gone, None)
        self._due &= present.keys()
        for row in rows:
            restless = not hears and (row.young or row.state == "restarting")
            if restless or row.id not in self._known or self._fingerprints.get(row.id) != row.fingerprint:
                self._due.add(row.id)
        order = sorted(
            self._due, key=lambda id: (present[id].name not in focus, not present[id].runs, id in self._known)
        )
        if not order:
            return []
        return await self._inspect([present[id] for id in order], crew, endpoint)

    async def _inspect(self, rows: Sequence[Row], crew: Crew, endpoint: Endpoint) -> list[Gap]:
        end = steady() + BUDGET_S
        waiting = iter(rows)
        failures: list[BaseException] = []

        async def work() -> None:
            for row in waiting:
                left = end - steady()
                if left <= 0 or len(failures) >= crew.size:
                    return
                try:
                    inspected = await crew.ask(partial(_ask, id=row.id), min(left, ANSWER_S))
                except EXPECTED as error:
                    if not is_gone(error):
                        failures.append(error)
                    continue
                self._known[row.id] = inspected
                self._fingerprints[row.id] = row.fingerprint
                self._due.discard(row.id)

        await asyncio.gather(*(work() for _ in range(min(crew.size, len(rows)))))
        never = sum(row.id not in self._known for row in rows)
        if failures and not isinstance(failures[0], TimeoutError):
            return [Gap("containers.details", problem_of(failures[0], endpoint))]
        if never:
            return [Gap("containers.details", _slow(never, len(rows)))]
        return []


def _ask(client: Client, id: str) -> Inspected:
    return inspected_of(client.inspect_container(id))


def _slow(missing: int, asked: int) -> Problem:
    return Problem(
        ProblemKind.TIMEOUT,
        f"{missing} of {asked} containers could not be inspected within {BUDGET_S:g} s",
        "The engine answers slowly; the rest follows in the next looks.",
    )
