"""Where a container is in its life."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.lab.engine.runs import LaunchError

_FAILED = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process"


class State(Struct):
    """Where a container is in its life.

    word         created, running, paused, restarting, exited
    exit_code    of the last run; 0 before its end
    oom_killed   a process of the last run was killed for memory
    error        why it could not be started
    started_ns   nanoseconds since 1970; None: never. The same for finished_ns
    """

    word: str = "created"
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    started_ns: int | None = None
    finished_ns: int | None = None

    def could_not_start(self, error: LaunchError) -> None:
        """Note why, in Docker's words."""
        self.error = f"{_FAILED}: {error}: unknown"
        self.exit_code = error.code
