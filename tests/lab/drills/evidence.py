"""What can be seen of a lab from outside: through the sources, and through Docker's API for logs and environment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import psycopg
from docker.errors import DockerException, NotFound

from triage_tui.config.settings import Settings
from triage_tui.engine import Engine
from triage_tui.lab.company import configuration
from triage_tui.lab.drill import Fix
from triage_tui.model import State
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.http import HttpData
from triage_tui.model.observation import ProblemKind
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import Queue, RedisData


class Evidence:
    """Looks at one lab all the time."""

    def __init__(self, engine: Engine, client: docker.DockerClient) -> None:
        self._engine = engine
        self._client = client
        self._asked = 0.0

    def look_now(self) -> None:
        """Do not wait until what was down is due to be looked at; once a second at most."""
        if time.monotonic() - self._asked > 1.0:
            self._asked = time.monotonic()
            self._engine.refresh()

    def state(self, target: str) -> State:
        """How the target is."""
        return self._sighting(target).state

    def problem(self, target: str) -> ProblemKind | None:
        """Why the latest look brought nothing; None where it did."""
        problem = self._sighting(target).problem
        return problem.kind if problem is not None else None

    @property
    def containers(self) -> dict[str, Container]:
        """By name."""
        data = self._sighting(configuration.ENGINE).data
        return {one.name: one for one in data.containers} if isinstance(data, DockerData) else {}

    @property
    def postgres(self) -> PostgresData:
        """The last look at the database."""
        data = self._sighting(configuration.DATABASE).data
        return data if isinstance(data, PostgresData) else PostgresData("?")

    @property
    def redis(self) -> RedisData:
        """The last look at Redis."""
        data = self._sighting(configuration.REDIS).data
        return data if isinstance(data, RedisData) else RedisData("?")

    def queue(self, subject: str) -> Queue:
        """One queue of it."""
        found = [queue for queue in self.redis.queues if queue.subject == subject]
        return found[0] if found else Queue(name=subject, system="?")

    def http(self, target: str) -> HttpData:
        """The last answer; status 0 where there was none."""
        data = self._sighting(target).data
        return data if isinstance(data, HttpData) else HttpData(status=0, latency_s=0)

    def folder(self, target: str) -> FilesData:
        """The last look at a folder."""
        data = self._sighting(target).data
        return data if isinstance(data, FilesData) else FilesData("?")

    def logs(self, container: str) -> str:
        """The last lines; empty where there is no such container."""
        try:
            return str(self._client.containers.get(container).logs(tail=60).decode(errors="replace"))
        except (NotFound, DockerException):
            return ""

    def environment(self, container: str) -> dict[str, str]:
        """As inspect tells it; empty where there is no such container."""
        try:
            pairs = self._client.containers.get(container).attrs["Config"]["Env"]
        except (NotFound, DockerException):
            return {}
        return dict(pair.split("=", 1) for pair in pairs)

    def _sighting(self, target: str):  # type: ignore[no-untyped-def]
        return next(each for each in self._engine.picture().sightings if each.target.name == target)


def act(settings: Settings, fix: Fix) -> None:
    """Do what a key of the cockpit would do, with the rights that it has."""
    urls = {spec.name: spec.url.reveal() for spec in settings.targets if getattr(spec, "url", None)}
    kind, _, verb = fix.action.partition(".")
    if kind == "docker":
        client = docker.DockerClient(base_url=urls[configuration.ENGINE], version="1.41", timeout=60)
        getattr(client.containers.get(fix.argument), verb)()
        client.close()
        return
    chosen = {
        "terminate": "pid = %s::int",
        "terminate-idle": "application_name = %s AND state = 'idle'",
    }[verb]
    with psycopg.connect(urls[configuration.DATABASE]) as connection:
        connection.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {chosen}", [fix.argument]
        )


@contextmanager
def looking(settings: Settings) -> Iterator[Evidence]:
    """Look at what settings say for as long as this is open."""
    socket = next(spec.url for spec in settings.targets if spec.name == configuration.ENGINE)
    client = docker.DockerClient(base_url=socket.reveal(), version="1.41", timeout=10)
    try:
        with Engine(settings) as engine:
            yield Evidence(engine, client)
    finally:
        client.close()
