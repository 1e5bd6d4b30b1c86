"""The company while it is open: its containers, its sessions in the servers, and how well it is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from msgspec import structs
from psycopg import AsyncConnection
from redis import RedisError
from redis.asyncio import Redis

from triage_tui.lab import home
from triage_tui.lab.company import databases, images
from triage_tui.lab.company.containers import POSTGRES, REDIS
from triage_tui.lab.company.premises import Premises, prepare
from triage_tui.lab.company.roster import roster
from triage_tui.lab.company.services.web import UnreachableError, call
from triage_tui.lab.embedded.postgres import newest_bindir
from triage_tui.lab.embedded.server import StartError
from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import NotFoundError, UnchangedError
from triage_tui.lab.engine.spec import ServiceSpec

SERVER_START_S = 60.0
"""Servers are up in a second; a machine with much else to do may need far longer."""

QUEUES = ("encounters", "sync")
"""Of Celery."""

_POLL_S = 0.1

REDIS_SETTINGS = {
    # Small, so that a few megabytes show on a bar, and with a queue in it: nothing may be evicted.
    "maxmemory": "64mb",
    "maxmemory-policy": "noeviction",
    "maxclients": "200",
    "slowlog-log-slower-than": "20000",
    "slowlog-max-len": "64",
    # What is stored outlives a restart.
    "save": "3600 1",
}


class Company:
    """One company on one engine.

    specs  container → what it is when all is well
    """

    def __init__(self, engine: Engine, premises: Premises) -> None:
        self.engine = engine
        self.premises = premises
        self.specs: dict[str, ServiceSpec] = {spec.name: spec for spec in roster(premises)}

    async def open(self, say: Callable[[str], None]) -> None:
        """Start everything; returns when all services have been started, of which few will be ready.

        say: gets a line for people about each step
        Raises StartError where a server does not come up.
        """
        say("starting PostgreSQL and Redis")
        servers = (POSTGRES, REDIS)
        for name in servers:
            await self.engine.start(self.engine.add(self.specs[name]))
        await self._await_postgres()
        await asyncio.to_thread(databases.make_databases, self.premises)
        await self._await_redis()
        await self._register_queues()
        say(f"starting {len(self.specs) - len(servers)} services")
        for name, spec in self.specs.items():
            if name not in servers:
                await self.engine.start(self.engine.add(spec))

    def troubles(self) -> list[str]:
        """What is not as it should be, container by container, in words; empty when all is well."""
        found = []
        for name, spec in self.specs.items():
            try:
                container = self.engine.find(name)
            except NotFoundError:
                found.append(f"{name} is gone")
                continue
            health = container.health.status if container.health is not None else "healthy"
            if container.state.word != "running" or health != "healthy":
                found.append(f"{name} is {container.state.word}, {health}")
            if container.spec != spec:
                found.append(f"{name} is not as it was deployed")
        return found

    async def until_well(self, timeout_s: float) -> list[str]:
        """Wait until nothing is wrong; returns what still is when the time is up."""
        give_up_at = time.monotonic() + timeout_s
        while troubles := self.troubles():
            if time.monotonic() > give_up_at:
                break
            await asyncio.sleep(_POLL_S)
        return troubles

    # Containers

    def container(self, name: str) -> Container:
        """As the engine has it. Raises NotFoundError."""
        return self.engine.find(name)

    async def change(
        self,
        name: str,
        *,
        env: Mapping[str, str] = {},
        without: tuple[str, ...] = (),
        **fields: Any,
    ) -> None:
        """Deploy a container anew with another environment, or with other fields of its spec."""
        spec = self.specs[name]
        kept = {key: value for key, value in spec.env.items() if key not in without}
        await self.engine.recreate(name, structs.replace(spec, env=kept | dict(env), **fields))

    @asynccontextmanager
    async def once(self, spec: ServiceSpec) -> AsyncIterator[str]:
        """A container that is not of the company, by its name; removed afterwards, where it is not gone already."""
        await self.engine.start(self.engine.add(spec))
        yield spec.name
        with contextlib.suppress(NotFoundError):
            await self.engine.remove(spec.name)

    @asynccontextmanager
    async def down(self, name: str, dice: Random) -> AsyncIterator[None]:
        """A container that was stopped, or killed; restored afterwards."""
        if dice.random() < 0.5:
            await self.engine.stop(name)
        else:
            await self.engine.kill(name)
        yield
        await self.restore(name)

    async def restore(self, name: str) -> None:
        """Whatever has become of a container: as it was deployed, and running."""
        spec = self.specs[name]
        try:
            container = self.engine.find(name)
        except NotFoundError:
            await self.engine.start(self.engine.add(spec))
            return
        if container.state.word == "paused":
            self.engine.unpause(name)
        if container.spec != spec:
            await self.engine.recreate(name, spec)
        elif container.state.word != "running":
            try:
                await self.engine.start(name)
            except UnchangedError:
                # It waits to be restarted, which may take a minute.
                await self.engine.restart(name)

    async def restore_all(self) -> None:
        """Every container that is not as it was deployed."""
        for name in self.specs:
            await self.restore(name)

    # Servers

    async def session(self, database: str, application: str, *, autocommit: bool = True) -> AsyncConnection:
        """A session of the role that owns the database, which the server knows by the application's name."""
        return await AsyncConnection.connect(
            self.premises.database_url(database), application_name=application, autocommit=autocommit
        )

    async def superuser(self, database: str) -> AsyncConnection:
        """A session that may do everything, in autocommit."""
        return await AsyncConnection.connect(self.premises.postgres.url, dbname=database, autocommit=True)

    def redis(self, client_name: str) -> Redis:
        """A client of its own; whoever asks for it closes it."""
        client: Redis = Redis.from_url(
            self.premises.redis.url, decode_responses=True, client_name=client_name, socket_timeout=10
        )
        return client

    async def set_mood(self, **moods: float) -> None:
        """Of the partner outside; see services.partner. Raises UnreachableError where it does not run."""
        token = {"X-Sandbox-Token": self.premises.secrets["sandbox"]}
        reply = await call(f"{self.premises.url('partner')}/sandbox", "POST", moods, headers=token)
        if reply.status != 200:
            raise UnreachableError(f"the sandbox says {reply.status} {reply.content}")

    async def _register_queues(self) -> None:
        """Its queues are known from the start, as if Celery's workers had been here yesterday."""
        async with self.redis("lab") as client:
            for queue in QUEUES:
                await client.sadd(f"_kombu.binding.{queue}", f"{queue}\x06\x16\x06\x16{queue}")

    async def _await_postgres(self) -> None:
        give_up_at = time.monotonic() + SERVER_START_S
        while True:
            try:
                async with await AsyncConnection.connect(self.premises.postgres.url, connect_timeout=3):
                    return
            except psycopg.Error as error:
                await self._wait_or_give_up(POSTGRES, give_up_at, error)

    async def _await_redis(self) -> None:
        give_up_at = time.monotonic() + SERVER_START_S
        async with self.redis("lab") as client:
            while True:
                try:
                    await client.ping()
                except (RedisError, OSError) as error:
                    await self._wait_or_give_up(REDIS, give_up_at, error)
                else:
                    return

    async def _wait_or_give_up(self, name: str, give_up_at: float, error: Exception) -> None:
        # A server that ends at once (a port that somebody has taken meanwhile) is started again and again.
        if time.monotonic() > give_up_at or self.engine.find(name).restarts > 3:
            raise StartError(f"{name} does not start: {error}") from error
        await asyncio.sleep(_POLL_S)


def found(folder: Path) -> Premises:
    """Premises in a folder. Raises StartError and OSError."""
    premises = prepare(
        folder,
        postgres_settings=databases.settings_for(newest_bindir()),
        redis_settings=REDIS_SETTINGS,
    )
    # At once, so that it is known to whoever tidies up.
    home.keeps_elsewhere(folder, premises.postgres.home)
    images.lay_out(premises.images)
    return premises
