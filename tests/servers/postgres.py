"""PostgreSQL servers of every version that is here: from wheels, from the system, from TRIAGE_POSTGRES_BINDIRS.

A server is started once per version and test process, when the first test asks for it.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.servers.require import unavailable
from triage_tui.lab.embedded.postgres import installations, start_postgres
from triage_tui.lab.embedded.server import EmbeddedServer, StartError

SETTINGS = {
    "max_connections": "130",
    "max_prepared_transactions": "10",
    "wal_level": "logical",
    "max_wal_senders": "5",
    # Deadlocks are looked at before the server breaks them; sessions that want it broken set this back.
    "deadlock_timeout": "600s",
    "autovacuum": "off",
}


def _installed() -> dict[int, Path]:
    """Programs by major version: what the project finds, and folders (`…/bin:…/bin`) that the environment names."""
    found = dict(installations())
    for folder in filter(None, os.environ.get("TRIAGE_POSTGRES_BINDIRS", "").split(os.pathsep)):
        said = subprocess.run(
            [Path(folder) / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        major = re.search(r"\) (\d+)", said)
        assert major is not None, f"{folder} holds no PostgreSQL: {said}"
        found.setdefault(int(major.group(1)), Path(folder))
    return found


INSTALLED = _installed()
NEWEST = max(INSTALLED, default=0)


@contextmanager
def running(
    version: int | None = None, *, folder: Path | None = None, port: int | None = None, **settings: str
) -> Iterator[EmbeddedServer]:
    """A server of one's own, the newest where no version is given. Skips or fails where there is none.

    folder  the data stay there when the server stops, to be started on again; None: they are thrown away
    """
    bindir = INSTALLED.get(version or NEWEST)
    if bindir is None:
        unavailable("postgres", f"no programs of version {version or 'any'} were found")
    values = SETTINGS | settings
    if has_statements(version or NEWEST):
        values.setdefault("shared_preload_libraries", "pg_stat_statements")
    with ExitStack() as cleanup:
        place = folder or Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="triage-test-")))
        # The server runs as another user where the tests run as root.
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
        try:
            server = start_postgres(place, bindir=bindir, settings=values, port=port, keep=folder is not None)
        except StartError as error:
            unavailable("postgres", f"version {version or NEWEST} does not start: {error}")
        yield cleanup.enter_context(server)


@cache
def has_statements(version: int) -> bool:
    """Whether that version comes with pg_stat_statements."""
    return any(INSTALLED[version].parent.rglob("pg_stat_statements.*"))


def with_tls() -> int:
    """The newest version that was built with TLS, which most wheels are not. Skips or fails where there is none."""
    able = [version for version in INSTALLED if _speaks_tls(version)]
    return max(able) if able else unavailable("postgres", "no programs that were found speak TLS")


@cache
def _speaks_tls(version: int) -> bool:
    program = INSTALLED[version] / "pg_config"
    if not program.exists():
        return False
    said = subprocess.run([program, "--configure"], capture_output=True, text=True, timeout=30, check=True)
    return "openssl" in said.stdout


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedServer]:
    """A server of the newest version. Tests clean up what they make in it."""
    with running() as server:
        yield server


@pytest.fixture(scope="session", params=sorted(INSTALLED, reverse=True) or [0], ids="pg{}".format)
def any_postgres(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """A server of each version that is here, one after the other."""
    if not request.param:
        unavailable("postgres", "no server programs were found")
    with running(request.param) as server:
        yield server
