"""The watch over all logs of one engine: which are read, within which bounds, and what they showed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from datetime import datetime

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.logs import Logs
from triage_tui.sources.clock import steady
from triage_tui.sources.docker.clock import moment
from triage_tui.sources.docker.endpoint import Endpoint
from triage_tui.sources.docker.inspections import Inspections
from triage_tui.sources.docker.link import Link
from triage_tui.sources.docker.logs.ledger import Ledger
from triage_tui.sources.docker.logs.reading import BUDGET_S, FIRST_BUDGET_S, Reader, Recognise
from triage_tui.sources.docker.logs.tail import Tail
from triage_tui.sources.docker.rows import Row
from triage_tui.sources.worker import StillBusyError, Worker
from triage_tui.text import safe

MOST_WATCHED = 150
"""Logs that are read at the same time: each is a connection here and a file that the engine follows."""

ENDED_S = 600.0
"""For how long after its end a container's last lines are still worth reading."""

WAIT_S, FIRST_WAIT_S = 0.15, 0.6
"""How long a look waits for the lines that have come to be read. What takes longer is in the next one."""

_FIRST_LOOKS = 3
_MOST_NAMED = 10


class LogWatch:
    """Follows what runs. Costs a look nothing but the start of what is new."""

    def __init__(self, link: Link, inspections: Inspections, recognise: Recognise | None) -> None:
        self._link = link
        self._inspections = inspections
        self._ledger = Ledger()
        self._reader = Reader(self._ledger, recognise)
        self._worker = Worker("docker-logs")
        self._tails: dict[str, Tail] = {}
        self._reading: asyncio.Task[None] | None = None
        self._looks = 0
        self._lines_before = self._dropped_before = self._skipped_before = 0

    async def look(self, rows: Sequence[Row], focus: Collection[str]) -> tuple[Logs, list[Gap]]:
        """See to it that logs are read, and tell what they have shown so far."""
        worth = [row for row in rows if self._worth(row)]
        worth.sort(key=lambda row: (row.name not in focus, row.id not in self._tails, not row.runs, row.name))
        chosen = worth[:MOST_WATCHED]
        self._keep_only({row.id for row in chosen})
        for row in chosen:
            self._tail(row).keep(self._ask, self._link.api or "", self._run(row), ended=_has_ended(row))
        await self._read()
        return self._told(rows, chosen, len(worth))

    def lost(self) -> None:
        """The engine is gone: let go of all connections, and remember how far each log was read."""
        for tail in self._tails.values():
            tail.stop()

    async def aclose(self) -> None:
        """End everything without waiting for the engine."""
        self.lost()
        self._worker.close()
        await asyncio.gather(*(tail.ended() for tail in self._tails.values()))
        # In one more step of the loop sockets are closed.
        await asyncio.sleep(0)

    def _worth(self, row: Row) -> bool:
        if row.runs or row.state == "restarting":
            return True
        inspected = self._inspections.get(row.id)
        ended = moment(inspected.state.finished) if inspected is not None else None
        age = self._age(ended)
        return age is not None and age < ENDED_S

    def _run(self, row: Row) -> object:
        inspected = self._inspections.get(row.id)
        if inspected is None:
            return None
        return (inspected.state.started, inspected.state.finished if _has_ended(row) else None)

    def _tail(self, row: Row) -> Tail:
        tail = self._tails.get(row.id)
        if tail is None:
            tail = self._tails[row.id] = Tail(row.id, safe(row.name, limit=128), self._reader, self._age)
        tail.container = safe(row.name, limit=128)
        return tail

    def _keep_only(self, ids: Collection[str]) -> None:
        for gone in self._tails.keys() - ids:
            tail = self._tails.pop(gone)
            tail.stop()
            self._lines_before += tail.lines
            self._dropped_before += tail.dropped
            self._skipped_before += tail.skipped

    def _ask(self, path: str) -> Endpoint | None:
        return self._link.near(path)

    async def _read(self) -> None:
        """Have the other thread read what has come; a look does not wait for long."""
        first = self._looks < _FIRST_LOOKS
        self._looks += 1
        if first:
            # What is connected to now sends its last lines within milliseconds.
            await asyncio.sleep(0.1)
        if self._reading is None or self._reading.done():
            if not self._reader.waiting:
                return
            budget = FIRST_BUDGET_S if first else BUDGET_S
            self._reading = asyncio.get_running_loop().create_task(self._run_reader(budget))
        await asyncio.wait({self._reading}, timeout=FIRST_WAIT_S if first else WAIT_S)

    async def _run_reader(self, budget_s: float) -> None:
        with contextlib.suppress(StillBusyError):
            await self._worker.run(lambda: self._reader.read(budget_s))

    def _told(self, rows: Sequence[Row], chosen: Sequence[Row], worth: int) -> tuple[Logs, list[Gap]]:
        self._ledger.forget({row.id for row in rows}, self._age)
        tails = [self._tails[row.id] for row in chosen]
        refused = [tail for tail in tails if tail.refused is not None]
        by = sorted(((tail.dropped, tail.container) for tail in tails if tail.dropped), reverse=True)
        logs = Logs(
            watched=len(tails) - len(refused),
            unwatched=worth - len(tails) + len(refused),
            lines=self._lines_before + sum(tail.lines for tail in tails),
            waiting=self._reader.waiting,
            dropped=self._dropped_before + sum(tail.dropped for tail in tails),
            skipped=self._skipped_before + sum(tail.skipped for tail in tails),
            dropped_by={container: dropped for dropped, container in by[:_MOST_NAMED]},
            hits=self._ledger.hits(self._age),
            sensitive=self._ledger.sensitive_hits(self._age),
            missing=self._ledger.missing_names(self._age, self._lacks),
            versions=self._ledger.version_notes(self._age),
        )
        return logs, list(_gaps(refused, worth - len(tails)))

    def _lacks(self, id: str, variable: str) -> bool:
        """Whether the container does not have the variable. What a line says is missing may be some other service's."""
        inspected = self._inspections.get(id)
        return inspected is not None and not inspected.environment.get(variable, "").strip()

    def _age(self, at: datetime | None) -> float | None:
        return self._link.clock.age_s(at, steady())


def _has_ended(row: Row) -> bool:
    return not row.runs and row.state != "restarting"


def _gaps(refused: Sequence[Tail], too_many: int) -> list[Gap]:
    gaps = []
    if refused:
        names = ", ".join(tail.container for tail in refused[:5])
        gaps.append(
            Gap(
                "logs",
                Problem(
                    ProblemKind.MISSING,
                    f"the engine hands out no log of {names}: {safe(refused[0].refused)}",
                    "Use a log driver that can be read (json-file, local, journald), or read the log where it goes.",
                ),
            )
        )
    if too_many > 0:
        gaps.append(
            Gap(
                "logs.rest",
                Problem(
                    ProblemKind.TIMEOUT,
                    f"{too_many} more containers run than the {MOST_WATCHED} whose logs are read",
                    "Show those that matter in the containers' pane: what is seen there is read first.",
                ),
            )
        )
    return gaps
