"""The way to one engine: resolved, greeted, listened to; lost and found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage_tui.config.settings import DockerSpec
from triage_tui.model import Gap
from triage_tui.sources.clock import steady, utc_now
from triage_tui.sources.docker.client import ANSWER_S, CONNECT_S, AnswerError, Client
from triage_tui.sources.docker.clock import EngineClock
from triage_tui.sources.docker.crew import Crew
from triage_tui.sources.docker.endpoint import Endpoint, resolve
from triage_tui.sources.docker.events import LOOK_BACK_S, EventLog, Subscription, filters_for
from triage_tui.sources.docker.failures import problem_of
from triage_tui.sources.docker.rows import engine_of
from triage_tui.sources.docker.tunnel import Tunnel

LANES = 4
"""Threads for lists and inspections: enough to hide the round trips of a far engine."""

ASK_S = CONNECT_S + ANSWER_S

OnRequest = Callable[[str, str], None]


class Link:
    """Everything that is between a source and its engine.

    endpoint  the engine as it was last resolved; it is resolved anew whenever the connection was lost, and not
              while it holds: who switches contexts elsewhere does not switch what is on this screen
    api       the API version that is spoken; None while there is no connection
    """

    def __init__(self, spec: DockerSpec, environ: Mapping[str, str], on_request: OnRequest | None) -> None:
        self._spec = spec
        self._environ = environ
        self._on_request = on_request
        self._near: Endpoint | None = None
        self._tunnel: Tunnel | None = None
        self._subscription: Subscription | None = None
        self._events_error: BaseException | None = None
        self.clock = EngineClock()
        self.log = EventLog()
        self.crew = Crew("docker-look", LANES, self.connect)
        self.endpoint: Endpoint | None = None
        self.engine: str | None = None
        self.version: str | None = None
        self.api: str | None = None

    def connect(self) -> Client:
        """A client of its own for the calling thread. Contacts nothing."""
        assert self._near is not None
        return Client(self._near, self.clock, version=self.api, on_request=self._on_request)

    def near(self, path: str) -> Endpoint | None:
        """Where the engine is reached from here, for a stream of one's own that asks for this path; None while there is
        no connection. The question is told to whoever wants to know of everything that is asked."""
        if self.api is None:
            return None
        if self._on_request is not None:
            self._on_request("GET", path.partition("?")[0])
        return self._near

    async def open(self) -> bool:
        """Be connected. True where the connection is new, so that nothing known before can be relied on."""
        if self.api is not None:
            return False
        endpoint = resolve(self._spec, self._environ)
        if endpoint != self.endpoint:
            await self._leave()
            self.endpoint = endpoint
        self._near = await self._near_end(endpoint)
        answer = await self.crew.ask(lambda client: client.version(api_version=False), ASK_S)
        engine, version, api = engine_of(answer)
        if api is None:
            raise AnswerError("the answer to /version names no API version")
        self.engine, self.version, self.api = engine, version, api
        # From here on in the version that both sides speak.
        self.crew.renew()
        return True

    def listen(self) -> bool:
        """See to it that events arrive. True where a subscription ended, so that some may have been missed."""
        earlier = self._subscription
        if earlier is not None and earlier.alive:
            if earlier.agreed:
                self._events_error = None
            return False
        if earlier is not None:
            self._events_error = earlier.error
        self._subscription = Subscription(self.log, self.connect, self._since(), filters_for(self.engine))
        return earlier is not None

    @property
    def hears(self) -> bool:
        """Events arrive."""
        return self._subscription is not None and self._subscription.alive and self._subscription.agreed

    @property
    def deaf(self) -> Gap | None:
        """Why no events arrive, where the engine or something in front of it refuses them."""
        if self._events_error is None or self.endpoint is None:
            return None
        return Gap("events", problem_of(self._events_error, self.endpoint))

    def lost(self) -> None:
        """The engine failed us: greet it again before anything else. Threads stay, connections do not."""
        self.api = None
        self.crew.renew()
        if self._subscription is not None:
            self._subscription.stop()

    async def aclose(self) -> None:
        """Give everything up; waits for no engine."""
        self.lost()
        await self.crew.aclose()
        if self._tunnel is not None:
            await self._tunnel.aclose()

    def _since(self) -> str:
        known = self.log.since
        if known is not None:
            return known
        now = self.clock.now(steady())
        return f"{int(now if now is not None else utc_now().timestamp()) - LOOK_BACK_S}"

    async def _near_end(self, endpoint: Endpoint) -> Endpoint:
        if endpoint.scheme != "ssh":
            return endpoint
        if self._tunnel is None:
            self._tunnel = Tunnel(endpoint, self._environ)
        return await self._tunnel.ready()

    async def _leave(self) -> None:
        """Forget an engine for another one."""
        self.clock, self.log = EngineClock(), EventLog()
        self._events_error = None
        if self._tunnel is not None:
            await self._tunnel.aclose()
            self._tunnel = None
