"""A proxy that makes a healthy server sick, and well again, while it is being talked to.

It runs in a thread of its own, so that it serves synchronous and asynchronous tests alike, and a test may
switch its mode at any moment. A mode holds for connections that are open already as well as for new ones.

    with FaultProxy(("127.0.0.1", 5432)) as proxy:          # or FaultProxy(Path("/run/docker.sock"))
        connect(proxy.host, proxy.port)                     # or proxy.path
        proxy.blackhole()
        proxy.passes()

When a method returns, its mode is in force.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from tests.faults.wire import Mode, Name, Wire

T = TypeVar("T")

_PATIENCE_S = 10.0
"""Bound of every wait for the proxy's own thread, which never waits for anybody else."""


class FaultProxy:
    """Listens on loopback (for a TCP upstream) or on a Unix socket (for a path), and passes bytes both ways.

    upstream  (host, port), a path, or None: nothing is behind it, so that only faults make sense
    listen    where to listen on a Unix socket; default for a path: a socket in a temporary folder of its own
    """

    def __init__(self, upstream: tuple[str, int] | Path | None, *, listen: Path | None = None) -> None:
        self._upstream = upstream
        self._path = listen
        self._unix = listen is not None or isinstance(upstream, Path)
        self._mode = Mode(Name.PASS)
        self._wires: set[Wire] = set()
        self._accepted = 0
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread | None = None
        self._listener: socket.socket | None = None
        self._arriving: set[asyncio.Task[object]] = set()
        self._reservation: socket.socket | None = None
        self._folder: Path | None = None
        self._port = 0

    @property
    def host(self) -> str:
        """Where a TCP proxy listens."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port of a TCP proxy. It stays the same, and nobody else's, while the proxy refuses."""
        assert self._port, "this proxy has not started, or listens on a Unix socket"
        return self._port

    @property
    def path(self) -> Path:
        """The socket of a Unix proxy."""
        assert self._path is not None, "this proxy has not started, or listens on TCP"
        return self._path

    @property
    def connections(self) -> int:
        """Connections that neither the client nor the proxy has closed."""
        return self._call(lambda: sum(wire.open for wire in self._wires))

    @property
    def accepted(self) -> int:
        """Connections accepted since the start."""
        return self._call(lambda: self._accepted)

    def wait_for_connections(self, number: int, timeout_s: float = 10.0) -> None:
        """Wait until exactly this many connections are open. Raises AssertionError when the time is up."""
        end = time.monotonic() + timeout_s
        while (now := self.connections) != number:
            assert time.monotonic() < end, f"{now} connections instead of {number} after {timeout_s} s"
            time.sleep(0.01)

    def passes(self) -> None:
        """Be a good network. What was held back travels now, as after a partition that heals."""
        self._become(Mode(Name.PASS))

    def latency(self, seconds: float) -> None:
        """Each chunk travels this much later, in both directions."""
        self._become(Mode(Name.LATENCY, seconds=seconds))

    def bandwidth(self, bytes_per_s: float) -> None:
        """No more than this travels in a second, in each direction of each connection."""
        self._become(Mode(Name.BANDWIDTH, rate=bytes_per_s))

    def blackhole(self) -> None:
        """Accept, answer nothing, keep everything open."""
        self._become(Mode(Name.BLACKHOLE))

    def refuse(self) -> None:
        """Be a server that was killed: nobody listens, and open connections are reset."""
        self._become(Mode(Name.REFUSE))

    def reset(self) -> None:
        """Accept, and reset at the client's first bytes; reset what is open at once.

        A Unix socket knows no reset; there, closing while the client's bytes lie unread has the same effect.
        """
        self._become(Mode(Name.RESET))

    def slow_close(self, seconds: float) -> None:
        """Bytes pass; the end of a stream travels this much later."""
        self._become(Mode(Name.SLOW_CLOSE, seconds=seconds))

    def garbage(self, count: int = 256, seed: int = 0) -> None:
        """Answer whatever the client says with this many random bytes, the same for the same seed."""
        self._become(Mode(Name.GARBAGE, count=count, seed=seed))

    def half_answer(self, after: int) -> None:
        """Let this many more bytes of answers through on each connection, then fall silent and keep it open."""
        self._become(Mode(Name.HALF_ANSWER, count=after))

    def cut(self, after: int) -> None:
        """Let this many more bytes of answers through on each connection, then close it."""
        self._become(Mode(Name.CUT, count=after))

    def start(self) -> FaultProxy:
        """Listen. Returns the proxy itself."""
        assert self._thread is None, "started already"
        self._reserve()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()
        self._await(self._listen())
        return self

    def stop(self) -> None:
        """Close everything and end the thread. May be called twice."""
        if self._thread is None:
            return
        self._await(self._switch(Mode(Name.REFUSE)))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        assert not self._thread.is_alive(), "the proxy's thread did not end"
        self._thread = None
        self._loop.close()
        if self._reservation is not None:
            self._reservation.close()
        if self._unix:
            self.path.unlink(missing_ok=True)
        if self._folder is not None:
            shutil.rmtree(self._folder)

    def __enter__(self) -> FaultProxy:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _reserve(self) -> None:
        if self._unix:
            if self._path is None:
                self._folder = Path(tempfile.mkdtemp(prefix="proxy-"))
                self._path = self._folder / "s"
            return
        # Bound and never listening, it keeps the port for us while the proxy refuses.
        self._reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._reservation.bind((self.host, 0))
        self._port = self._reservation.getsockname()[1]

    def _await(self, work: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    def _call(self, function: Callable[[], T]) -> T:
        async def on_the_loop() -> T:
            return function()

        return self._await(on_the_loop())

    def _become(self, mode: Mode) -> None:
        self._await(self._switch(mode))

    # From here on everything runs on the proxy's thread.

    async def _switch(self, mode: Mode) -> None:
        self._mode = mode
        if mode.name is Name.REFUSE:
            if self._listener is not None:
                self._loop.remove_reader(self._listener)
                self._listener.close()
                self._listener = None
        elif self._listener is None:
            await self._listen()
        if self._arriving:
            await asyncio.wait(self._arriving)
        wires = list(self._wires)
        for wire in wires:
            wire.become(mode)
        if mode.name in (Name.REFUSE, Name.RESET):
            for wire in wires:
                await wire.gone.wait()
            # Connects under way to the upstream end with their wires, one turn of the loop later.
            await asyncio.sleep(0)

    async def _listen(self) -> None:
        if self._unix:
            # The file outlives a refusing proxy, as it does a server that was killed.
            self.path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(str(self.path))
        else:
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.bind((self.host, self._port))
        listener.setblocking(False)
        listener.listen(128)
        self._loop.add_reader(listener, self._accept, listener)
        self._listener = listener

    def _accept(self, listener: socket.socket) -> None:
        # Not by a server of asyncio: what that accepts in the turn of the loop in which it is closed hangs in the air.
        with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
            accepted, _ = listener.accept()
            accepted.setblocking(False)
            arriving = self._loop.create_task(self._loop.connect_accepted_socket(self._new_wire, accepted))
            self._arriving.add(arriving)
            arriving.add_done_callback(self._arriving.discard)

    def _new_wire(self) -> asyncio.Protocol:
        self._accepted += 1
        wire = Wire(self._upstream, self._mode, self._wires.discard)
        self._wires.add(wire)
        return wire.client
