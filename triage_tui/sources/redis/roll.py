"""When CLIENT LIST is read, and what is known of it otherwise.

It takes the server a microsecond for each client, and us ten times as long: so it is read in the first look, and then
only while somebody looks at it; of many clients not in every look, and of very many not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace
from redis.exceptions import TimeoutError as RedisTimeoutError

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.redis import CLIENTS_PART, ClientList
from triage_tui.sources.problems import timeout_problem
from triage_tui.sources.redis.clients import parse
from triage_tui.sources.redis.problems import refusal_gap
from triage_tui.sources.redis.wire import ANSWER_TIMEOUT_S, BrokenError, Command, Refusal, Reply
from triage_tui.sources.worker import StillBusyError, Worker

LIST: Command = ("CLIENT", "LIST")

MOST = 20_000
"""Clients beyond which they are not listed: the server would stand still for some 20 ms, and send 6 MB."""

CLIENTS_PER_S = 4_000
"""Clients that are listed in a second at most, on average: of 10,000 the list is read every 2.5 s."""

REST_S = 60.0
"""How long it is not asked for again where it was refused (each refusal is an entry in ACL LOG) or took too long."""

FORGOTTEN_S = 60.0
"""Age from which a list that nobody looks at tells nothing any more."""

OFF_THE_LOOP_BYTES = 64 * 1024
"""A list longer than this, some 200 clients, is read on a thread: other targets' looks go on meanwhile."""


class Roll:
    """The clients of one server.

    ask   asks the server; endpoint, user: for the words of a refusal
    """

    def __init__(
        self, ask: Callable[[Sequence[Command]], Awaitable[list[Reply]]], name: str, endpoint: str, user: str
    ) -> None:
        self._ask = ask
        self._endpoint = endpoint
        self._user = user
        self._reader = Worker(f"clients {name}")
        self._wanted = False
        self._never_read = True
        self._known: ClientList | None = None
        self._read_at = 0.0
        self._next_at = 0.0
        self._gap: Gap | None = None

    def focus(self, shown: bool) -> None:
        """Somebody looks at it now, or does not any more."""
        self._wanted = shown

    def start_over(self) -> None:
        """The server is another one: its clients are, too."""
        self._known = None
        self._next_at = 0.0

    async def look(self, connected: int | None, now: float) -> tuple[ClientList | None, tuple[Gap, ...]]:
        """The list, as of now or of an earlier look, and why it is missing where it is. connected: as INFO has it;
        now: monotonic seconds. Raises BrokenError where the server is lost, and not only this answer."""
        if (self._wanted or self._never_read) and now >= self._next_at:
            self._never_read = False
            await self._read(connected, now)
        gaps = (self._gap,) if self._gap is not None else ()
        if self._known is None:
            return None, gaps
        age_s = max(0.0, now - self._read_at)
        if age_s > FORGOTTEN_S:
            self._known = None
            return None, gaps
        return replace(self._known, age_s=age_s), gaps

    def close(self) -> None:
        """Give up the thread."""
        self._reader.close()

    async def _read(self, connected: int | None, now: float) -> None:
        if connected is not None and connected > MOST:
            self._missing(
                Gap(
                    CLIENTS_PART,
                    Problem(
                        ProblemKind.MISSING,
                        f"{connected:,} clients are too many to list: the server would stand still meanwhile",
                        "Ask for some of them: CLIENT LIST TYPE pubsub, or CLIENT LIST ID …",
                    ),
                ),
                now,
            )
            return
        try:
            (reply,) = await self._ask([LIST])
            known = await self._parsed(reply)
        except BrokenError as error:
            if not isinstance(error.__cause__, RedisTimeoutError):
                raise
            self._missing(Gap(CLIENTS_PART, timeout_problem(self._endpoint, ANSWER_TIMEOUT_S)), now)
            return
        except StillBusyError:
            # The list before this one is being read still: the machine is sick, and this is the first to do without.
            return
        if isinstance(reply, Refusal):
            self._missing(refusal_gap(CLIENTS_PART, reply, self._user), now)
        elif known is not None:
            self._known, self._gap, self._read_at = known, None, now
            self._next_at = now + known.total / CLIENTS_PER_S

    async def _parsed(self, reply: Reply) -> ClientList | None:
        if not isinstance(reply, bytes):
            return None
        if len(reply) < OFF_THE_LOOP_BYTES:
            return parse(reply)
        return await self._reader.run(lambda: parse(reply))

    def _missing(self, gap: Gap, now: float) -> None:
        self._known, self._gap, self._next_at = None, gap, now + REST_S
