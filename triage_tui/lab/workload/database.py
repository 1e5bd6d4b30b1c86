"""The shop's database: made once, then opened by the parts of the shop under their own names."""

from __future__ import annotations

import secrets
from importlib import resources
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from msgspec import Struct
from psycopg import AsyncConnection, sql

MAX_CONNECTIONS = 40
"""Few enough that the shop's two dozen sessions show on a bar."""


STATISTICS = "pg_stat_statements"
"""Counts statements, where it is among the libraries that the server loads when it starts."""


class Urls(Struct, frozen=True):
    """How to reach the database: as the shop, and as the role that watches it."""

    shop: str
    watcher: str


def make_database(server: str) -> Urls:
    """Make database, roles, tables and rows on an empty server, given the superuser's url. Raises psycopg.Error."""
    urls = Urls(*(_login(server, role, secrets.token_urlsafe(16)) for role in ("shop", "triage")))
    with psycopg.connect(server, autocommit=True) as connection:
        for url in (urls.shop, urls.watcher):
            login = urlsplit(url)
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(login.username or ""), sql.Literal(login.password)
                )
            )
        connection.execute("GRANT pg_monitor, pg_signal_backend TO triage")
        connection.execute("CREATE DATABASE shop OWNER shop")
    with psycopg.connect(server, dbname="shop") as connection:
        loaded = connection.execute("SHOW shared_preload_libraries").fetchone()
        if loaded and STATISTICS in loaded[0]:
            connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(STATISTICS)))
    with psycopg.connect(urls.shop) as connection:
        connection.execute(resources.files(__package__).joinpath("shop.sql").read_bytes())
    return urls


async def connect(url: str, part: str, *, autocommit: bool = True) -> AsyncConnection:
    """A session of one part of the shop, which the server knows by the part's name."""
    return await AsyncConnection.connect(url, application_name=part, autocommit=autocommit)


def _login(server: str, role: str, password: str) -> str:
    """The shop's database at the same address for another role, whatever PGSSLMODE asks of other servers."""
    parts = urlsplit(server)
    place = f"{role}:{quote(password)}@{parts.hostname}:{parts.port}"
    return urlunsplit((parts.scheme, place, "/shop", "sslmode=disable", ""))
