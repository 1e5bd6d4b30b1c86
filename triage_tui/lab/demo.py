"""The demo: a small company on this machine for as long as somebody looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from triage_tui.config.discovery.engines import find_engines
from triage_tui.config.secret import Secret
from triage_tui.config.settings import HostSpec, HttpSpec, PostgresSpec, RedisSpec, Settings
from triage_tui.lab.news import Doing, Failed, Moved, Up, decode

ENVIRONMENT = "demo"

_STOP_S = 20.0
"""The company needs a second to close; on a machine under load it gets this long before it is killed."""


class DemoError(Exception):
    """The company could not start, or ended too early; the message is for people and says what is known."""


@contextmanager
def company(say: Callable[[str], None]) -> Iterator[Settings]:
    """Open the company, and close it again with everything that it started and wrote.

    Should this process be killed, the company notices and closes by itself.

    say: gets a line for people about each step of the start
    Raises DemoError where it does not start, and on leaving where it has ended by itself.
    """
    with tempfile.TemporaryFile() as complaints, _Company(complaints.fileno()) as process:
        up = process.await_up(say)
        if up is not None:
            yield _settings(up)
        if up is None or process.ended():
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip()
            raise DemoError(f"the demo's company ended by itself: {said or 'it gave no reason'}")


class _Company:
    """The company's process, from outside."""

    def __init__(self, complaints: int) -> None:
        # In a session of its own, so that Ctrl-C and a hangup reach this process only, which then closes the pipe.
        # -P: no file in the current folder may stand in for a module. Without PG*: those are about other servers.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "triage_tui.lab.company"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
            start_new_session=True,
        )
        self._folder: Path | None = None

    def __enter__(self) -> _Company:
        return self

    def __exit__(self, *_: object) -> None:
        """Let the company end, and wait until it has. What a killed one leaves behind is removed here."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def await_up(self, say: Callable[[str], None]) -> Up | None:
        """Listen until everything runs; None where the process ends before. Raises DemoError with its reason."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            match decode(line):
                case Moved(folder):
                    self._folder = Path(folder)
                case Doing(step):
                    say(step)
                case Failed(message):
                    raise DemoError(message)
                case Up() as up:
                    return up
        return None

    def ended(self) -> bool:
        """Whether the process is gone, of which nobody here has asked it."""
        return self._process.poll() is not None


def _settings(up: Up) -> Settings:
    """The company's servers, this machine, and the container engine that is here anyway.

    Read-only, since that engine is not ours; and what its containers publish has no part in the demo.
    """
    engines = find_engines(os.environ, Path("/"))
    return Settings(
        environment=ENVIRONMENT,
        read_only=True,
        targets=(
            PostgresSpec("shop-db", url=Secret(up.postgres)),
            RedisSpec("shop-redis", url=Secret(up.redis)),
            HttpSpec("shop-api", url=Secret(up.http), depends_on=("shop-db", "shop-redis")),
            *engines.specs,
            HostSpec(),
        ),
        origin="the demo's own company",
        notes=engines.notes,
        discover=False,
    )
