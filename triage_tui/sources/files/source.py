"""One look at a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from triage_tui.config.settings import FilesSpec
from triage_tui.model import Kind, Observation, Problem, ProblemKind, Target
from triage_tui.sources.clock import CLOCK, Clock
from triage_tui.sources.files.scan import scan
from triage_tui.sources.source import Look
from triage_tui.sources.worker import StillBusyError, Worker
from triage_tui.text import safe

LOOK_S = 4.0
"""For all of it. A network file system without its server keeps the thread for minutes; the look ends all the same."""

DEADLINE_S = 5.0


class FilesSource:
    """Lists one folder on a thread of its own."""

    def __init__(self, spec: FilesSpec, clock: Clock = CLOCK) -> None:
        self._spec = spec
        self._clock = clock
        self._worker = Worker(f"files {spec.name}")
        self._target = Target(spec.name, Kind.FILES, safe(spec.path), spec.depends_on)

    @property
    def target(self) -> Target:
        """The folder."""
        return self._target

    @property
    def deadline_s(self) -> float:
        """Seconds after which a look is given up."""
        return DEADLINE_S

    def focus(self, subjects: Collection[str]) -> None:
        """A folder has nothing within it that is worth more care."""

    async def observe(self) -> Observation:
        """Look once."""
        look = Look(self._target, self._clock)
        spec, now = self._spec, self._clock.wall().timestamp()
        try:
            async with asyncio.timeout(LOOK_S):
                data = await self._worker.run(lambda: scan(spec.path, spec.pattern, spec.max_age_s, now))
        except (TimeoutError, StillBusyError):
            return look.failed(
                Problem(
                    ProblemKind.TIMEOUT,
                    f"the folder was not listed within {LOOK_S:g} s",
                    "Check whether it is on a network file system whose server does not answer (df, mount).",
                )
            )
        except (OSError, ValueError) as error:
            return look.failed(_problem(error, self._target.endpoint))
        return look.live(data)

    async def aclose(self) -> None:
        """Let the thread go."""
        self._worker.close()


def _problem(error: OSError | ValueError, path: str) -> Problem:
    match error:
        case FileNotFoundError():
            return Problem(
                ProblemKind.MISSING,
                f"there is no folder {path}",
                "Create it or mount it, or correct `path` in triage.toml.",
            )
        case NotADirectoryError():
            return Problem(
                ProblemKind.MISSING,
                f"{path} is no folder",
                "Correct `path` in triage.toml: it names a folder.",
            )
        case PermissionError():
            return Problem(
                ProblemKind.PERMISSION,
                f"{path} may not be listed by this user",
                "Give this user read and execute rights on the folder and execute rights on those above it.",
            )
        case _:
            return Problem(
                ProblemKind.MISSING,
                f"{path} cannot be listed: {safe(str(error))}",
                "Check the disk or the mount behind it.",
            )
