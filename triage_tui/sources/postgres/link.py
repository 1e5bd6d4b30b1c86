"""One connection to a server that may stop answering at any byte, and that must not suffer from us."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import traceback
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Composed
from psycopg.types.numeric import Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

T = TypeVar("T")

APPLICATION_NAME = "triage-tui"
"""How a server's own people recognise our sessions."""

STATEMENT_TIMEOUT_MS = 2000
"""What the server allows one statement. A question about a sick server that takes longer is part of the sickness."""

LOCK_TIMEOUT_MS = 100
"""We never stand in a queue: whoever waits behind our request for a lock would wait because of us."""

PATIENCE_S = 3.0
"""How long we wait for a statement's answer; more than the server allows it, so that its own words arrive first."""

CONNECT_TIMEOUT_S = 3
"""For each address of a host; libpq takes no less than 2, and without it more than two minutes."""

CONNECT_PATIENCE_S = 5.0
"""For all addresses together, TLS and authentication included."""

GUARDS = {
    "statement_timeout": f"{STATEMENT_TIMEOUT_MS}ms",
    "lock_timeout": f"{LOCK_TIMEOUT_MS}ms",
    "idle_in_transaction_session_timeout": "10s",
    "default_transaction_read_only": "on",
    "search_path": "pg_catalog",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
"""Our session changes nothing, waits for nothing, costs little and calls no functions but the server's own."""

_LOCAL_GUARDS = "; ".join(
    ["BEGIN READ ONLY"]
    + [f"SET LOCAL {name} = '{value}'" for name, value in GUARDS.items() if "transaction" not in name]
)

PREPARED_FROM = 2
"""Times that a statement is sent before the server is asked to keep its plan: some are sent once only."""

_PLAN_LOST = (
    psycopg.errors.InvalidSqlStatementName,
    psycopg.errors.DuplicatePreparedStatement,
    psycopg.errors.FeatureNotSupported,
)
"""A pooler after all, that gave us another connection; or what the plan was made for has changed."""

_DEFAULTS = {
    "connect_timeout": str(CONNECT_TIMEOUT_S),
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "6000",
    # Kerberos libraries ask their servers while everything else waits.
    "gssencmode": "disable",
}
"""A peer that vanishes: keepalives notice it while we wait for an answer, tcp_user_timeout while we send."""

# Without a handler of its own its warnings would be printed over the screen.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class SilenceError(Exception):
    """No answer within our own patience; the connection has been given up."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"no answer within {after_s:.3g} s")
        self.after_s = after_s


class _Connection(psycopg.AsyncConnection[DictRow]):
    """A connection that gives up at once when a statement is cancelled, instead of asking the server to."""

    async def cancel_safe(self, *, timeout: float = 0.0) -> None:
        """Called by psycopg when the task that waits for an answer is cancelled."""
        self.shut_down()

    def shut_down(self) -> None:
        """End the conversation; whoever waits for an answer gets an error at once.

        Closing the socket under the event loop's feet would not wake it up.
        """
        with (
            contextlib.suppress(OSError, psycopg.Error),
            socket.socket(fileno=os.dup(self.pgconn.socket)) as alias,
        ):
            alias.shutdown(socket.SHUT_RDWR)


class Link:
    """An open connection.

    pooled      a pooler stands between: our settings would stay with its connection and hit others, so each
                statement runs in a transaction with settings of its own
    statements  how many questions were asked
    """

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._asking = False
        self.pooled = False
        self.statements = 0

    @property
    def closed(self) -> bool:
        """No further statement can be sent."""
        return self._connection.closed

    async def ask(self, statement: str | Composed, parameters: Mapping[str, Any] = {}) -> list[DictRow]:
        """Send one statement; returns its rows by column name, text as bytes.

        Raises psycopg.Error where the server refuses it or the connection is lost, SilenceError where no answer
        comes. When that happens, or when the call is cancelled, the connection is given up.
        """
        self.statements += 1
        text = SQL(statement) if isinstance(statement, str) else statement
        work = self._in_transaction(text, parameters) if self.pooled else self._send(text, parameters)
        self._asking = True
        return await bounded(work, PATIENCE_S, self._connection.shut_down, self._answered)

    async def ask_plainly(self, statement: LiteralString) -> list[DictRow]:
        """Likewise by the simple protocol, which is all that the console of a pooler speaks. Values come as they do."""
        self.statements += 1
        self._asking = True
        work = self._execute(SQL(statement), {}, binary=False)
        return await bounded(work, PATIENCE_S, self._connection.shut_down, self._answered)

    def keep_plans(self) -> None:
        """Have the server keep the plans of what is asked again and again: making them costs it as much as the rest."""
        self._connection.prepare_threshold = PREPARED_FROM

    async def _send(self, statement: SQL | Composed, parameters: Mapping[str, Any]) -> list[DictRow]:
        try:
            return await self._execute(statement, parameters)
        except _PLAN_LOST:
            if self._connection.prepare_threshold is None:
                raise
            self._connection.prepare_threshold = None
            return await self._execute(statement, parameters)

    async def _execute(
        self, statement: SQL | Composed, parameters: Mapping[str, Any], *, binary: bool = True
    ) -> list[DictRow]:
        async with self._connection.cursor(binary=binary) as cursor:
            # Without parameters and in text, psycopg uses the simple protocol.
            await cursor.execute(statement, parameters if binary else None)
            return await cursor.fetchall()

    async def _in_transaction(
        self, statement: SQL | Composed, parameters: Mapping[str, Any]
    ) -> list[DictRow]:
        await self._connection.execute(_LOCAL_GUARDS)
        try:
            return await self._send(statement, parameters)
        finally:
            if not self._connection.closed:
                await self._connection.execute("ROLLBACK")

    def _answered(self) -> None:
        self._asking = False

    def close(self) -> None:
        """Leave at once, whatever is under way. Waits for nobody."""
        if self._asking:
            self._connection.shut_down()
        else:
            self._connection.pgconn.finish()


async def connect(
    parameters: Mapping[str, str], *, guarded: bool, application: str = APPLICATION_NAME, acts: bool = False
) -> Link:
    """Open a connection. Raises psycopg.Error, SilenceError.

    guarded      ask for our settings in the first message, which poolers may refuse
    application  how the session calls itself
    acts         it may change something; every other one asks the server to see to it that it does not
    """
    guards = {name: value for name, value in GUARDS.items() if not (acts and "read_only" in name)}
    options = " ".join(f"-c {name}={value}" for name, value in guards.items()) if guarded else ""
    settings: dict[str, Any] = {
        **_DEFAULTS,
        **parameters,
        "application_name": application,
        # Text arrives as the bytes that it is: a conversion that fails would lose the whole answer.
        "client_encoding": "SQL_ASCII",
        "options": f"{parameters.get('options', '')} {options}".strip(),
    }
    opening = _Connection.connect(autocommit=True, prepare_threshold=None, row_factory=dict_row, **settings)
    try:
        connection = cast(_Connection, await bounded(opening, CONNECT_PATIENCE_S))
    except psycopg.Error as error:
        _let_go(error)
        raise
    # As they are sent: microseconds since 2000, and records that are taken apart where they are new.
    connection.adapters.register_loader("timestamptz", Int8BinaryLoader)
    connection.adapters.register_loader("record", ByteaBinaryLoader)
    return Link(connection)


def _let_go(error: BaseException | None) -> None:
    """Close what an error of a connection attempt keeps alive: the connection itself, in the error or in the frames
    of its traceback. Its socket would stay open until the garbage collector comes by, one for each failed look."""
    while error is not None:
        if isinstance(error, psycopg.Error) and error.pgconn is not None:
            error.pgconn.finish()
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


async def bounded(
    work: Coroutine[Any, Any, T],
    patience_s: float,
    abandon: Callable[[], None] | None = None,
    ended: Callable[[], None] = lambda: None,
) -> T:
    """The result of work, or SilenceError when the time is up, even where the work does not react to cancelling.

    abandon  ends the work from outside; None: it is cancelled. Used when the time is up or we are cancelled.
    ended    called when the work has ended, whenever that is
    """
    task = asyncio.ensure_future(work)

    def take_note(_: asyncio.Future[T]) -> None:
        """Of an outcome that perhaps nobody waits for any more."""
        if not task.cancelled():
            task.exception()
        ended()

    task.add_done_callback(take_note)
    try:
        await asyncio.wait({task}, timeout=patience_s)
    finally:
        if not task.done():
            (abandon or task.cancel)()
    if not task.done():
        raise SilenceError(patience_s)
    return task.result()
