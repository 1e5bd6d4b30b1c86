"""A program that starts an embedded server and can be ended before it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil


class Parent:
    """Runs a script that prints the pid of the server that it starts, and then waits for the end of its input."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert self._process.stdout is not None
        self.server = psutil.Process(int(self._process.stdout.readline()))
        supervisor = self.server.parent()
        assert supervisor is not None
        self.supervisor = supervisor

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """By a signal; returns when it has gone."""
        self._process.send_signal(how)
        self._process.wait()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
