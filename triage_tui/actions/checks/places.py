"""Where something is that can be connected to: out of a target, an endpoint, a URL, or `host:port`."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from msgspec import Struct

from triage_tui.actions.checks.answer import CannotAskError, Question, shown
from triage_tui.actions.checks.site import Site
from triage_tui.config.settings import (
    DockerSpec,
    FilesSpec,
    HostSpec,
    HttpSpec,
    PgbouncerSpec,
    PostgresSpec,
    RedisSpec,
    TargetSpec,
)

_PORTS = {
    "postgresql": 5432, "postgres": 5432, "redis": 6379, "rediss": 6379, "valkey": 6379, "http": 80, "https": 443,
    "amqp": 5672, "tcp": 2375, "pgbouncer": 6432,
}  # fmt: skip

MOST_PORT = 65_535
_HOW = "Write host:port, [::1]:port, unix:///path or a URL."


class Place(Struct, frozen=True):
    """host and port, or the path of a socket. scheme: what is spoken there, "" where nobody says.

    ca_file  PEM file with the authorities that its certificate is checked against
    """

    host: str = ""
    port: int | None = None
    path: str = ""
    scheme: str = ""
    ca_file: str | None = None

    @property
    def shown(self) -> str:
        """For people."""
        if self.path:
            return shown(self.path)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return shown(f"{host}:{self.port}" if self.port is not None else host)


def place_of(site: Site, question: Question) -> Place:
    """What is asked about: the argument, where there is one that is not the target's own endpoint, else the target.

    Raises CannotAskError.
    """
    spec = site.spec(question.target) if question.target else None
    argument = question.argument.strip()
    own = _endpoint(site, question.target) if spec is not None else None
    if spec is not None and (not argument or argument == own):
        return of_spec(spec)
    if not argument:
        raise CannotAskError("nothing is named that could be asked", _HOW)
    return parse(argument, question.options.get("port"))


def _endpoint(site: Site, target: str) -> str | None:
    sighting = site.picture().of(target)
    return sighting.target.endpoint if sighting is not None else None


def of_spec(spec: TargetSpec) -> Place:
    """Where a target is. Raises CannotAskError where it is nowhere, or cannot be read."""
    match spec:
        case PostgresSpec() | PgbouncerSpec():
            return _postgres(spec)
        case RedisSpec() | HttpSpec():
            place = parse(spec.url.reveal())
            if isinstance(spec, HttpSpec) and spec.ca_file is not None:
                return Place(place.host, place.port, place.path, place.scheme, spec.ca_file)
            return place
        case DockerSpec():
            return _docker(spec)
        case HostSpec() | FilesSpec():
            raise CannotAskError(f"{spec.name} is no server", _HOW)


def _postgres(spec: PostgresSpec | PgbouncerSpec) -> Place:
    from triage_tui.sources.postgres.conninfo import MalformedError, read_conninfo

    try:
        given = read_conninfo(spec.url).parameters
    except MalformedError as error:
        raise CannotAskError(str(error), "Correct its url in triage.toml.") from error
    # The first of several hosts is the one that is tried first.
    host = given.get("hostaddr", given.get("host", "localhost")).partition(",")[0]
    port = int(given.get("port", "5432").partition(",")[0] or 5432)
    if host.startswith(("/", "@")):
        return Place(path=f"{host}/.s.PGSQL.{port}", scheme="postgresql")
    return Place(host or "localhost", port, scheme="postgresql")


def _docker(spec: DockerSpec) -> Place:
    import os

    from triage_tui.sources.docker.endpoint import EndpointError, resolve

    try:
        endpoint = resolve(spec, os.environ)
    except EndpointError as error:
        raise CannotAskError(error.problem.message, error.problem.next_step) from error
    if endpoint.scheme == "unix":
        return Place(path=endpoint.path, scheme="unix")
    if endpoint.scheme == "ssh":
        return Place(endpoint.host or "", endpoint.port or 22, scheme="ssh")
    return Place(endpoint.host or "", endpoint.port, scheme="https" if endpoint.tls else "http")


def parse(text: str, port: str | None = None) -> Place:
    """A URL, `host:port`, `unix:///path` or a path. port: where the text has none. Raises CannotAskError."""
    words = text.strip()
    if words.startswith("/"):
        return Place(path=words, scheme="unix")
    scheme, separator, rest = words.partition("://")
    if not separator:
        scheme, rest = "", words
    try:
        parts = urlsplit(f"//{rest}" if not scheme else f"x://{rest}")
        if scheme == "unix" or (scheme and not parts.hostname and parts.path):
            return Place(path=unquote(parts.path), scheme=scheme)
        if "host=" in parts.query and not parts.hostname:
            raise ValueError
        number = parts.port
    except ValueError:
        raise CannotAskError("what is named is no address", _HOW) from None
    host = unquote(parts.hostname or "")
    if not host or any(character.isspace() for character in host) or host.startswith("-"):
        raise CannotAskError("what is named is no address", _HOW)
    if number is None and port is not None and port.isascii() and port.isdecimal() and len(port) <= 5:
        number = int(port)
    if number is None:
        number = _PORTS.get(scheme.lower().partition("+")[0])
    if number is not None and not 0 < number <= MOST_PORT:
        raise CannotAskError("a port is between 1 and 65535", _HOW)
    return Place(host, number, scheme=scheme.lower().partition("+")[0])
