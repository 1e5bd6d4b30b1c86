"""Textual's driver for Linux and macOS, with the replica between the compositor and the terminal."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import select
import signal
import sys
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import ClassVar

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from triage_tui.ui.terminal.replica import SYNC_END, SYNC_START, Replica
from triage_tui.ui.terminal.writer import Writer

LEAVE_WITHIN_S = 1.0
"""How long leaving waits for a terminal that takes nothing."""

READ_BYTES = 4096
POLL_S = 0.1

KEYS_WAITING = 128
"""Keys and clicks that may wait for the screen; later ones are dropped. Nobody types that far ahead: it is a paste
without brackets, or a terminal gone mad, and each would cost two kilobytes until it is answered."""

PUSH_TITLE, POP_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""Keep the window's title, and put it back (xterm's window operations; those who do not know them ignore them)."""

MANY_CELLS = 20_000
"""Cells fewer than before that are worth giving memory back for: half a megabyte here, several in what was drawn."""

UNTITLED = frozenset({"dumb", "linux"})
"""Terminals that show a part of a title as text, or have no window."""

UNENDED = 1 << 20
"""Characters without an event, as in a paste whose end does not come, after which they are forgotten."""

_MODES = (
    "1049", "25", "7", "1000", "1002", "1006", "1015", "1016", "1004", "2004", "2048",
)  # fmt: skip
_CONTROL = re.compile(
    rf"\x1b\[\?(?:{'|'.join(_MODES)})[hl]"
    r"|\x1b\[\?20(?:26|48)\$p"  # does the terminal know synchronised output, in-band resize?
    r"|\x1b\[[<>]\d{0,3}u"  # kitty keyboard protocol: push, pop
    r"|\x1b\]22;[a-z-]{0,20}\x1b\\"  # shape of the mouse pointer
    r"|\x07"
)
"""Everything but cells that may reach the terminal. Any-motion mouse reports (1003) are missing on purpose: a moving
mouse would fill the line from the other side, and nothing here follows it."""


class ReplicaDriver(LinuxDriver):
    """Draws what is written onto a replica and lets a writer send differences.

    A write that is a listed control sequence as a whole is sent as it is; everything else is a frame, and of a frame
    only printable cells get through, whatever a widget was given.
    """

    check: ClassVar[Callable[[str, Replica], None] | None] = None
    """Called with what is about to be written, where somebody checks it."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        width, height = self._get_terminal_size()
        self._replica = Replica(width, height, type(self).check)
        self._writer: Writer | None = None
        self._posted: deque[Future[bool]] = deque()
        self._has_title = os.environ.get("TERM", "dumb") not in UNTITLED
        self._title = ""
        self._hears = False

    @property
    def replica(self) -> Replica:
        """What the screen should show and what the terminal has been sent."""
        return self._replica

    def write(self, data: str) -> None:
        """Take a control sequence or (a part of) a frame. Never blocks."""
        writer = self._running_writer()
        if data in (SYNC_START, SYNC_END):
            self._replica.synchronised = True
            if data == SYNC_END:
                writer.update()
        elif _CONTROL.fullmatch(data):
            writer.control(data)
        else:
            self._follow_size()
            self._replica.draw(data)
            writer.update()

    def copy(self, text: str) -> None:
        """Put text into the reader's clipboard (OSC 52). The only way to it: a frame cannot."""
        encoded = base64.b64encode(text.encode()).decode("ascii")
        self._running_writer().control(f"\x1b]52;c;{encoded}\x07")

    def set_title(self, text: str) -> None:
        """Give the terminal's window a title (OSC 2). The text is visible characters only."""
        self._title = text
        if self._has_title:
            self._running_writer().control(f"\x1b]2;{text}\x1b\\")

    def flush(self) -> None:
        """Nothing to do: the writer sends as soon as the terminal takes it."""

    def close(self) -> None:
        """End the writer."""
        if self._writer is not None:
            self._writer.stop(LEAVE_WITHIN_S)
            self._writer = None

    def start_application_mode(self) -> None:
        """Enter the alternate screen."""
        self._hears = True
        if self._has_title:
            self._running_writer().control(PUSH_TITLE)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # The stock driver has started its own writer; it never gets anything to write.
        if self._writer_thread is not None:
            self._writer_thread.stop()
            self._writer_thread = None
        self._watch_size()
        if self._title:
            self.set_title(self._title)

    def disable_input(self) -> None:
        """Hear no more keys, and forget those that nobody has heard. Once: a second time, as Textual does it at the
        very end, would throw away what the reader has typed for the shell meanwhile."""
        if self._hears:
            self._hears = False
            super().disable_input()

    def stop_application_mode(self) -> None:
        """Leave the alternate screen and wait, for a while, until the terminal has heard of it."""
        super().stop_application_mode()
        if self._has_title:
            self._running_writer().control(POP_TITLE)
        if self._writer is not None:
            self._writer.drain(LEAVE_WITHIN_S)

    def send_message(self, message: Message) -> None:
        """Hand an event to the app, unless it is a key or a click and too many of them wait already."""
        while self._posted and self._posted[0].done():
            self._posted.popleft()
        if isinstance(message, events.InputEvent) and self._waiting() >= KEYS_WAITING:
            return
        posting = self._app._post_message(message)
        self._posted.append(asyncio.run_coroutine_threadsafe(posting, loop=self._loop))

    def _waiting(self) -> int:
        """Events on their way to the app, and in the queues that a key passes."""
        screens = self._app.screen_stack[-1:]
        pumps = [self._app, *screens, *(screen.focused for screen in screens)]
        return len(self._posted) + sum(pump.message_queue_size for pump in pumps if pump is not None)

    def _running_writer(self) -> Writer:
        if self._writer is None:
            # Textual writes to standard error, so that standard output can be piped.
            fileno = sys.__stderr__.fileno() if sys.__stderr__ else 2
            self._writer = Writer(fileno, self._replica, self._on_defect)
            self._writer.start()
        return self._writer

    def _on_defect(self, error: Exception) -> None:
        self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def _watch_size(self) -> None:
        """Forget what the terminal shows whenever its size changes, also where it is soon as large as before: what it
        cut off meanwhile is lost."""
        loop = asyncio.get_running_loop()
        tell_app = signal.getsignal(signal.SIGWINCH)

        def after_change() -> None:
            self._replica.forget()
            self._running_writer().update()
            if callable(tell_app):
                tell_app(signal.SIGWINCH, None)

        def on_change(_number: int, _frame: FrameType | None) -> None:
            # A handler runs in the middle of anything: of a drawing that holds the replica's lock, and of itself,
            # where two changes are close, so that the app would hear of the last size first.
            loop.call_soon_threadsafe(after_change)

        signal.signal(signal.SIGWINCH, on_change)

    def _follow_size(self) -> None:
        width, height = self._app.size
        was_width, was_height = self._replica.size
        if (width, height) != (was_width, was_height) and width > 0 and height > 0:
            self._replica.resize(width, height)
            if was_width * was_height - width * height > MANY_CELLS:
                self._running_writer().much_freed()

    def _enable_mouse_support(self) -> None:
        """Report buttons and the wheel, not motion."""
        if self._mouse:
            self.write("\x1b[?1000h")
            self.write("\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000l")
            self.write("\x1b[?1006l")

    def run_input_thread(self) -> None:
        """Read keys until told to stop, or until the terminal is gone, which ends the program.

        The stock loop spins when a read returns nothing for ever, and shows a traceback when it fails.
        """
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        unended = 0
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            if poll.poll(POLL_S * 1000):
                try:
                    data = os.read(self.fileno, READ_BYTES)
                except OSError:
                    data = b""
                if not data:
                    if not self.exit_event.is_set():
                        os.kill(os.getpid(), signal.SIGTERM if _hangup_is_ignored() else signal.SIGHUP)
                    return
                unended += len(data)
                for event in parser.feed(decode(data)):
                    unended = 0
                    self.process_message(event)
                if unended > UNENDED:
                    parser, unended = XTermParser(self._debug), 0
            for event in parser.tick():
                self.process_message(event)


def _hangup_is_ignored() -> bool:
    return signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
