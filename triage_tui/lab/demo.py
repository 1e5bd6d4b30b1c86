"""The demo: the lab on this machine for as long as somebody looks at it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from msgspec import Struct

from triage_tui.config.load import load_settings
from triage_tui.config.settings import Settings
from triage_tui.lab import home
from triage_tui.lab.control import AskStatus, ControlError, Truth, ask
from triage_tui.lab.opening import LabError, await_up, start
from triage_tui.lab.order import Incident

CALM_S = 60.0
"""Until something breaks, where nobody has said what: time to see what a healthy company looks like."""

SOON_S = 3.0
"""Until a drill that somebody has asked for breaks, once all is well."""

_STOP_S = 20.0
"""The lab needs a second to close; on a machine under load it gets this long before it is killed."""

WELL_S = 90.0
"""Everything is well after some five seconds; a machine with much else to do may need far longer."""

_TELL_S = 5.0
_POLL_S = 0.1


class Demo(Struct, frozen=True):
    """An open lab. settings: what watches it; folder: where it can be asked."""

    settings: Settings
    folder: Path

    def await_well(self, within_s: float = WELL_S) -> tuple[str, ...]:
        """Wait until every service is as it should be; returns what is not when the time is up."""
        give_up_at = time.monotonic() + within_s
        while True:
            troubles = ask(self.folder / home.CONTROL, AskStatus(), _TELL_S).troubles
            if not troubles or time.monotonic() > give_up_at:
                return troubles
            time.sleep(_POLL_S)

    def truths(self) -> tuple[Truth, ...]:
        """What is broken now; nothing where the lab does not say."""
        try:
            return ask(self.folder / home.CONTROL, AskStatus(), _TELL_S).broken
        except ControlError:
            return ()


@contextmanager
def company(say: Callable[[str], None], incident: Incident | None = None) -> Iterator[Demo]:
    """Open a lab, and close it again with everything that it started and wrote.

    Should this process be killed, the lab notices and closes by itself.

    say       gets a line for people about each step of the start
    incident  what breaks by itself, and when; None: nothing does
    Raises LabError where it does not start, and on leaving where it has ended by itself.
    """
    folder = Path(tempfile.mkdtemp(prefix="triage-demo-"))
    try:
        with home.claimed(folder) as lock, tempfile.TemporaryFile() as complaints:
            process = start(folder, lock, complaints, incident=incident)
            with _closing(process) as output:
                up = await_up(output, say)
                if up is not None:
                    settings = load_settings(
                        config=Path(up.config), environment=None, environ=os.environ, cwd=folder
                    )
                    yield Demo(settings, folder)
            # Asked to end it says 0; ended in any other way it says something else.
            if up is None or process.returncode != 0:
                complaints.seek(0)
                said = complaints.read().decode(errors="replace").strip()
                why = said or f"it gave no reason, and ended with {process.returncode}"
                raise LabError(f"the demo's lab ended by itself: {why}")
    except home.HomeError as error:
        raise LabError(str(error)) from error
    finally:
        # What a killed one leaves behind.
        home.remove(folder)


@contextmanager
def _closing(process: subprocess.Popen[bytes]) -> Iterator[IO[bytes]]:
    """What the lab says; on leaving it is let end, and waited for until it has."""
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
