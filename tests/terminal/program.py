"""A program in a real pseudo-terminal, with an emulator that shows what its reader would see."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

from tests.terminal.sequences import Modes, tokens

WAIT_S = 60.0
"""How long anything that is awaited may take. Far more than it does: the machine may be busy with other tests."""

POLL_S = 0.05
"""What another process does can only be polled where it does not write."""

ROOT = Path(__file__).resolve().parents[2]

_KEPT = ("PATH", "HOME", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR", "COVERAGE_PROCESS_START")


class Program:
    """One process in a terminal of its own.

    >>> with Program([sys.executable, "-m", "tests.terminal.still"]) as program:
    ...     program.wait_for("PostgreSQL")
    ...     program.press("q")
    ...     assert program.wait_for_exit() == 0

    controlled  the terminal is the process's controlling one, so that a hang-up sends it SIGHUP
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 140,
        rows: int = 45,
        environ: Mapping[str, str] = {},
        controlled: bool = True,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.sent = ""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._waiting = ""
        self._decode = getincrementaldecoder("utf-8")("strict").decode
        self._master, slave = os.openpty()
        self._set_size()
        self.termios_before = termios.tcgetattr(slave)
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        defaults = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}

        def take_terminal() -> None:
            if controlled:
                os.login_tty(slave)
            else:
                os.setsid()

        # Standard error is the terminal too: that is where Textual writes.
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**kept, **defaults, **environ},
            preexec_fn=take_terminal,
            pass_fds=(slave,),
        )
        os.close(slave)

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(WAIT_S)
        if self._master >= 0:
            os.close(self._master)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, or minus the signal that killed it; None while it runs."""
        return self._process.poll()

    # What its reader sees

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        # The emulator's own way fails where a resize has cut a wide character in two.
        buffer, columns = self._screen.buffer, range(self._screen.columns)
        return ["".join(buffer[y][x].data for x in columns) for y in range(self._screen.lines)]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    @property
    def modes(self) -> Modes:
        """The terminal's modes."""
        return Modes(self.sent)

    def wait_until(self, holds: Callable[[], bool], what: str, within_s: float = WAIT_S) -> None:
        """Read what the program sends until something holds; AssertionError with the screen where it does not."""
        end = time.monotonic() + within_s
        while not holds():
            ended = self._process.poll()
            if self.read(POLL_S) or holds():
                continue
            if ended is not None or time.monotonic() > end:
                why = f"not within {within_s:g} s" if ended is None else f"the program ended with {ended}"
                raise AssertionError(f"{what}: {why}. The screen:\n{self.text}")

    def wait_for(self, text: str, within_s: float = WAIT_S) -> None:
        """Until the screen holds a text."""
        self.wait_until(lambda: text in self.text, f"“{text}” on the screen", within_s)

    def wait_without(self, text: str) -> None:
        """Until the screen holds a text no more."""
        self.wait_until(lambda: text not in self.text, f"no “{text}” on the screen")

    def wait_for_exit(self, within_s: float = WAIT_S) -> int:
        """Read until the program has ended; its exit code, or minus the signal that killed it."""
        end = time.monotonic() + within_s
        while self._process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(
                    f"the program has not ended within {within_s:g} s. The screen:\n{self.text}"
                )
            if not self.read(POLL_S):
                # A terminal that nobody has open says so at once, again and again.
                self._wait_process(POLL_S)
        while self.read(0):
            pass
        return self._process.returncode

    def wait_for_end_unread(self, within_s: float) -> int:
        """Like `wait_for_exit`, while nobody reads what the program sends."""
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program has not ended within {within_s:g} s") from None

    def _wait_process(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def read(self, seconds: float) -> bool:
        """Take what there is, waiting this long for it. False: nothing came."""
        if self._master < 0 or not select.select([self._master], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            return False
        text = self._decode(data)
        self.sent += text
        self._draw(text)
        return bool(data)

    def _draw(self, text: str) -> None:
        # The emulator does not know these and would show a part of them as text.
        self._waiting += text
        whole = self._waiting
        cut = whole.rfind("\x1b")
        complete = whole if cut < 0 or len(whole) - cut > 64 else whole[:cut]
        last = whole[len(complete) :]
        if last and any(token.kind in ("csi", "string") for token in tokens(last)):
            complete, last = whole, ""
        self._waiting = last
        for token in tokens(complete):
            if token.kind == "csi" and ("<" in token.sent or ">" in token.sent or "$" in token.sent):
                continue
            self._stream.feed(token.sent)

    # What is done to it

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size; the kernel sends SIGWINCH."""
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        self._set_size()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        self._process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._master)
        self._master = -1

    @property
    def termios_now(self) -> list[object]:
        """The terminal's settings."""
        return termios.tcgetattr(self._master)

    def _set_size(self) -> None:
        size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)


PYTHON = sys.executable
