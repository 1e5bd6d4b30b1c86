"""One container: its process from start to end, again and again as its restart policy says."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from triage_tui.lab.engine.checks import Checks
from triage_tui.lab.engine.errors import (
    BadRequestError,
    ConflictError,
    EngineError,
    NotFoundError,
    UnchangedError,
)
from triage_tui.lab.engine.events import Events
from triage_tui.lab.engine.health import Health
from triage_tui.lab.engine.logbook import LogBook
from triage_tui.lab.engine.networks import network_of
from triage_tui.lab.engine.restarts import RestartManager
from triage_tui.lab.engine.runs import Launcher, LaunchError, Run
from triage_tui.lab.engine.spec import ServiceSpec
from triage_tui.lab.engine.state import State

KILL_S = 10.0
"""How long a SIGKILL may take; Docker waits as long."""

GRACE_S = 3.0
"""How long one may take to end in good order when the engine is closed, or dies."""

_DRAIN_S = 5.0


class Container:
    """A service that can be started. For one event loop; all that it does it does there.

    folder  its own, for its log
    """

    def __init__(self, spec: ServiceSpec, folder: Path, launcher: Launcher, events: Events) -> None:
        self.spec = spec
        self.id = secrets.token_hex(32)
        self.created_ns = time.time_ns()
        self.state = State()
        self.restarts = 0
        self.folder = folder / self.id
        self.log = LogBook(self.folder, spec.logs)
        self.run: Run | None = None
        self.removed = False
        self.exits = 0
        self._launcher = launcher
        self._events = events
        self._policy = RestartManager(spec.restart)
        self._by_hand = False
        self._give_up = asyncio.Event()
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._life: asyncio.Task[None] | None = None
        self._cwd = spec.folder or str(folder)
        self._checks = Checks(spec, launcher, self._cwd, self.tell, lambda: self.state.started_ns or 0)
        self.tell("create")

    @property
    def name(self) -> str:
        """Without the slash in front of it."""
        return self.spec.name

    @property
    def running(self) -> bool:
        """As Docker has it: also while it is paused, or waits to be restarted."""
        return self.state.word in ("running", "paused", "restarting")

    @property
    def pid(self) -> int:
        """Of its process; 0 where there is none."""
        return self.run.pid if self.run is not None else 0

    @property
    def health(self) -> Health | None:
        """What its health checks say; None where it has none, or never ran."""
        return self._checks.health

    async def start(self) -> None:
        """Raises UnchangedError, ConflictError, and BadRequestError where its program cannot be run."""
        async with self._turn:
            if self.state.word == "paused":
                raise ConflictError("cannot start a paused container, try unpause instead")
            if self.running:
                raise UnchangedError("already started")
            await self._start()

    async def stop(self, timeout_s: float | None = None) -> None:
        """Ask it to end, and kill it where it does not. timeout_s: None for its own, negative for without end.
        Raises UnchangedError where it does not run."""
        if not self.running:
            raise UnchangedError("already stopped")
        patience = self.spec.stop_timeout_s if timeout_s is None else timeout_s
        self._by_hand = True
        self._give_up.set()
        await self.until(lambda: self.state.word != "restarting")
        if self.running:
            await self._end(signal.Signals[self.spec.stop_signal], patience)
        self.tell("stop")

    async def restart(self, timeout_s: float | None = None) -> None:
        """Stop it where it runs, and start it with its old description."""
        async with self._turn:
            with contextlib.suppress(UnchangedError):
                await self.stop(timeout_s)
            await self._start()
            self.tell("restart")

    async def kill(self, number: int = signal.SIGKILL, *, called: str | None = None) -> None:
        """Send a signal to its process; with SIGKILL, wait for its end. It is not restarted after that, whatever its
        policy. called: the name that was asked for. Raises ConflictError where it does not run."""
        if not self.running:
            raise ConflictError(
                f"Cannot kill container: {called or self.name}: Container {self.id} is not running"
            )
        self._by_hand = True
        if self.state.word == "restarting":
            self._give_up.set()
        elif self.run is not None:
            if self.state.word == "paused" and number in (
                signal.SIGKILL,
                signal.Signals[self.spec.stop_signal],
            ):
                self.run.signal_all(signal.SIGCONT)
                self.state.word = "running"
            self.run.signal(number)
        self.tell("kill", signal=str(int(number)))
        if number == signal.SIGKILL:
            await self._ended_within(KILL_S)

    def crash(self, number: int = signal.SIGSEGV) -> None:
        """Let its process end by a signal as if by itself: its restart policy acts."""
        if self.run is None:
            raise ConflictError(f"Container {self.id} is not running")
        self.run.signal(number)

    def pause(self) -> None:
        """Stop all its processes where they are. Raises ConflictError."""
        if self.state.word == "paused":
            raise ConflictError(f"Container {self.id} is already paused")
        if self.state.word == "restarting":
            raise ConflictError(f"Container {self.id} is restarting, wait until the container is running")
        if self.run is None or self.state.word != "running":
            raise ConflictError(f"Container {self.id} is not running")
        self.run.signal_all(signal.SIGSTOP)
        self._checks.stop()
        self._become("paused")
        self.tell("pause")

    def unpause(self) -> None:
        """Let its processes go on. Raises EngineError where it is not paused."""
        if self.state.word != "paused" or self.run is None:
            raise EngineError(f"Container {self.id} is not paused")
        self.run.signal_all(signal.SIGCONT)
        self._become("running")
        self._checks.resume()
        self.tell("unpause")

    async def remove(self, *, force: bool = False) -> None:
        """Forget it and its log. Raises ConflictError where it runs and is not to be killed."""
        if self.running and not force:
            how = "Unpause and then stop" if self.state.word == "paused" else "Stop"
            raise ConflictError(
                f"You cannot remove a {self.state.word} container {self.id}. {how} the container before attempting"
                " removal or force remove"
            )
        # Whoever is starting it comes first, so that nothing starts that is gone already.
        async with self._turn:
            while self.running:
                with contextlib.suppress(ConflictError):
                    await self.kill()
                await self._ended_within(KILL_S)
            self.removed = True
        shutil.rmtree(self.folder, ignore_errors=True)
        self.tell("destroy")

    def rename(self, name: str) -> None:
        """Give it another name, which must be free."""
        old = self.name
        self.spec = structs.replace(self.spec, name=name)
        self.tell("rename", oldName=f"/{old}")

    async def abandon(self) -> None:
        """Part with it, and wait for its end: the engine is closed."""
        self._by_hand = True
        self._give_up.set()
        self._checks.stop()
        if self.run is not None:
            self.run.abandon()
        if self._life is not None:
            await asyncio.wait([self._life], timeout=KILL_S)
        await self._checks.ended()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; it is looked at whenever the container changes."""
        while not condition():
            await self._news.wait()

    def check_memory(self) -> None:
        """Kill its largest process where it has more memory than it may have."""
        limit = self.spec.memory_limit_bytes
        if limit is None or self.run is None or self.run.memory() <= limit:
            return
        self.state.oom_killed = True
        self.run.kill_largest()
        self.tell("oom")

    def tell(self, action: str, **attributes: str) -> None:
        """Tell all listeners what happened to it."""
        about = self.spec.all_labels | {"image": self.spec.image, "name": self.name}
        self._events.container(self.id, self.spec.image, action, about | attributes)
        self._notify()

    async def _start(self) -> None:
        if self.removed:
            raise NotFoundError(f"No such container: {self.id}")
        self._by_hand = False
        self._give_up.clear()
        self.restarts = 0
        self._policy = RestartManager(self.spec.restart)
        try:
            await self._launch()
        except LaunchError as error:
            self.state.could_not_start(error)
            raise BadRequestError(self.state.error, 400 if error.code < 128 else 500) from error
        self._life = asyncio.create_task(self._live(), name=f"container {self.name}")

    async def _launch(self) -> None:
        farewell = signal.Signals[self.spec.stop_signal], min(self.spec.stop_timeout_s, GRACE_S)
        run = await self._launcher.launch(self.spec.argv, self.spec.environment, self._cwd, farewell)
        self.run = run
        self.state = State("running", started_ns=time.time_ns(), finished_ns=self.state.finished_ns)
        self._checks.begin()
        self._tell_network("connect")
        self.tell("start")

    async def _live(self) -> None:
        """From a start to the end that no restart follows."""
        while self.run is not None:
            code = await self._stay_with(self.run)
            wait_s = self._policy.after(
                code, time.time_ns() - (self.state.started_ns or 0), by_hand=self._by_hand
            )
            if wait_s is None:
                self._become("exited")
            else:
                self.restarts += 1
                self._become("restarting")
            self.tell("die", exitCode=str(code))
            self._tell_network("disconnect")
            if wait_s is None or not await self._restart_after(wait_s):
                return

    async def _stay_with(self, run: Run) -> int:
        """Take over what a run writes, to its end. Returns its code."""
        pumps = asyncio.gather(self.log.take(run.out, 1), self.log.take(run.err, 2))
        code = await run.ended
        self._checks.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                await pumps
        self.run = None
        self.exits += 1
        self.state.exit_code = code
        self.state.finished_ns = time.time_ns()
        self.log.ended()
        return code

    async def _restart_after(self, wait_s: float) -> bool:
        """Whether it runs again; it does not where somebody stops it in the meantime."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._give_up.wait()
        try:
            if not self._give_up.is_set():
                await self._launch()
                return True
        except LaunchError as error:
            self.state.could_not_start(error)
        self._become("exited")
        return False

    async def _end(self, number: int, patience_s: float) -> None:
        """Send a signal, wait, and kill it then."""
        if self.run is not None:
            self.run.signal(number)
            self.tell("kill", signal=str(int(number)))
            if self.state.word == "paused":
                self.run.signal_all(signal.SIGCONT)
        if patience_s < 0:
            await self.until(lambda: not self.running)
        elif not await self._ended_within(patience_s) and self.run is not None:
            self.run.signal_all(signal.SIGKILL)
            self.tell("kill", signal=str(int(signal.SIGKILL)))
            await self._ended_within(KILL_S)

    async def _ended_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.until(lambda: not self.running)
        except TimeoutError:
            return False
        return True

    def _tell_network(self, action: str) -> None:
        network = network_of(self.spec)
        self._events.network(
            network.id, action, {"container": self.id, "name": network.name, "type": network.driver}
        )

    def _become(self, word: str) -> None:
        self.state.word = word
        self._notify()

    def _notify(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
