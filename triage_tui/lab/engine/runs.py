"""Running processes, as the engine sees them: what they are told, what they write, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import psutil

from triage_tui.lab.engine.usage import Census, Usage

_KEEPER = Path(__file__).with_name("keeper.py")
_CLOSE_S = 5.0
NO_FAREWELL = (signal.SIGKILL, 0.0)
KILLED = 128 + signal.SIGKILL


class LaunchError(Exception):
    """The process could not be started; the message is in the words of Docker's runtime.

    code  what Docker notes as its exit code: 127 not found, 126 not allowed, 128 anything else
    """

    @property
    def code(self) -> int:
        """From the words, as Docker has it."""
        said = str(self)
        if "executable file not found" in said or "no such file or directory" in said:
            return 127
        return 126 if "permission denied" in said or "not a directory" in said else 128


class Run(Protocol):
    """One process from its start to its end, with all that it starts.

    pid     its number on this machine
    out     what it writes to standard output, to be read to its end
    err     the same of standard error
    ended   its exit code, 128 + the signal where one ended it
    """

    pid: int
    out: asyncio.StreamReader
    err: asyncio.StreamReader
    ended: asyncio.Future[int]

    def signal(self, number: int) -> None:
        """Send a signal to the process itself."""

    def signal_all(self, number: int) -> None:
        """Send a signal to it and to all that it has started."""

    def abandon(self) -> None:
        """Part with it: it gets its farewell and its grace, and is killed then with all that it has started."""

    def usage(self) -> Usage | None:
        """What it and all that it has started use; None where it is gone."""

    def memory(self) -> int:
        """Resident bytes of it and all that it has started."""

    def kill_largest(self) -> None:
        """Do as the kernel does where memory is short: kill the one process that has most of it."""

    def table(self) -> Sequence[psutil.Process]:
        """It and all that it has started."""


class Launcher(Protocol):
    """Starts processes."""

    async def launch(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        farewell: tuple[int, float] = NO_FAREWELL,
    ) -> Run:
        """Start a process with nothing but this environment.

        farewell: the signal that it gets when it is abandoned, in whatever way, and the seconds until it is killed
        Raises LaunchError.
        """


class ProcessRun:
    """A real process, below a shim of the keeper's. Made by `Keeper.launch`."""

    def __init__(
        self,
        pid: int,
        shim: int,
        control: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        output: tuple[asyncio.StreamReader, asyncio.StreamReader],
        census: Census,
    ) -> None:
        self.pid = pid
        self.shim = shim
        self.out, self.err = output
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reader, self._writer = control
        self._census = census
        self._cpu_so_far = (0, 0)
        self._abandoned = False
        self._waiting = asyncio.create_task(self._wait())

    def signal(self, number: int) -> None:
        """Send a signal to the process itself; nothing happens where it has ended."""
        self._tell({"signal": int(number)})

    def signal_all(self, number: int) -> None:
        """Send a signal to it and to all that it has started."""
        self._tell({"all": int(number)})

    def usage(self) -> Usage | None:
        """What it and all that it has started use now; CPU time never goes back."""
        found = self._census.usage(self.pid, self.shim)
        if found is None or self.ended.done():
            return None
        user = max(found.user_ns, self._cpu_so_far[0])
        system = max(found.system_ns, self._cpu_so_far[1])
        self._cpu_so_far = (user, system)
        return found.with_cpu(user, system)

    def abandon(self) -> None:
        """Part with it. `ended` comes when nothing of it is left."""
        # Its shim ends it when it hears nothing more; it can still be heard itself.
        if not self._abandoned and not self._writer.is_closing():
            self._abandoned = True
            self._writer.write_eof()

    def memory(self) -> int:
        """Resident bytes of it and all that it has started."""
        return self._census.memory(self.pid, self.shim)

    def kill_largest(self) -> None:
        """Do as the kernel does where memory is short: kill the one process that has most of it."""
        largest = self._census.largest(self.pid, self.shim)
        if largest is not None:
            with contextlib.suppress(psutil.Error):
                largest.kill()

    def table(self) -> Sequence[psutil.Process]:
        """It and all that it has started."""
        return self._census.members(self.pid, self.shim)

    def _tell(self, command: Mapping[str, int]) -> None:
        if not self._abandoned and not self._writer.is_closing():
            self._writer.write(json.dumps(command).encode() + b"\n")

    async def _wait(self) -> None:
        code = KILLED
        try:
            with contextlib.suppress(OSError, ValueError):
                if line := await self._reader.readline():
                    code = int(json.loads(line)["code"])
        finally:
            self._writer.close()
            if not self.ended.done():
                self.ended.set_result(code)
            if sys.platform != "linux" and code == KILLED:
                # A shim that was killed takes nothing along here.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)


class Keeper:
    """The process that starts all others; see keeper.py. It is started when first needed, and anew where it ended."""

    def __init__(self, census: Census) -> None:
        self._census = census
        self._socket: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()

    async def launch(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        farewell: tuple[int, float] = NO_FAREWELL,
    ) -> ProcessRun:
        """As `Launcher` says. Raises LaunchError."""
        keeper = await self._running()
        ours, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        try:
            socket.send_fds(keeper, [b"x"], [theirs.fileno(), out_write, err_write])
        except OSError as error:
            ours.close()
            os.close(out_read)
            os.close(err_read)
            raise LaunchError(f"the keeper of processes is gone: {error}") from error
        finally:
            theirs.close()
            os.close(out_write)
            os.close(err_write)
        output = (await _reader(out_read), await _reader(err_read))
        control = await asyncio.open_connection(sock=ours)
        order = {
            "argv": list(argv),
            "environment": dict(environment),
            "folder": folder,
            "farewell": int(farewell[0]),
            "grace_s": farewell[1],
        }
        control[1].write(json.dumps(order).encode() + b"\n")
        try:
            said: dict[str, Any] = json.loads(await control[0].readline() or b"{}")
        except (OSError, ValueError):
            said = {}
        if "pid" not in said:
            control[1].close()
            raise LaunchError(said.get("failed", "the process was killed while it was started"))
        return ProcessRun(said["pid"], said["shim"], control, output, self._census)

    async def close(self) -> None:
        """End the keeper. Its shims end with the runs that they are for."""
        process, self._process = self._process, None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if process is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _running(self) -> socket.socket:
        async with self._starting:
            if self._process is not None and self._process.returncode is None and self._socket is not None:
                return self._socket
            await self.close()
            ours, theirs = socket.socketpair()
            # A session of its own: Ctrl-C is for the engine. -S: it needs no packages, and starts in 10 ms.
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_KEEPER)),
                stdin=theirs.fileno(),
                stdout=asyncio.subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
            theirs.close()
            self._socket = ours
            return ours


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader
