"""What is here to watch when nobody has said: the environment's variables, sockets, and this machine itself.

Nothing is contacted. A file named `.env` is not read: it says what some program would be started with, not what runs.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.config.addresses.conninfo import POSTGRES_PORT
from triage_tui.config.addresses.urls import REDIS_PORT, UrlError, database_of
from triage_tui.config.discovery.endpoints import (
    LOCALHOST,
    POSTGRES_SOCKETS,
    Endpoint,
    endpoints,
    unused_name,
)
from triage_tui.config.discovery.engines import find_engines
from triage_tui.config.discovery.listening import listens, runs_outside_containers
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, HostSpec, PostgresSpec, RedisSpec, TargetSpec
from triage_tui.config.toml.target import address_of, left_out
from triage_tui.text import safe

MAX_FROM_VARIABLES = 16
"""Targets taken from variables. An environment with more is that of something which starts others."""

_VARIABLE = re.compile(
    r"(?:(?P<prefix>[A-Z][A-Z0-9_]*)_)?(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|REDIS|REDISCLOUD|VALKEY|BROKER)_UR[LI]"
    r"|(?P<celery>CELERY)_RESULT_BACKEND"
)
_WELL_KNOWN = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "BROKER_URL")
"""Read first, and worth a word when they name something that is not watched."""

_KINDS = {"postgres": "postgres", "postgresql": "postgres"} | dict.fromkeys(
    ("redis", "rediss", "valkey", "valkeys"), "redis"
)
_NOT_WATCHED = frozenset(
    {"amqp", "amqps", "cockroachdb", "http", "https", "kafka", "mariadb", "memory", "mongodb", "mssql"}
    | {"mysql", "oracle", "pyamqp", "sqlite", "sqs"}
)
_LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE")
"""Those that name a server or a database. PGUSER and PGPORT alone are habits of a person, not a server."""

_SOCKET = re.compile(r"\.s\.PGSQL\.(\d{1,5})")
_REDIS_COMMANDS = frozenset({"redis-server", "valkey-server", "keydb-server", "dragonfly"})


class Discovered(Struct, frozen=True):
    """What was found. variables: target → the environment variable that is its url."""

    targets: tuple[TargetSpec, ...]
    variables: dict[str, str] = {}
    notes: tuple[str, ...] = ()


def discover(
    environ: Mapping[str, str], root: Path = Path("/"), known: Sequence[TargetSpec] = ()
) -> Discovered:
    """Everything that is here to watch and is not among `known`, each server once, under names of its own.

    root: where sockets and /proc are looked for
    """
    found = _Found(environ, known)
    engines = find_engines(environ, root)
    # A configured engine without an address is the one that would be found here.
    if not any(isinstance(spec, DockerSpec) and spec.url is None and spec.context is None for spec in known):
        for engine in engines.specs:
            found.add(engine, engines.variable)
    if not any(isinstance(spec, DockerSpec) for spec in known):
        found.notes.extend(engines.notes)
    _from_variables(found)
    if any(environ.get(name) for name in _LIBPQ_VARIABLES):
        found.add(PostgresSpec("postgres-env"))
    _from_postgres_sockets(found, root)
    has_engine = any(isinstance(spec, DockerSpec) for spec in (*known, *found.targets))
    if listens(REDIS_PORT, root / "proc") and (
        # Where there is an engine, the listener may be a container's published port: then the container says so
        # itself, and with it the password, which a guess would not have.
        not has_engine or runs_outside_containers(_REDIS_COMMANDS, root / "proc")
    ):
        found.add(RedisSpec("redis-local", Secret(f"redis://127.0.0.1:{REDIS_PORT}/0")))
    if not any(isinstance(spec, HostSpec) for spec in known):
        found.add(HostSpec())
    return Discovered(tuple(found.targets), found.variables, tuple(found.notes))


class _Found:
    """Targets so far, and which servers and names are taken."""

    def __init__(self, environ: Mapping[str, str], known: Sequence[TargetSpec]) -> None:
        self.environ = environ
        self.targets: list[TargetSpec] = []
        self.variables: dict[str, str] = {}
        self.notes: list[str] = []
        self._names = {spec.name for spec in known}
        self._taken: set[Endpoint] = set()
        for spec in known:
            self._taken |= endpoints(spec, environ)

    def add(self, spec: TargetSpec, variable: str | None = None) -> bool:
        """Add a target unless its server is there already; then only what it says about databases is kept."""
        where = endpoints(spec, self.environ)
        if where & self._taken:
            self._merge(spec, where)
            return False
        self._taken |= where
        spec = replace(spec, name=unused_name([spec.name], self._names))
        self._names.add(spec.name)
        self.targets.append(spec)
        if variable is not None:
            self.variables[spec.name] = variable
        return True

    def has_local(self, kind: str, port: int) -> bool:
        """A server on this machine's port is there already."""
        return (kind, LOCALHOST, port) in self._taken

    def _merge(self, spec: TargetSpec, where: frozenset[Endpoint]) -> None:
        """A second url of one Redis server may name another database, where queues are to be looked for as well."""
        if not isinstance(spec, RedisSpec):
            return
        for index, other in enumerate(self.targets):
            if isinstance(other, RedisSpec) and endpoints(other, self.environ) & where:
                first = other.queue_databases or (database_of(other.url.reveal()),)
                databases = tuple(sorted({*first, database_of(spec.url.reveal())}))
                if databases != first:
                    self.targets[index] = replace(other, queue_databases=databases)


def _from_variables(found: _Found) -> None:
    named = [name for name in found.environ if _VARIABLE.fullmatch(name)]
    rank = {name: index for index, name in enumerate(_WELL_KNOWN)}
    ordered = sorted(named, key=lambda name: (rank.get(name, len(rank)), name))
    for name in ordered[:MAX_FROM_VARIABLES]:
        if value := found.environ[name].strip():
            _from_variable(found, name, value)
    if len(ordered) > MAX_FROM_VARIABLES:
        found.notes.append(
            f"{len(ordered) - MAX_FROM_VARIABLES} more variables that look like urls were not read."
        )


def _from_variable(found: _Found, variable: str, value: str) -> None:
    scheme = value.partition("://")[0].partition("+")[0].lower() if "://" in value else ""
    kind = _KINDS.get(scheme)
    if kind is None:
        if variable in _WELL_KNOWN:
            what = f"a {scheme}:// url" if scheme in _NOT_WATCHED else "no url that triage knows"
            found.notes.append(f"{variable} is {what} and is not watched.")
        return
    try:
        address = address_of(kind, value)
    except UrlError as error:
        found.notes.append(f"{safe(variable)} {error}. It is not watched.")
        return
    match = _VARIABLE.fullmatch(variable)
    prefix = (match["prefix"] or match["celery"] or "") if match else ""
    name = "-".join([*prefix.lower().split("_"), kind]).lstrip("-")
    spec = PostgresSpec(name, url=address.url) if kind == "postgres" else RedisSpec(name, address.url)
    if found.add(spec, variable):
        found.notes.extend(left_out(safe(variable), address))


def _from_postgres_sockets(found: _Found, root: Path) -> None:
    for folder, port in _postgres_sockets(root):
        # The same server mostly listens on TCP as well; whoever named that one has said more about it.
        if not found.has_local("postgres", port):
            name = "postgres-local" if port == POSTGRES_PORT else f"postgres-local-{port}"
            found.add(PostgresSpec(name, url=Secret(f"postgresql:///postgres?host={folder}&port={port}")))


def _postgres_sockets(root: Path) -> Iterator[tuple[Path, int]]:
    for folder in (root / POSTGRES_SOCKETS.lstrip("/"), root / "tmp"):
        try:
            entries = sorted(folder.glob(".s.PGSQL.*"))
        except OSError:
            continue
        for entry in entries:
            match = _SOCKET.fullmatch(entry.name)
            try:
                is_socket = match is not None and stat.S_ISSOCK(entry.stat().st_mode)
            except OSError:
                continue
            if match is not None and is_socket:
                yield folder, int(match[1])
