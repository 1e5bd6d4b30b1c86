"""PostgreSQL and Redis servers, and poolers, behind the ports that containers publish."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import quote

from triage_tui.config.addresses.conninfo import POSTGRES_PORT
from triage_tui.config.addresses.urls import MAX_PORT, REDIS_PORT
from triage_tui.config.discovery.endpoints import Endpoint, endpoints, same_host, unused_name
from triage_tui.config.published import Published
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PgbouncerSpec, PostgresSpec, RedisSpec, TargetSpec
from triage_tui.config.toml.rules import MAX_NAME
from triage_tui.text import safe

_PORTS = {"postgres": POSTGRES_PORT, "redis": REDIS_PORT}

_POOLER = "pgbouncer"
_POOLER_PORTS = (6432, POSTGRES_PORT)
_POOLER_USER = ("DB_USER", "POSTGRESQL_USERNAME", "POSTGRES_USER")
_POOLER_PASSWORD = ("DB_PASSWORD", "POSTGRESQL_PASSWORD", "POSTGRES_PASSWORD")
_POOLER_LISTS = ("STATS_USERS", "ADMIN_USERS", "PGBOUNCER_STATS_USERS", "PGBOUNCER_ADMIN_USERS")
"""Who may use the console. Whoever is in none of them would only be told so, at every look."""

_OTHER_THINGS = re.compile(
    r"exporter|backup|dump|admin|postgrest|bouncer|pgpool|pgcat|odyssey|proxy|sentinel|insight|commander|operator"
    r"|graphile|hasura|metabase|adminer|wal-g|migrat"
)
"""Images with a server's name in theirs that are no such server."""

_IMAGES = {
    "postgres": re.compile(
        r"postgres|postgis|timescale|pgvector|spilo|citus|paradedb|pgautoupgrade|apache/age"
    ),
    "redis": re.compile(r"redis|valkey|keydb|dragonfly|falkordb|garnet"),
}

_POSTGRES_USER = ("POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER", "PGUSER_SUPERUSER")
_POSTGRES_PASSWORD = (
    "POSTGRES_PASSWORD",
    "POSTGRESQL_PASSWORD",
    "POSTGRESQL_POSTGRES_PASSWORD",
    "PGPASSWORD_SUPERUSER",
)
_POSTGRES_DATABASE = ("POSTGRES_DB", "POSTGRESQL_DATABASE", "POSTGRES_DATABASE")
_REDIS_PASSWORD = (
    "REDIS_PASSWORD",
    "VALKEY_PASSWORD",
    "KEYDB_PASSWORD",
    "DRAGONFLY_PASSWORD",
    "DFLY_requirepass",
)
_REDIS_ARGUMENTS = ("REDIS_ARGS", "VALKEY_EXTRA_FLAGS", "REDIS_EXTRA_FLAGS")
_PORT_VARIABLES = {
    "postgres": ("PGPORT", "POSTGRESQL_PORT_NUMBER"),
    "redis": ("REDIS_PORT_NUMBER", "VALKEY_PORT_NUMBER", "REDIS_PORT"),
}


def targets_from(published: Iterable[Published], known: Collection[TargetSpec]) -> tuple[TargetSpec, ...]:
    """A target for every PostgreSQL and Redis server and every PgBouncer that a container publishes and that is not
    known already. Of a pooler only its console is watched, and only where its user may use that.

    Credentials are those that the container was started with. Where they come from a file inside the container
    (`POSTGRES_PASSWORD_FILE`) there is none. Names are those of the containers; the order is that of the names.
    """
    taken: set[Endpoint] = set()
    for spec in known:
        taken |= endpoints(spec)
    names = {spec.name for spec in known}
    found: list[TargetSpec] = []
    ports = sorted(
        published, key=lambda port: (port.container, port.container_port, port.host, port.host_port)
    )
    for port in ports:
        kind = _kind(port)
        host = _reachable(port.host)
        endpoint = (kind or "", same_host(host), port.host_port)
        if kind is None or endpoint in taken or not 0 < port.host_port <= MAX_PORT:
            continue
        shown = safe(port.container.lstrip("/"), limit=MAX_NAME - 12) or kind
        name = unused_name([shown, f"{shown}-{kind}", f"{shown}-{port.host_port}"], names)
        taken.add(endpoint)
        names.add(name)
        where = f"[{host}]:{port.host_port}" if ":" in host else f"{host}:{port.host_port}"
        found.append(_SPECS[kind](name, where, port))
    return tuple(found)


def _kind(port: Published) -> str | None:
    """What listens behind a port, by the image's name and the port inside; None for anything else."""
    image = port.image.partition("@")[0].lower()
    path, colon, tag = image.rpartition(":")
    image = path if colon and "/" not in tag else image
    if _POOLER in image.rpartition("/")[2]:
        return _POOLER if port.container_port in _POOLER_PORTS and _may_use_console(port) else None
    if _OTHER_THINGS.search(image.rpartition("/")[2]):
        return None
    for kind, default in _PORTS.items():
        if _IMAGES[kind].search(image):
            moved = _first(port.environment, _PORT_VARIABLES[kind])
            return kind if str(port.container_port) in (str(default), moved) else None
    return next((kind for kind, default in _PORTS.items() if port.container_port == default), None)


def _reachable(host: str) -> str:
    """The address to connect to: a port that is published on all addresses is reached on loopback."""
    bare = host.strip("[]")
    return "127.0.0.1" if bare in ("", "0.0.0.0", "::", "*") else bare


def _postgres(name: str, where: str, port: Published) -> PostgresSpec:
    user = _first(port.environment, _POSTGRES_USER) or "postgres"
    password = _first(port.environment, _POSTGRES_PASSWORD)
    trusted = _first(port.environment, ("POSTGRES_HOST_AUTH_METHOD",)) == "trust"
    secret = f":{quote(password, safe='')}" if password and not trusted else ""
    database = _first(port.environment, _POSTGRES_DATABASE) or user
    return PostgresSpec(
        name,
        url=Secret(f"postgresql://{quote(user, safe='')}{secret}@{where}/{quote(database, safe='')}"),
    )


def _may_use_console(port: Published) -> bool:
    user = _first(port.environment, _POOLER_USER)
    lists = (_first(port.environment, (name,)) or "" for name in _POOLER_LISTS)
    return bool(user) and any(user in re.split(r"[,\s]+", each) for each in lists)


def _pgbouncer(name: str, where: str, port: Published) -> PgbouncerSpec:
    user = _first(port.environment, _POOLER_USER) or ""
    password = _first(port.environment, _POOLER_PASSWORD)
    secret = f":{quote(password, safe='')}" if password else ""
    return PgbouncerSpec(name, Secret(f"postgresql://{quote(user, safe='')}{secret}@{where}/{_POOLER}"))


def _redis(name: str, where: str, port: Published) -> RedisSpec:
    password = _first(port.environment, _REDIS_PASSWORD) or _required_pass(port.environment)
    secret = f":{quote(password, safe='')}@" if password else ""
    scheme = (
        "rediss"
        if _first(port.environment, ("REDIS_TLS_ENABLED", "VALKEY_TLS_ENABLED")) == "yes"
        else "redis"
    )
    return RedisSpec(name, Secret(f"{scheme}://{secret}{where}/0"))


def _required_pass(environment: Mapping[str, Secret]) -> str | None:
    """The password in `--requirepass`, where images take the server's arguments from a variable."""
    for name in _REDIS_ARGUMENTS:
        arguments = _first(environment, (name,)) or ""
        try:
            words = shlex.split(arguments)
        except ValueError:
            continue
        if "--requirepass" in words[:-1]:
            return words[words.index("--requirepass") + 1]
    return None


def _first(environment: Mapping[str, Secret], names: Iterable[str]) -> str | None:
    """The first of these variables that is set to something."""
    return next((value.reveal() for name in names if (value := environment.get(name))), None)


_SPECS: dict[str, Callable[[str, str, Published], TargetSpec]] = {
    "postgres": _postgres,
    "redis": _redis,
    _POOLER: _pgbouncer,
}
