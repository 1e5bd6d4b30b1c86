"""The lab's engine: its containers by name, and what can be done to them. `api` speaks for it on a socket."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.errors import BadRequestError, ConflictError, NotFoundError
from triage_tui.lab.engine.events import Events
from triage_tui.lab.engine.runs import Keeper, Launcher
from triage_tui.lab.engine.spec import NAME, ServiceSpec, SpecError
from triage_tui.lab.engine.usage import Census

if TYPE_CHECKING:
    from aiohttp.web import AbstractRouteDef

    from triage_tui.lab.engine.api import Api, Faults

MEMORY_S = 0.25
"""Between two looks at the memory of containers that have a limit."""


class Engine:
    """Runs services as processes of this machine, without Docker and without root.

    Everything that it has started ends with it, also where it is killed. For one event loop: containers are added and
    asked about there. Names are those of containers; the errors are those of `errors`, with Docker's messages.

    folder    for logs, and the working directory of services that have none of their own; it exists
    launcher  starts processes; default: real ones
    name      what it calls the machine
    """

    def __init__(self, folder: Path, *, launcher: Launcher | None = None, name: str = "triage-lab") -> None:
        self.folder = folder
        self.name = name
        self.id = hashlib.sha256(f"{name} {folder}".encode()).hexdigest()
        self.events = Events()
        self.opened_ns = time.time_ns()
        self._containers: dict[str, Container] = {}
        self._keeper = Keeper(Census()) if launcher is None else None
        self._launcher: Launcher = launcher or self._keeper or Keeper(Census())
        self._watching: asyncio.Task[None] | None = None
        self._apis: list[Api] = []

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch_memory(), name="memory limits")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Answer nobody any more, and end everything that runs: its stop signal, and SIGKILL after GRACE_S."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        while self._apis:
            await self._apis.pop().close()
        await asyncio.gather(*(container.abandon() for container in self.containers))
        if self._keeper is not None:
            await self._keeper.close()

    async def serve(
        self, socket: Path, *, faults: Faults | None = None, routes: Iterable[AbstractRouteDef] = ()
    ) -> Api:
        """Answer on a unix socket until the engine is closed, or what is returned is.

        faults  how the answers misbehave; None: they do not
        routes  of aiohttp, beside Docker's
        Raises SocketError, with a message for people.
        """
        # Here, since an engine that nobody asks needs no server, which is in the extra `demo`.
        from triage_tui.lab.engine.api import Api, Faults

        api = Api(self, faults=faults or Faults(), routes=routes)
        await api.open(socket)
        self._apis.append(api)
        return api

    @property
    def containers(self) -> list[Container]:
        """All of them, the newest first."""
        return list(reversed(self._containers.values()))

    def add(self, spec: ServiceSpec) -> str:
        """Make a container, which does not run yet. Returns its id.

        Raises BadRequestError where the description makes none, ConflictError where the name is taken.
        """
        try:
            spec.check()
        except SpecError as error:
            raise BadRequestError(str(error)) from error
        self._must_be_free(spec.name)
        container = Container(spec, self.folder, self._launcher, self.events)
        self._containers[container.id] = container
        return container.id

    async def start(self, name: str) -> None:
        """Raises UnchangedError where it runs, BadRequestError where its program cannot be run."""
        await self.find(name).start()

    async def stop(self, name: str, timeout_s: float | None = None) -> None:
        """Its stop signal, then SIGKILL after the timeout. Raises UnchangedError where it does not run."""
        await self.find(name).stop(timeout_s)

    async def restart(self, name: str, timeout_s: float | None = None) -> None:
        """Stop and start; its environment and arguments are the old ones."""
        await self.find(name).restart(timeout_s)

    async def kill(self, name: str, signal_name: str = "SIGKILL") -> None:
        """As `docker kill`: it is not restarted after that."""
        await self.find(name).kill(signal_number(signal_name), called=name)

    def crash(self, name: str, signal_name: str = "SIGSEGV") -> None:
        """End its process by a signal as if by itself: its restart policy acts."""
        self.find(name).crash(signal_number(signal_name))

    def pause(self, name: str) -> None:
        """Stop all its processes where they are."""
        self.find(name).pause()

    def unpause(self, name: str) -> None:
        """Let them go on."""
        self.find(name).unpause()

    def rename(self, name: str, new: str) -> None:
        """Give a container another name."""
        container = self.find(name)
        new = new.removeprefix("/")
        if not new:
            raise BadRequestError("Neither old nor new names may be empty")
        if not NAME.fullmatch(new):
            raise BadRequestError(
                f"Error when allocating new name: Invalid container name (/{new}), only"
                " [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            )
        self._must_be_free(new, "Error when allocating new name: ")
        container.rename(new)

    async def remove(self, name: str, *, force: bool = True) -> None:
        """Forget a container. force: kill it where it runs, instead of raising ConflictError."""
        container = self.find(name)
        await container.remove(force=force)
        self._containers.pop(container.id, None)

    async def recreate(self, name: str, spec: ServiceSpec) -> str:
        """Stop a container, remove it, and start another one in its place, as compose does it. Returns the new id.

        It runs afterwards even where the old one did not. Raises BadRequestError where its program cannot be run.
        """
        container = self.find(name)
        if container.running:
            await container.stop()
        await self.remove(container.id)
        number = self.add(spec)
        await self.start(number)
        return number

    def find(self, called: str) -> Container:
        """By id, name, or a beginning of an id that fits one only. Raises NotFoundError, BadRequestError."""
        if (found := self._containers.get(called)) is not None:
            return found
        name = called.removeprefix("/")
        for container in self._containers.values():
            if container.name == name:
                return container
        fitting = [
            container for id, container in self._containers.items() if called and id.startswith(called)
        ]
        if len(fitting) > 1:
            raise BadRequestError(f"Multiple IDs found with provided prefix: {called}")
        if not fitting:
            raise NotFoundError(f"No such container: {called}")
        return fitting[0]

    def _must_be_free(self, name: str, said_first: str = "") -> None:
        for container in self._containers.values():
            if container.name == name:
                raise ConflictError(
                    f'{said_first}Conflict. The container name "/{name}" is already in use by container'
                    f' "{container.id}". You have to remove (or rename) that container to be able to reuse that name.'
                )

    async def _watch_memory(self) -> None:
        while True:
            await asyncio.sleep(MEMORY_S)
            for container in self.containers:
                container.check_memory()


@asynccontextmanager
async def temporary_engine(specs: Iterable[ServiceSpec] = ()) -> AsyncIterator[Engine]:
    """An engine in a folder that goes with it, with these services started."""
    with tempfile.TemporaryDirectory(prefix="triage-engine-", ignore_cleanup_errors=True) as folder:
        async with Engine(Path(folder)) as engine:
            for spec in specs:
                await engine.start(engine.add(spec))
            yield engine


def signal_number(called: str) -> int:
    """Of a signal's name, with or without SIG, or of its number as text. Raises BadRequestError."""
    with contextlib.suppress(KeyError):
        return signal.Signals[f"SIG{called.upper().removeprefix('SIG')}"]
    if called.isdigit() and 0 < int(called) <= 64:
        return int(called)
    raise BadRequestError(f"Invalid signal: {called}")
