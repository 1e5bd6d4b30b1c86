"""Starting the lab's process, and waiting until it is there."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from triage_tui.lab import home
from triage_tui.lab.control import AskDown, ControlError, ask
from triage_tui.lab.embedded.postgres import installations
from triage_tui.lab.embedded.redis import binaries
from triage_tui.lab.news import Doing, Failed, Up, Well, decode
from triage_tui.lab.order import Incident, Order, encode_order

INSTALL = "pip install 'triage-tui[demo]'"
_DOWN_S = 20.0
_POLL_S = 0.05


class LabError(Exception):
    """The lab could not start, or ended too early; the message is for people and says what is known."""


def what_is_missing() -> str | None:
    """The servers and libraries that a lab needs and that are not here; None where all are."""
    missing = [
        name
        for name, there in (
            ("a PostgreSQL server", bool(installations())),
            ("a Redis server", bool(binaries())),
            ("celery", importlib.util.find_spec("celery") is not None),
            ("aiohttp", importlib.util.find_spec("aiohttp") is not None),
        )
        if not there
    ]
    return f"the lab needs {', '.join(missing)}, which {INSTALL} brings" if missing else None


def start(
    folder: Path, lock: int, complaints: IO[bytes], *, stays: bool = False, incident: Incident | None = None
) -> subprocess.Popen[bytes]:
    """The lab's process in a claimed folder; it inherits the lock.

    stays: it goes on without this process; else it ends when its standard input does
    Raises LabError where something that it needs is not installed.
    """
    missing = what_is_missing()
    if missing is not None:
        raise LabError(missing)
    order = Order(str(folder), stays, incident)
    # In a session of its own, so that Ctrl-C and a hangup reach this process only.
    # -P: no file in the current folder may stand in for a module. Without PG*: those are about other servers.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "triage_tui.lab.process", encode_order(order)],
        stdin=subprocess.DEVNULL if stays else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
        pass_fds=(lock,),
        start_new_session=True,
    )


def await_up(output: IO[bytes], say: Callable[[str], None]) -> Up | None:
    """Listen to a lab's process until it is up; None where it ends before. Raises LabError with its reason."""
    for line in output:
        match decode(line):
            case Doing(step):
                say(step)
            case Failed(message):
                raise LabError(message)
            case Up() as up:
                return up
    return None


def await_well(output: IO[bytes]) -> tuple[str, ...] | None:
    """Listen on until all is well; returns what is not after all its time, None where the process ended."""
    for line in output:
        match decode(line):
            case Failed(message):
                raise LabError(message)
            case Well(troubles):
                return troubles
    return None


def up(folder: Path, say: Callable[[str], None]) -> tuple[Up, tuple[str, ...]]:
    """Start a lab that stays, and wait until all is well in it; returns where it is, and what is not well.

    Raises home.HomeError, and LabError where it does not start; then nothing is left.
    """
    with home.claimed(folder) as lock, (folder / home.LOG).open("w+b") as complaints:
        process = start(folder, lock, complaints, stays=True)
        assert process.stdout is not None
        try:
            with process.stdout as output:
                it_is_up = await_up(output, say)
                say("waiting until every service is well")
                troubles = await_well(output) if it_is_up is not None else None
            if it_is_up is not None and troubles is not None:
                return it_is_up, troubles
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip()
            raise LabError(f"the lab ended by itself: {said or 'it gave no reason'}")
        except BaseException:
            process.terminate()
            process.wait(_DOWN_S)
            home.remove(folder)
            raise


def down(folder: Path) -> bool:
    """End the lab and wait until nothing is left of it. Returns whether there was one.

    Raises home.HomeError, and ControlError where it does not end.
    """
    there = folder.exists()
    if home.is_taken(folder):
        ask(folder / home.CONTROL, AskDown(), _DOWN_S)
        give_up_at = time.monotonic() + _DOWN_S
        while home.is_taken(folder):
            if time.monotonic() > give_up_at:
                raise ControlError(f"the lab has not ended within {_DOWN_S:g} s")
            time.sleep(_POLL_S)
    # One that was killed has left its files.
    home.remove(folder)
    return there
