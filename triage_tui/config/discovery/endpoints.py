"""Which server a target is, so that none is watched twice under two names."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Collection, Iterable, Mapping

from triage_tui.config.addresses import conninfo, urls
from triage_tui.config.discovery import engines
from triage_tui.config.settings import DockerSpec, PgbouncerSpec, PostgresSpec, RedisSpec, TargetSpec

Endpoint = tuple[str, str, int]
"""Kind of target, host or path of a socket, port (0 for a socket that is no directory of PostgreSQL's)."""

LOCALHOST = "localhost"

POSTGRES_SOCKETS = "/var/run/postgresql"
"""Where Debian's and Red Hat's PostgreSQL puts its sockets, and where psycopg's libpq looks for them."""


def endpoints(spec: TargetSpec, environ: Mapping[str, str] = os.environ) -> frozenset[Endpoint]:
    """The servers that a target may connect to; empty where that cannot be told.

    Names of this machine (127.0.0.1, ::1, 0.0.0.0, localhost) are one. environ: what is asked where the spec leaves
    it to the environment. Nothing is resolved or contacted.
    """
    try:
        match spec:
            case PostgresSpec(url=None):
                places = _libpq_places(environ)
            case PostgresSpec(url=url) if url is not None:
                places = conninfo.postgres(url.reveal()).places
            case PgbouncerSpec():
                places = conninfo.postgres(spec.url.reveal()).places
            case RedisSpec():
                places = urls.redis(spec.url.reveal()).places
            case DockerSpec():
                address = spec.url.reveal() if spec.url else engines.address_of(spec.context, environ)
                places = urls.docker(address).places if address else ()
            case _:
                places = ()
    except urls.UrlError:
        return frozenset()
    kind = str(spec.__struct_config__.tag)
    return frozenset((kind, same_host(host), port) for host, port in places)


def same_host(host: str) -> str:
    """One spelling for every name of this machine and of one socket."""
    if host.startswith("/"):
        return os.path.realpath(host)
    bare = host.strip("[]").rstrip(".").lower()
    if bare in ("", LOCALHOST, "*"):
        return LOCALHOST
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return bare
    mapped = getattr(address, "ipv4_mapped", None) or address
    return LOCALHOST if mapped.is_loopback or mapped.is_unspecified else str(mapped)


def unused_name(wanted: Iterable[str], taken: Collection[str]) -> str:
    """The first wanted name that is not taken, else the last one with a number."""
    last = ""
    for last in wanted:
        if last not in taken:
            return last
    number = 2
    while f"{last}-{number}" in taken:
        number += 1
    return f"{last}-{number}"


def _libpq_places(environ: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Where libpq connects with nothing but its variables; none where a service file decides."""
    host = environ.get("PGHOSTADDR") or environ.get("PGHOST") or ""
    if environ.get("PGSERVICE") and not host:
        return ()
    port = environ.get("PGPORT") or str(conninfo.POSTGRES_PORT)
    hosts, ports = host.split(","), port.split(",")
    numbers = [urls.port_number(each, conninfo.POSTGRES_PORT) for each in ports]
    if len(numbers) == 1:
        numbers *= len(hosts)
    return tuple((each or POSTGRES_SOCKETS, number) for each, number in zip(hosts, numbers, strict=False))
