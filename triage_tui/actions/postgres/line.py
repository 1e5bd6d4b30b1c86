"""A short connection of its own for acting, with the limits under which sources look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import DictRow

from triage_tui.actions.act import Reach, Refused
from triage_tui.actions.unreached import UnreachedError
from triage_tui.config.settings import PostgresSpec
from triage_tui.model import Problem
from triage_tui.sources.postgres.conninfo import ConnectionInfo, MalformedError, read_conninfo
from triage_tui.sources.postgres.failures import link_problem
from triage_tui.sources.postgres.link import Link, SilenceError, connect
from triage_tui.sources.postgres.resolver import Resolver, ResolverBusyError

APPLICATION_NAME = "triage-act"
"""How the server's own people recognise that somebody acts."""

UNREACHED = (psycopg.Error, SilenceError, ResolverBusyError, OSError)

_CUT_SHORT = ("57014", "57P01", "57P02", "57P03")
"""The server ended the statement in the middle, by its time limit or by going down: a signal may have been sent."""


class Line:
    """An open connection, and whose it is."""

    def __init__(self, link: Link, info: ConnectionInfo) -> None:
        self._link = link
        self.info = info

    async def ask(self, name: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        """Send the statement of a file. Raises what `Link.ask` raises."""
        return await self._link.ask(statement(name), parameters)

    async def ask_if_possible(self, name: str, parameters: Mapping[str, Any]) -> list[DictRow] | None:
        """Likewise; None where the server does not answer that one. Raises where the connection is lost."""
        try:
            return await self.ask(name, parameters)
        except psycopg.Error:
            if self._link.closed:
                raise
            return None

    def problem(self, error: Exception) -> Problem:
        """An error of a statement in words."""
        return link_problem(error, self.info)


def certain(error: Exception) -> bool:
    """The server said no: what was asked for has not been done."""
    return (
        isinstance(error, psycopg.Error) and error.pgresult is not None and error.sqlstate not in _CUT_SHORT
    )


@asynccontextmanager
async def line(reach: Reach, target: str) -> AsyncIterator[Line]:
    """Connect to a target for as long as the block lasts. Raises Refused, UnreachedError."""
    info = where(reach, target)
    resolver = Resolver()
    try:
        try:
            parameters = await resolver.resolve(info.parameters)
            link = await _open(parameters)
        except UNREACHED as error:
            raise UnreachedError(link_problem(error, info)) from error
        try:
            yield Line(link, info)
        finally:
            link.close()
    finally:
        resolver.close()


def where(reach: Reach, target: str) -> ConnectionInfo:
    """The address of a target. Raises Refused."""
    spec = reach.spec(target)
    if not isinstance(spec, PostgresSpec):
        raise Refused(
            "argument", f"{target} is no PostgreSQL server", "Name one; `triage snapshot` lists them."
        )
    try:
        return read_conninfo(spec.url)
    except MalformedError as error:
        raise Refused("unavailable", str(error), "Correct the url of this target.") from None


async def _open(parameters: Mapping[str, str]) -> Link:
    try:
        return await connect(parameters, guarded=True, application=APPLICATION_NAME, acts=True)
    except psycopg.OperationalError as error:
        if "unsupported startup parameter" not in str(error):
            raise
    link = await connect(parameters, guarded=False, application=APPLICATION_NAME, acts=True)
    # A pooler: each statement in a transaction with limits of its own. A signal is sent whatever becomes of it.
    link.pooled = True
    return link


@cache
def statement(name: str) -> str:
    """The text of a statement."""
    return (files("triage_tui.actions.postgres") / "sql" / f"{name}-13.sql").read_text(encoding="utf-8")


def shown_statement(name: str, values: Mapping[str, str | int]) -> str:
    """A statement as it is sent, in one line, for people."""
    lines = [text for text in statement(name).splitlines() if not text.startswith("--")]
    text = " ".join(" ".join(lines).split())
    for key, value in values.items():
        text = text.replace(f"%({key})s", str(value) if isinstance(value, int) else f"'{value}'")
    return text
