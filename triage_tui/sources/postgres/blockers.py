"""Whom the waiting wait for, asked again only when the answer may be another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage_tui.sources.postgres.activity import blockers
from triage_tui.sources.postgres.backend import Backend
from triage_tui.sources.postgres.link import Link
from triage_tui.sources.postgres.names import array
from triage_tui.sources.postgres.queries import Version, query

AGAIN_S = 10.0
"""For how long an answer is kept. Somebody may come to stand before those who wait without any of them changing: who
holds a lock already does not queue for more of it."""


class Blockers:
    """The last answer, and for whom it was given.

    A lock changes hands when somebody ends a statement or a transaction. While all who wait are as they were, and all
    they wait for rest as they did, nobody has done so.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answer: dict[int, tuple[int, ...]] = {}
        self._concerned: dict[int, Backend] = {}
        self._asked_at = 0.0

    async def read(
        self, link: Link, version: Version, waiting: set[int], backends: Mapping[int, Backend]
    ) -> dict[int, tuple[int, ...]]:
        """For each of these processes those that it waits for. Raises what `Link.ask` raises.

        backends  all sessions by process id; the same object as long as nothing in it changes
        """
        if waiting and not self._still_holds(waiting, backends):
            asked_at = self._clock()
            rows = await link.ask(query("blockers", version), {"pids": array(waiting)})
            self._answer = blockers(rows)
            self._asked_at = asked_at
            involved = waiting.union(*self._answer.values())
            self._concerned = {pid: backends[pid] for pid in involved if pid in backends}
        elif not waiting:
            self._answer, self._concerned = {}, {}
        return self._answer

    def _still_holds(self, waiting: set[int], backends: Mapping[int, Backend]) -> bool:
        """Everybody has an answer, and nobody in it could have changed it since."""
        return (
            waiting == self._answer.keys()
            and self._clock() - self._asked_at < AGAIN_S
            and all(
                # A prepared transaction (0) cannot be watched, and who works may give a lock back at any time.
                pid in waiting or (pid in backends and backends[pid].rests)
                for them in self._answer.values()
                for pid in them
            )
            and all(backends.get(pid) is one for pid, one in self._concerned.items())
        )
