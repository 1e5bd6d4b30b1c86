"""The one client that changes something: it asks for the permit before each request that does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import requests
from docker.errors import APIError, create_api_error_from_http_exception

from triage_tui.actions.act import Permit, Reach, Refused
from triage_tui.actions.docker.reading import Now, now_of
from triage_tui.config.settings import DockerSpec
from triage_tui.sources.docker.client import ANSWER_S, CONNECT_S, AbortedError, Client
from triage_tui.sources.docker.clock import EngineClock
from triage_tui.sources.docker.endpoint import Endpoint, EndpointError
from triage_tui.sources.docker.failures import EXPECTED, problem_of
from triage_tui.sources.docker.link import ASK_S, Link
from triage_tui.sources.worker import Worker
from triage_tui.text import safe

MARGIN_S = 10.0
"""What an engine may take for an order beside the time that it gives a container to end by itself."""

_NOT_FOUND = 404
_UNREACHED = (ConnectionRefusedError, FileNotFoundError, PermissionError, requests.ConnectTimeout)
_LINKS = 8


class NotSentError(Exception):
    """Nothing was changed: the engine could not be reached, or refused. The words are for people, made safe."""


class UnheardError(Exception):
    """It was sent, and no answer came. The words are for people, made safe."""


class GoneError(NotSentError):
    """The container is not there any more."""


class ActingClient(Client):
    """Sends one order. For one thread; `abort` is for others.

    sent  something that changes has left
    """

    def __init__(self, endpoint: Endpoint, version: str, permit: Permit, answer_s: float) -> None:
        super().__init__(endpoint, EngineClock(), version=version)
        self._permit = permit
        self._patience_s = answer_s
        self.sent = False

    def order(self, id: str, verb: str) -> None:
        """`POST /containers/{id}/{verb}`. Raises Refused, and as Client does."""
        response = self.post(f"{self.base_url}/v{self.api_version}/containers/{id}/{verb}")
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            raise create_api_error_from_http_exception(error) from error

    def _admit(self, request: requests.PreparedRequest) -> None:
        if request.method == "GET":
            self._answer_s = ANSWER_S
            return
        self._answer_s = self._patience_s
        self._permit.check()
        if self.aborted:
            raise AbortedError("given up")
        self.sent = True


class Line:
    """A connected engine, for reading, and for one order at a time."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._spoken = link.api or ""

    @property
    def endpoint(self) -> str:
        """The engine's address, for people."""
        return self._link.endpoint.shown if self._link.endpoint is not None else ""

    @property
    def version(self) -> str:
        """The API version that is spoken, or was until the connection ended."""
        return self._link.api or self._spoken

    def words(self, error: BaseException) -> str:
        """What an error means, for people."""
        return problem_of(error, self._link.endpoint or Endpoint("unix")).message

    async def look(self, id: str) -> Now:
        """The container now. Raises what is in EXPECTED; APIError 404 where it is gone."""
        await self._link.open()
        try:
            return await self._link.crew.ask(lambda client: now_of(client.inspect_container(id)), ASK_S)
        except APIError:
            raise
        except EXPECTED:
            self._link.lost()
            raise

    async def rows(self) -> list[dict[str, object]]:
        """All containers, as the engine lists them."""
        await self._link.open()
        answer: list[dict[str, object]] = await self._link.crew.ask(lambda c: c.containers(all=True), ASK_S)
        return answer

    async def order(self, pinned: tuple[str, str], verb: str, permit: Permit, patience_s: float) -> None:
        """Change the container that is pinned by id and start, once. Raises Refused, NotSentError, GoneError,
        UnheardError.

        The last look and the order are one step of one thread, over one connection.
        """
        near = self._link.near(f"/containers/{pinned[0]}/{verb}")
        if near is None:
            raise NotSentError("nothing was sent: there is no connection to the engine")
        client = ActingClient(near, self.version, permit, patience_s)

        def once() -> None:
            now = now_of(client.inspect_container(pinned[0]))
            if now.identity_parts != pinned:
                raise Refused(
                    "changed",
                    f"target changed: it is {now.identity.shown} now",
                    "Look again, and choose anew.",
                )
            client.order(now.id, verb)

        worker = Worker("docker-order")
        try:
            async with asyncio.timeout(2 * (CONNECT_S + ANSWER_S) + patience_s):
                await worker.run(once)
        except EXPECTED as error:
            # Before it is asked whether something was sent: from here on nothing is.
            client.abort()
            raise self._told(error, client.sent) from error
        finally:
            client.abort()
            worker.close()

    def _told(self, error: BaseException, sent: bool) -> Exception:
        words = self.words(error)
        if isinstance(error, APIError):
            said = safe(error.explanation or str(error), limit=300)
            if error.status_code == _NOT_FOUND:
                return GoneError(f"the engine knows it no more: {said}")
            return NotSentError(f"the engine refused ({error.status_code}): {said}")
        if not sent or _unreached(error):
            return NotSentError(f"nothing was sent: {words}")
        return UnheardError(words)


@asynccontextmanager
async def line(reach: Reach, target: str) -> AsyncIterator[Line]:
    """A connection of its own. Raises Refused, and NotSentError where the engine cannot be reached."""
    spec = reach.spec(target)
    if not isinstance(spec, DockerSpec):
        raise Refused("argument", f"{safe(target)} is no container engine", "Name one.")
    link = Link(spec, os.environ, None)
    try:
        try:
            await link.open()
        except EXPECTED as error:
            known = link.endpoint if not isinstance(error, EndpointError) else None
            problem = problem_of(error, known or Endpoint("unix"))
            raise NotSentError(f"nothing was sent: {problem.message} {problem.next_step}") from error
        yield Line(link)
    finally:
        await link.aclose()


def _unreached(error: BaseException) -> bool:
    """The connection was never made. Whatever else went wrong may have gone wrong after the request was read."""
    seen = 0
    waiting: list[BaseException] = [error]
    while waiting and seen < _LINKS:
        current = waiting.pop(0)
        seen += 1
        if isinstance(current, _UNREACHED):
            return True
        wrapped = [getattr(current, "reason", None), *current.args, current.__cause__]
        waiting.extend(one for one in wrapped if isinstance(one, BaseException))
    return False
