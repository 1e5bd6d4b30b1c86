"""One connection to one database of a server: commands go out together, every answer comes back as a value.

redis-py's own client and pipeline are not used: their pipeline gives up at the first answer that they class as a
connection error, and LOADING and NOAUTH are among these, while INFO in the same pipeline has been answered. The
client also retries, pings and names itself in ways that some servers refuse.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct
from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    InvalidResponse,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from triage_tui.sources.worker import StillBusyError, Worker

CLIENT_NAME = "triage"
"""How our connections call themselves in CLIENT LIST and in the slow log."""

CONNECT_TIMEOUT_S = 1.5
ANSWER_TIMEOUT_S = 1.5

Command = tuple[str | bytes | int, ...]


class Refusal(Struct, frozen=True):
    """An answer that is an error. code: the first word of it, e.g. `NOPERM`; words: the whole of it."""

    code: str
    words: str


Reply = Any
"""bytes, int, float, bool, None, a list or a dict of these, or a Refusal."""


class BrokenError(Exception):
    """The connection could not be made, or did not last: __cause__ says why.

    refusal  what the server said in place of an answer, where it said something
    """

    def __init__(self, refusal: Refusal | None = None) -> None:
        super().__init__(refusal.words if refusal else "broken")
        self.refusal = refusal


_REJECTED = frozenset(
    {
        "NOPERM",
        "NOAUTH",
        "LOADING",
        "BUSY",
        "MASTERDOWN",
        "MISCONF",
        "OOM",
        "MOVED",
        "CLUSTERDOWN",
        "CROSSSLOT",
        "NOREPLICAS",
    }
)
"""Refusals that come before a command runs: the server does not count these commands."""

_CODES: tuple[tuple[type[RedisError], str], ...] = (
    (BusyLoadingError, "LOADING"),
    (AuthenticationError, "NOAUTH"),
    (AuthorizationError, "NOAUTH"),
)
"""For releases of redis-py that keep no `status_code`."""


class Wire:
    """Asks one at a time, in the order of the calls; connects when there is something to ask.

    url       as `config.addresses.urls.redis` leaves it
    database  the number to select; no SELECT is sent for 0
    resolver  where names are looked up, so that a resolver that hangs keeps this one thread and no more
    name      how the connection calls itself
    again     ask once more where the connection was dropped while it was idle; never for what changes something
    """

    def __init__(
        self, url: str, database: int, resolver: Worker, *, name: str = CLIENT_NAME, again: bool = True
    ) -> None:
        options: dict[str, Any] = dict(parse_url(url))
        self._class: type[AbstractConnection] = options.pop("connection_class", Connection)
        self._protocols: list[int] = [int(options.pop("protocol"))] if "protocol" in options else [3, 2]
        self._options: Mapping[str, Any] = options | {"db": database}
        self._resolver = resolver
        self._greeting: tuple[Command, ...] = (("CLIENT", "SETNAME", name),)
        self._again = again
        self._connection: AbstractConnection | None = None
        self._turn = asyncio.Lock()
        self._introduced = False
        self.executed = 0
        """Commands of ours that the server has counted."""

    async def ask(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands in one go and read their answers, a Refusal for each that the server refused.

        Raises BrokenError. Cancelling closes the connection, since answers may still be on their way.
        """
        if not commands:
            return []
        async with self._turn:
            reused = self._again and self._connection is not None
            before = self.executed
            try:
                return await self._exchange(commands)
            except BrokenError as error:
                # A server or a firewall drops idle connections, and a restarted server has dropped all of them: that
                # is no news. Nothing was answered, everything is a read, and the second connection is the last.
                if not reused or self.executed != before or not _lost(error):
                    raise
            return await self._exchange(commands)

    async def _exchange(self, commands: Sequence[Command]) -> list[Reply]:
        try:
            connection = await self._connected()
            greeting = self._greeting if not self._introduced else ()
            self._introduced = True
            packed = connection.pack_commands([*greeting, *commands])
            async with _within(ANSWER_TIMEOUT_S):
                await connection.send_packed_command(packed, check_health=False)
            # The greeting may be refused: the name is a courtesy.
            replies = [await self._answer(connection) for _ in range(len(greeting) + len(commands))]
        except BrokenError:
            await self.close()
            raise
        except (RedisError, OSError) as error:
            await self.close()
            raise BrokenError(_refusal(error)) from error
        except Exception as error:
            # redis-py meets garbage with whatever int(), dict() or its parser raises.
            await self.close()
            raise BrokenError from error
        except BaseException:
            await self.close()
            raise
        return replies[len(greeting) :]

    async def close(self) -> None:
        """Drop the connection without waiting for the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def _connected(self) -> AbstractConnection:
        if self._connection is not None:
            return self._connection
        await self._resolve()
        while True:
            connection = self._new_connection(self._protocols[0])
            try:
                async with _within(CONNECT_TIMEOUT_S + ANSWER_TIMEOUT_S):
                    await connection.connect()  # type: ignore[no-untyped-call]
            except BaseException as error:
                await connection.disconnect(nowait=True)
                refusal = _refusal(error)
                # Servers and proxies that know no HELLO say so in many ways.
                if len(self._protocols) == 1 or refusal is None or refusal.code not in ("ERR", "NOPROTO"):
                    raise
                self._protocols.pop(0)
                continue
            self._connection = connection
            self._introduced = False
            self.executed += _handshake_commands(self._options, self._protocols[0])
            return connection

    def _new_connection(self, protocol: int) -> AbstractConnection:
        return self._class(
            **self._options,
            protocol=protocol,
            # The time limits are ours: redis-py's own for sending rests on asyncio.wait_for, which up to Python 3.11
            # swallows the cancelling of a look, and costs a task for each command.
            socket_timeout=None,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
            driver_info=None,
        )

    async def _resolve(self) -> None:
        """Look the host up once where a hang is contained; asyncio's own look-up then finds the answer at hand."""
        host = self._options.get("host", "localhost")
        if "path" in self._options or _is_number(host):
            return
        port = self._options.get("port", 6379)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._resolver.run(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (TimeoutError, StillBusyError):
            raise BrokenError from socket.gaierror(socket.EAI_AGAIN, "the name look-up does not answer")

    async def _answer(self, connection: AbstractConnection) -> Reply:
        try:
            async with _within(ANSWER_TIMEOUT_S):
                reply: Reply = await connection.read_response(
                    disable_decoding=True, disconnect_on_error=False
                )
        except RedisError as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            reply = refusal
        if not (isinstance(reply, Refusal) and _uncounted(reply)):
            self.executed += 1
        return reply


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    """Raises redis-py's TimeoutError when the time is up; the network's own passes."""
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise RedisTimeoutError from None
        raise


def executed_by(wires: Iterable[Wire]) -> int:
    """Commands of ours that the server has counted, over several connections."""
    return sum(wire.executed for wire in wires)


def _refusal(error: BaseException) -> Refusal | None:
    """What the server said, where an exception of redis-py carries words of the server; None for the rest."""
    if isinstance(error, RedisTimeoutError | InvalidResponse):
        return None
    words = str(error)
    code = getattr(error, "status_code", None) or next(
        (code for kind, code in _CODES if isinstance(error, kind)), None
    )
    if code is None:
        if "max number of clients" in words:
            return Refusal("ERR", words)
        if isinstance(error, RedisConnectionError) or not isinstance(error, ResponseError):
            return None
        first = words.partition(" ")[0]
        return Refusal(first, words) if first.isupper() else Refusal("ERR", words)
    # redis-py cuts the code off the words where it knows the code.
    return Refusal(code, words if code == "ERR" or words.startswith(f"{code} ") else f"{code} {words}")


def _lost(error: BrokenError) -> bool:
    """The connection was closed on us, as opposed to a server that is silent or talks nonsense."""
    return error.refusal is None and isinstance(error.__cause__, RedisConnectionError | ConnectionError)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _uncounted(refusal: Refusal) -> bool:
    return refusal.code in _REJECTED or "unknown command" in refusal.words.lower()


def _handshake_commands(options: Mapping[str, Any], protocol: int) -> int:
    authenticates = bool(options.get("username") or options.get("password"))
    return int(protocol == 3 or authenticates) + int(bool(options["db"]))
