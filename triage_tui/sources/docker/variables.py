"""What is wrong with single variables of an environment, in words that hold nothing of their values. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from triage_tui.config.addresses import conninfo
from triage_tui.config.addresses.urls import UrlError
from triage_tui.model.environment import Flaw, FlawKind
from triage_tui.sources.docker.known_secrets import has_well_known_password, is_well_known
from triage_tui.text.nearest import nearest
from triage_tui.text.places.names import is_secret

_DATABASE = re.compile(
    r"(?:[A-Z0-9_]+_)?(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|SQLALCHEMY)(?:_DATABASE)?_UR[IL]"
)
_REDIS = re.compile(
    r"(?:[A-Z0-9_]+_)?(?:REDIS|VALKEY|BROKER|RESULT_BACKEND|CACHE|CELERY)(?:_UR[IL]|_BACKEND)?"
)
_REDIS_PASSWORD = re.compile(r"(?:[A-Z0-9_]+_)?(?:REDIS|VALKEY|BROKER|CACHE)_(?:PASSWORD|PASS|AUTH)")
_REDIS_URL = re.compile(r"(?:redis|rediss|valkey|valkeys)(?:\+[a-z]+)?://([^/?#]*)@([^/?#@]*)", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+._-]{0,30})://")
_POSTGRES = ("postgresql", "postgres")
_OTHERS = frozenset((
    "cockroachdb", "clickhouse", "duckdb", "file", "h2", "libsql", "mariadb", "mongodb", "mongodb+srv", "mssql",
    "mysql", "mysql2", "oracle", "prisma", "prisma+postgres", "redshift", "snowflake", "spanner", "spatialite",
    "postgis", "sqlite", "sqlite3", "sqlserver", "trino", "turso", "jdbc", "r2dbc", "timescale", "cockroach",
    "pgsql", "psql", "postgresql", "postgres",
))  # fmt: skip
"""Schemes that some driver or framework takes for a database."""

_REFERENCE = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|%\([a-z_]+\)s", re.IGNORECASE)
_QUOTES = ("'", '"', "`")


def is_database_url(name: str) -> bool:
    """Whether a variable of this name is meant to hold the address of a database."""
    return _DATABASE.fullmatch(name) is not None


def flaws_of(environment: Mapping[str, str]) -> Iterator[Flaw]:
    """Everything that is wrong with what is there. What is not there is for others to know."""
    for name, value in environment.items():
        database, secret = is_database_url(name), is_secret(name)
        if not value.strip():
            if database or secret or _REDIS.fullmatch(name):
                yield Flaw(name, FlawKind.EMPTY, "is set to nothing")
            continue
        if database and (wrong := wrong_with_database_url(value)) is not None:
            yield Flaw(name, FlawKind.DATABASE_URL, wrong)
        elif secret and is_well_known(value):
            yield Flaw(
                name,
                FlawKind.DEFAULT_SECRET,
                "has a value that stands in examples, so that everybody knows it",
            )
        elif has_well_known_password(value):
            yield Flaw(
                name,
                FlawKind.DEFAULT_SECRET,
                "holds a password that everybody knows: one of an example, or the user's own name",
            )
        if _REDIS.fullmatch(name) and (wrong := _doubled(value, environment)) is not None:
            yield Flaw(name, FlawKind.DOUBLE_PASSWORD, wrong)


def wrong_with_database_url(value: str) -> str | None:
    """Why a value is no address of a database; None where it is one, or where it is none that is known here."""
    url = value.strip()
    if url[0] in _QUOTES or url[-1] in _QUOTES:
        return "stands in quotes, which are part of it: take them out of the file that it comes from"
    if _REFERENCE.search(url):
        return "holds a reference to another variable that nobody has replaced"
    url = re.sub(r"(?i)\A(?:jdbc|r2dbc):", "", url)
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _without_scheme(url)
    word = scheme[1].lower().partition("+")[0]
    if word in _POSTGRES:
        try:
            conninfo.postgres(url)
        except UrlError as error:
            return str(error)
        return None
    if word in _OTHERS or scheme[1].lower() in _OTHERS:
        return None
    near = nearest(word, sorted(_OTHERS))
    hint = f": did you mean {near}://?" if near else ""
    # Letters before `://` are no secret, whatever comes after them.
    return f"starts with {word}://, which is no database{hint}" if word.isalpha() else "has an unknown scheme"


def _without_scheme(url: str) -> str | None:
    head = url.partition("/")[0].partition("@")[0].lower()
    word = head.rstrip(":").partition("+")[0]
    if head.endswith(":") and word in _OTHERS and not url.lower().startswith(("file:", "sqlite:")):
        return f"has one slash too few: {word}://user:password@host:port/name"
    if head.startswith(("file:", "sqlite:")) or "://" in url:
        return None
    try:
        conninfo.postgres(url)
    except UrlError:
        return "is no URL: postgresql://user:password@host:port/name"
    return None


def _doubled(value: str, environment: Mapping[str, str]) -> str | None:
    match = _REDIS_URL.match(value)
    if match is None:
        return None
    userinfo = match[1]
    if "@" in userinfo:
        return "holds a password twice: there are two @ in it"
    password = unquote(userinfo.partition(":")[2])
    if not password:
        return None
    for name, given in environment.items():
        if given and _REDIS_PASSWORD.fullmatch(name) and unquote(given) == password:
            return f"holds the password that {name} hands over as well: whoever puts the two together has it twice"
    return None
