"""When a container is started again that has ended by itself."""

from __future__ import annotations

from triage_tui.lab.engine.spec import Restart

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 60.0
LONG_RUN_NS = 10 * 10**9
"""A run of ten seconds was no failure to start: the next wait is the first one again."""


class RestartManager:
    """Docker's rules: a wait that doubles from 100 ms to a minute, and begins anew after a run of ten seconds.

    Source: moby `restartmanager/restartmanager.go`.
    """

    def __init__(self, restart: Restart) -> None:
        self._restart = restart
        self._wait_s = 0.0
        self._count = 0

    def after(self, code: int, lasted_ns: int, *, by_hand: bool) -> float | None:
        """Seconds until the next start after a run; None where none follows.

        code      its exit code
        by_hand   somebody stopped or killed it
        """
        if self._wait_s == 0.0 or lasted_ns >= LONG_RUN_NS:
            self._wait_s = FIRST_WAIT_S
        else:
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        match self._restart.name:
            case "always" | "unless-stopped":
                again = not by_hand
            case "on-failure":
                within = not self._restart.retries or self._count < self._restart.retries
                again = not by_hand and code != 0 and within
            case _:
                again = False
        self._count += again
        return self._wait_s if again else None
