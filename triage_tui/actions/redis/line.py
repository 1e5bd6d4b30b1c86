"""A short connection of its own for acting. It is never used a second time after it was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit

from triage_tui.actions.act import Came, Permit, Reach, Refused, Result
from triage_tui.actions.unreached import UnreachedError
from triage_tui.config.addresses import urls
from triage_tui.config.settings import RedisSpec
from triage_tui.model import Problem
from triage_tui.sources.redis.problems import broken_problem, refusal_problem
from triage_tui.sources.redis.wire import BrokenError, Command, Refusal, Reply, Wire
from triage_tui.sources.worker import Worker
from triage_tui.text import redact_url, safe

CLIENT_NAME = "triage-act"
"""How the server's own people recognise in CLIENT LIST that somebody acts."""


class Line:
    """An open connection to one database. own_id: our client's, None where the server does not say."""

    def __init__(self, wire: Wire, url: str, endpoint: str, user: str, own_id: int | None) -> None:
        self._wire = wire
        self._url = url
        self._user = user
        self.endpoint = endpoint
        self.own_id = own_id

    async def ask(self, *commands: Command) -> list[Reply]:
        """Read something. Raises UnreachedError."""
        try:
            return await self._wire.ask(commands)
        except BrokenError as error:
            raise UnreachedError(await self.problem(error)) from error

    async def change(self, permit: Permit, command: Command) -> Reply:
        """Change something, once. Raises Refused, and BrokenError where no answer came."""
        permit.check()
        (reply,) = await self._wire.ask([command])
        return reply

    async def problem(self, error: BrokenError) -> Problem:
        """A lost connection in words."""
        return await broken_problem(error, self.endpoint, self._url, self._user)

    def refusal(self, refusal: Refusal, about: str | None = None) -> Problem:
        """A refusal of the server in words."""
        return refusal_problem(refusal, self._user, about)

    def said_no(self, refusal: Refusal, about: str | None = None) -> Result:
        """A refusal of the server as the outcome of a deed."""
        problem = self.refusal(refusal, about)
        return Result(Came.NOT_DONE, f"the server refused: {problem.message}", (problem.next_step,))

    async def unheard(self, error: BrokenError, what: str, *tells: str) -> Result:
        """No answer as the outcome of a deed."""
        problem = await self.problem(error)
        return Result(
            Came.UNKNOWN,
            f"it was sent, and whether it reached {what} is not known: {problem.message}",
            (*tells, "Look before trying again.", problem.next_step),
        )


def spec_of(reach: Reach, target: str) -> RedisSpec:
    """Raises Refused."""
    spec = reach.spec(target)
    if not isinstance(spec, RedisSpec):
        raise Refused("argument", f"{target} is no Redis server", "Name one; `triage snapshot` lists them.")
    return spec


@asynccontextmanager
async def line(spec: RedisSpec, database: int | None = None) -> AsyncIterator[Line]:
    """Connect for as long as the block lasts. Raises Refused, UnreachedError.

    database  None: the one of the url
    """
    try:
        url = urls.redis(spec.url.reveal()).url.reveal()
        number = database if database is not None else urls.database_of(url)
    except urls.UrlError as error:
        raise Refused("unavailable", f"the url {error}", "Correct the url of this target.") from None
    resolver = Worker(f"act {spec.name}")
    wire = Wire(url, number, resolver, name=CLIENT_NAME, again=False)
    endpoint = safe(redact_url(spec.url.reveal()))
    opened = Line(wire, url, endpoint, unquote(urlsplit(url).username or "") or "default", None)
    try:
        (identity,) = await opened.ask(("CLIENT", "ID"))
        opened.own_id = identity if isinstance(identity, int) else None
        yield opened
    finally:
        await wire.close()
        resolver.close()


def numbers(replies: Sequence[Reply]) -> list[int]:
    """Those replies that are whole numbers."""
    return [reply for reply in replies if isinstance(reply, int)]
