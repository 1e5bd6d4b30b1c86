"""One look at an HTTP endpoint."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Collection
from datetime import UTC, datetime
from urllib.parse import urlsplit

from triage_tui.config.settings import HttpSpec
from triage_tui.model import Kind, Observation, Problem, ProblemKind, Target
from triage_tui.model.http import HttpData
from triage_tui.sources.clock import CLOCK, Clock
from triage_tui.sources.http.problems import http_problem
from triage_tui.sources.http.request import Answer, Request
from triage_tui.sources.problems import timeout_problem
from triage_tui.sources.source import Look
from triage_tui.sources.worker import StillBusyError, Worker
from triage_tui.text import redact_url, safe

LOOK_WITHIN_S = 6.0
"""For all of it: a server that drips a byte a second would never be silent."""

DEADLINE_S = 7.0


class HttpSource:
    """Asks with GET, since a health check behind HEAD is often another one. Redirects are answers, not followed.

    Any status is an answer: 500 is live data about a server in trouble. Down is only who gives no answer.
    """

    def __init__(self, spec: HttpSpec, clock: Clock = CLOCK) -> None:
        self._spec = spec
        self._clock = clock
        self._target = Target(spec.name, Kind.HTTP, safe(_shown(spec.url.reveal())), spec.depends_on)
        self._worker = Worker(f"http {spec.name}")
        self._context: ssl.SSLContext | None = None

    @property
    def target(self) -> Target:
        """The endpoint without user, password and secret parameters."""
        return self._target

    @property
    def deadline_s(self) -> float:
        """Seconds after which a look is given up."""
        return DEADLINE_S

    def focus(self, subjects: Collection[str]) -> None:
        """An endpoint has nothing within it."""

    async def observe(self) -> Observation:
        """Look once."""
        look = Look(self._target, self._clock)
        endpoint = self._target.endpoint
        requests: list[Request] = []
        bound = asyncio.timeout(LOOK_WITHIN_S)
        try:
            async with bound:
                answer = await self._worker.run(lambda: self._ask(requests))
        except (TimeoutError, StillBusyError):
            # The request's own, shorter patience is told apart from the whole look's.
            return look.failed(timeout_problem(endpoint, LOOK_WITHIN_S if bound.expired() else None))
        except _CaFileError as error:
            return look.failed(error.problem)
        except (OSError, http.client.HTTPException) as error:
            return look.failed(http_problem(error, endpoint))
        except ValueError as error:
            return look.failed(_malformed(error, self._spec.name))
        finally:
            # Also when the look was cancelled: the thread must not go on reading for nobody.
            for request in requests:
                request.cancel()
        return look.live(self._data(answer))

    async def aclose(self) -> None:
        """Let the thread go."""
        self._worker.close()

    def _ask(self, requests: list[Request]) -> Answer:
        url = self._spec.url.reveal()
        context = self._tls() if urlsplit(url).scheme == "https" else None
        request = Request(url, self._spec.headers, context)
        requests.append(request)
        return request.send(read_body=self._spec.expect_body is not None)

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self._spec.ca_file)
            except (OSError, ssl.SSLError) as error:
                raise _CaFileError(self._spec.name, error) from error
        return self._context

    def _data(self, answer: Answer) -> HttpData:
        expected = self._spec.expect_body
        ends = answer.expires_at
        return HttpData(
            status=answer.status,
            latency_s=answer.latency_s,
            tls_expires_at=datetime.fromtimestamp(ends, UTC).isoformat() if ends is not None else None,
            tls_expires_in_s=ends - self._clock.wall().timestamp() if ends is not None else None,
            body_ok=expected.encode() in answer.body if expected is not None else None,
            expected_status=self._spec.expect_status,
        )


class _CaFileError(Exception):
    """The file with authorities cannot be read."""

    def __init__(self, name: str, error: Exception) -> None:
        self.problem = Problem(
            ProblemKind.MISSING,
            f"ca_file cannot be read: {safe(str(error))}",
            f"Correct ca_file of {safe(name)} in triage.toml: a PEM file with certificates.",
        )


def _shown(url: str) -> str:
    """The URL as it may be shown: without user and password."""
    scheme, separator, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return redact_url(f"{scheme}{separator}{place.rpartition('@')[2]}{slash}{path}")


def _malformed(error: ValueError, name: str) -> Problem:
    return Problem(
        ProblemKind.MISSING,
        f"the request cannot be made: {safe(str(error))}",
        f"Correct url and headers of {safe(name)}: https://host:port/path",
    )
