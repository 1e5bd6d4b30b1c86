"""Running a program: with a limit on its time and on what is kept of what it says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque

from triage_tui.actions.act import Came, Permit, Progress, Result
from triage_tui.config.settings import CommandSpec
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.text.figures import duration

LINES = 40
"""Lines that are kept, the last ones; LONGEST: characters of each."""

LONGEST = 300

_CHUNK = 64 << 10
_DRAIN_S = 1.0
_TELL_S = 1.0


async def run(spec: CommandSpec, argv: list[str], permit: Permit, progress: Progress) -> Result:
    """Run it once. Cancelled, or out of time: it is killed, with what it started. Raises Refused."""
    permit.check()
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Result(
            Came.NOT_DONE, f"{spec.name} could not be started: {safe(error.strerror or str(error))}"
        )
    said: deque[str] = deque(maxlen=LINES)
    assert process.stdout is not None
    reading = asyncio.create_task(_read(process.stdout, said))
    began = steady()
    try:
        ended = asyncio.create_task(process.wait())
        while not ended.done() and steady() - began < spec.timeout_s:
            left = spec.timeout_s - (steady() - began)
            await asyncio.wait({ended}, timeout=min(_TELL_S, max(0.0, left)))
            if not ended.done():
                progress(f"{spec.name} runs, for {duration(steady() - began)}")
        in_time = ended.done()
        if not in_time:
            _kill(process.pid)
        await ended
        # Something that it started in another session may hold its output open.
        await asyncio.wait({reading}, timeout=_DRAIN_S)
    finally:
        if process.returncode is None:
            _kill(process.pid)
        reading.cancel()
    told = tuple(said)
    if not in_time:
        return Result(Came.UNKNOWN, f"{spec.name} was killed after {spec.timeout_s:g} s", told)
    if process.returncode == 0:
        return Result(Came.DONE, f"{spec.name} ended well after {duration(steady() - began)}", told)
    return Result(Came.NOT_DONE, f"{spec.name} ended with exit code {process.returncode}", told)


async def _read(stream: asyncio.StreamReader, said: deque[str]) -> None:
    """The last lines, made safe; the rest is read and forgotten, so that nobody waits for a full pipe."""
    half = b""
    while chunk := await stream.read(_CHUNK):
        *lines, half = (half + chunk).split(b"\n")
        half = half[-_CHUNK:]
        said.extend(safe(line, limit=LONGEST) for line in lines[-LINES:])
    if half:
        said.append(safe(half, limit=LONGEST))


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
