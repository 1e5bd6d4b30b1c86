"""What a URL, a keyword string, a service file and libpq's PG* variables say together, without contacting anything."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from psycopg import Error, pq
from psycopg.conninfo import conninfo_to_dict

from triage_tui.config.secret import Secret
from triage_tui.text import safe

DEFAULT_PORT = "5432"

_SOCKET_FOLDERS = (Path("/var/run/postgresql"), Path("/tmp"))
"""A distribution's server and one built from source use different folders, and a client's library knows only one."""

_SHOWN = ("host", "hostaddr", "port", "user", "dbname")
_SCHEME = re.compile(r"\s*(?!postgres(?:ql)?://)([A-Za-z][A-Za-z0-9+.-]{0,30})://")
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')


class MalformedError(Exception):
    """The connection string cannot be read. The message quotes nothing of it, since it may hold a password."""


class ConnectionInfo(Struct, frozen=True):
    """Where to connect to and as whom.

    parameters  libpq's keywords, as far as they are not left to libpq's own defaults; holds the password
    endpoint    fit for showing: `postgresql://app@db:5432/shop`, `postgresql://app@/shop?host=/var/run/postgresql`
    user        may be empty
    database    may be empty
    """

    parameters: dict[str, str]
    endpoint: str
    user: str
    database: str

    def __repr__(self) -> str:
        return f"ConnectionInfo({self.endpoint})"


def read_conninfo(url: Secret | None) -> ConnectionInfo:
    """Put a target's connection string and libpq's environment together. Raises MalformedError.

    A service named in the string is looked up here: libpq would resolve the host it names while everything waits.
    """
    given = _parse(url.reveal() if url is not None else "")
    environment = _environment()
    service = given.pop("service", None) or environment.pop("service", None)
    file = given.pop("servicefile", None)
    if service is not None:
        given = _service(service, file) | given
    effective = environment | given
    # libpq: no database means the one named like the user.
    effective.setdefault("dbname", effective.get("user", ""))
    if not effective.get("host") and not effective.get("hostaddr"):
        host = _local_socket(effective.get("port") or DEFAULT_PORT)
        if host is not None:
            given["host"] = effective["host"] = host
    _check_ports(effective.get("port", ""))
    return ConnectionInfo(
        parameters={**{name: effective[name] for name in _SHOWN if effective.get(name)}, **given},
        endpoint=_endpoint(effective),
        user=effective.get("user", ""),
        database=effective["dbname"],
    )


def _parse(text: str) -> dict[str, str]:
    scheme = _SCHEME.match(text)
    if scheme is not None:
        raise MalformedError(f"{scheme.group(1)}:// is not a PostgreSQL URL")
    try:
        values = conninfo_to_dict(text)
    except Error as error:
        # What libpq quotes may be a piece of the password.
        words = _QUOTED.sub("…", str(error)).strip()
        raise MalformedError(f"the connection string cannot be read: {safe(words)}") from None
    return {name: str(value) for name, value in values.items() if value is not None}


def _environment() -> dict[str, str]:
    """The PG* variables and the operating system's user, as libpq sees them; no passwords."""
    found = {option.keyword.decode(): option.val for option in pq.Conninfo.get_defaults()}
    names = (*_SHOWN, "service")
    return {name: os.fsdecode(value) for name in names if (value := found.get(name)) is not None}


def _service(name: str, file: str | None) -> dict[str, str]:
    """The settings of one section of the service file, which is looked for where libpq looks."""
    for path in _service_files(file):
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        section = read_service(lines, name)
        if section is not None:
            return section
    raise MalformedError(f"no service file has a section [{safe(name)}]")


def read_service(lines: list[str], name: str) -> dict[str, str] | None:
    """Settings of the section `[name]`; None where there is no such section. Of a repeated key the first one counts."""
    found: dict[str, str] | None = None
    for line in map(str.strip, lines):
        if line.startswith("#") or not line:
            continue
        if line.startswith("["):
            if found is not None:
                break
            found = {} if line == f"[{name}]" else None
        elif found is not None:
            key, _, value = line.partition("=")
            found.setdefault(key.strip(), value.strip())
    return found


def _service_files(file: str | None) -> list[Path]:
    folder = os.environ.get("PGSYSCONFDIR")
    named = file or os.environ.get("PGSERVICEFILE")
    personal = Path(named) if named else Path.home() / ".pg_service.conf"
    return [personal, Path(folder or "/etc/postgresql-common") / "pg_service.conf"]


def _local_socket(port: str) -> str | None:
    """Folder of the Unix socket of a server on this machine; None: libpq's own default."""
    for folder in _SOCKET_FOLDERS:
        if (folder / f".s.PGSQL.{port}").exists():
            return str(folder)
    return None


def _check_ports(ports: str) -> None:
    for port in filter(None, ports.split(",")):
        if not (port.strip().isdecimal() and 0 < int(port) < 65536):
            raise MalformedError("the port is not a number from 1 to 65535")


def _endpoint(values: Mapping[str, str]) -> str:
    hosts = (values.get("host") or values.get("hostaddr") or "localhost").split(",")
    ports = [port or DEFAULT_PORT for port in values.get("port", "").split(",")]
    user = f"{quote(values['user'])}@" if values.get("user") else ""
    database = quote(values["dbname"])
    if hosts[0].startswith(("/", "@")):
        port = f"&port={ports[0]}" if ports[0] != DEFAULT_PORT else ""
        return safe(f"postgresql://{user}/{database}?host={hosts[0]}{port}")
    if len(ports) == 1:
        ports *= len(hosts)
    places = (f"[{h}]:{p}" if ":" in h else f"{h}:{p}" for h, p in zip(hosts, ports, strict=False))
    return safe(f"postgresql://{user}{','.join(places)}/{database}")
