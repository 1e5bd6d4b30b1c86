"""PostgreSQL servers of our own: real, private, and gone with their parent."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from tests.servers.parent import Parent
from tests.servers.postgres import INSTALLED
from tests.servers.require import unavailable
from triage_tui.lab.embedded import postgres as embedded
from triage_tui.lab.embedded.postgres import installations, newest_bindir, start_postgres
from triage_tui.lab.embedded.server import StartError, free_port

pytestmark = pytest.mark.postgres

_PARENT = """
import pathlib, sys
from triage_tui.lab.embedded.postgres import start_postgres
server = start_postgres(pathlib.Path(sys.argv[1]))
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def required() -> None:
    if not INSTALLED:
        unavailable("postgres", "no server programs were found")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a server which runs as another user can get to, as the usual /tmp is."""
    place = Path(tempfile.mkdtemp(prefix="triage-test-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.mark.parametrize("version", sorted(INSTALLED, reverse=True))
def test_a_server_answers_and_leaves_nothing(folder: Path, version: int) -> None:
    with start_postgres(folder, bindir=INSTALLED[version]) as server:
        assert int(str(ask(server.url, "SHOW server_version_num"))) // 10000 == version
        process = psutil.Process(server.pid)
        family = [process, *process.children(recursive=True)]
        # PostgreSQL refuses to run as root.
        assert 0 not in {one.uids().real for one in family}
    assert not [one for one in family if one.is_running()]
    assert list(folder.iterdir()) == []


def test_it_is_private(folder: Path) -> None:
    with start_postgres(folder) as server:
        address = urlsplit(server.url)
        assert address.password is not None
        process = psutil.Process(server.pid)
        assert address.password not in " ".join(process.cmdline())
        listening = {one.laddr for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN}
        assert listening == {("127.0.0.1", address.port)}
        stranger = server.url.replace(address.password, "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)
        assert (folder / "server").stat().st_mode & 0o077 == 0


def test_settings_go_over_our_own(folder: Path) -> None:
    with start_postgres(folder, settings={"shared_buffers": "1MB", "work_mem": "7MB"}) as server:
        assert ask(server.url, "SHOW shared_buffers") == "1MB"
        assert ask(server.url, "SHOW work_mem") == "7MB"
        assert ask(server.url, "SHOW fsync") == "off"


def test_data_that_are_kept_are_taken_up_again(folder: Path) -> None:
    port = free_port()
    with start_postgres(folder, port=port, keep=True) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS n")
        url = server.url
    with start_postgres(folder, port=port, keep=True) as server:
        assert server.url == url
        assert ask(url, "SELECT n FROM kept") == 42


def test_a_setting_that_makes_no_sense_is_quoted_and_nothing_is_left(folder: Path) -> None:
    with pytest.raises(StartError, match='unrecognized configuration parameter "no_such_setting"'):
        start_postgres(folder, settings={"no_such_setting": "1"})
    assert list(folder.iterdir()) == []


def test_a_port_that_is_taken(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StartError, match="could not create any TCP/IP sockets"):
            start_postgres(folder, port=taken.getsockname()[1])
    assert list(folder.iterdir()) == []


def test_a_free_port_that_was_taken_in_the_meantime_costs_another_try(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], free_port()])
        monkeypatch.setattr(embedded, "free_port", lambda: next(ports))
        with start_postgres(folder) as server:
            assert ask(server.url, "SELECT 1") == 1


def test_it_dies_with_a_parent_that_is_killed(folder: Path) -> None:
    parent = Parent(_PARENT, str(folder))
    family = [parent.server, parent.supervisor, *parent.server.children(recursive=True)]
    parent.end()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's server runs as that user")
def test_root_may_keep_the_programs_and_the_folder_where_nobody_else_gets(tmp_path: Path) -> None:
    """As a virtual environment in /root is."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = newest_bindir().parent.parent
    for part in package.parent.glob(f"{package.name}*"):
        if part.is_dir():
            shutil.copytree(part, closed / part.name, symlinks=True)
    with start_postgres(closed, bindir=closed / newest_bindir().relative_to(package.parent)) as server:
        assert ask(server.url, "SELECT 1") == 1
        place = Path(psutil.Process(server.pid).cwd())
    assert not place.exists()


def test_the_newest_of_what_is_installed_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    found = installations()
    assert newest_bindir() == found[max(found)]
    monkeypatch.setattr(embedded, "installations", dict)
    with pytest.raises(StartError, match=r"pip install 'triage-tui\[demo\]'"):
        newest_bindir()
