"""Servers for the practice company's tests: real ones, of this process's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.require import unavailable
from triage_tui.lab.embedded import StartError
from triage_tui.lab.embedded.postgres import installations, start_postgres
from triage_tui.lab.embedded.redis import binaries, start_redis
from triage_tui.lab.workload import cache, database


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a server which runs as another user can get to, as the usual /tmp is."""
    folder = Path(tempfile.mkdtemp(prefix="triage-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def shop_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[database.Urls]:
    """The shop's database on a server of its own, without anybody in it."""
    try:
        server = start_postgres(
            tmp_path_factory.mktemp("postgres"), settings={"shared_preload_libraries": database.STATISTICS}
        )
    except StartError as error:
        unavailable("postgres", str(error))
    with server:
        yield database.make_database(server.url)


@pytest.fixture
def shop_redis(tmp_path: Path) -> Iterator[str]:
    """The url of an empty Redis with the shop's settings."""
    try:
        server = start_redis(tmp_path, settings=cache.SERVER_SETTINGS)
    except StartError as error:
        unavailable("redis", str(error))
    with server:
        yield server.url


@pytest.fixture
def both_servers() -> None:
    """The demo can start here."""
    if not installations():
        unavailable("postgres", "no server is installed")
    if not binaries():
        unavailable("redis", "no server is installed")
