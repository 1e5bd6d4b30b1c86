"""The read-only switch, and the permits that it revokes."""

from __future__ import annotations

import threading

from triage_tui.actions.act import Preview, Refused
from triage_tui.config.settings import Settings
from triage_tui.text import safe


class Switch:
    """Read-only or not. On at any time; off by typing the environment's name, where the configuration allows it.

    For any thread. What is under way when it is turned on sends nothing more.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._on = settings.read_only

    @property
    def read_only(self) -> bool:
        """Nothing may be changed."""
        return self._on

    @property
    def can_be_lifted(self) -> bool:
        """Turning it off is allowed here."""
        return not self._settings.read_only or self._settings.read_only_can_be_lifted

    @property
    def word(self) -> str:
        """What has to be typed to turn it off: the environment's name."""
        return self._settings.environment

    def on(self) -> None:
        """Nothing is changed from now on."""
        with self._lock:
            self._on = True

    def off(self, typed: str) -> None:
        """Allow changes. Raises Refused."""
        if not self.can_be_lifted:
            raise Refused(
                "read-only",
                f"{safe(self.word)} is read-only by its configuration ({safe(self._settings.origin)})",
                "read_only_can_be_lifted = true in its section lets it be lifted here.",
            )
        if typed != self.word:
            raise Refused(
                "confirm", f"type exactly `{safe(self.word)}` to allow changes", "It stays read-only."
            )
        with self._lock:
            self._on = False

    def check(self) -> None:
        """Raises Refused while it is on."""
        if self._on:
            step = (
                "Turn it off first: it asks for the environment's name."
                if self.can_be_lifted
                else "Its configuration does not let it be lifted."
            )
            raise Refused("read-only", f"{safe(self.word)} is read-only", step)


class RunPermit:
    """The permit of one run: asked before each call that changes something; void when the run is over."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._over = False

    def check(self) -> None:
        """See Permit."""
        if self._over:
            raise Refused("over", "this run is over, and its permit with it", "Nothing more was sent.")
        self._switch.check()

    def end(self) -> None:
        """The run is over. For any thread: a call that is still on its way finds this."""
        self._over = True


class Permits:
    """Gives one permit for each preview, and one at a time for each thing: two presses are one request."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._lock = threading.Lock()
        self._used: list[Preview] = []
        self._under_way: set[tuple[str, tuple[tuple[str, str], ...]]] = set()

    def issue(self, preview: Preview) -> RunPermit:
        """Raises Refused: read-only, already run, or something is being done to the same thing."""
        self._switch.check()
        thing = (preview.order.target, preview.identity.parts)
        with self._lock:
            if any(preview is one for one in self._used):
                raise Refused(
                    "twice", "this was started already", "Look at what came of it before you ask again."
                )
            if thing in self._under_way:
                raise Refused(
                    "busy",
                    f"something is being done to {preview.identity.shown} already",
                    "Wait until it is over.",
                )
            self._used = [*self._used[-_REMEMBERED:], preview]
            self._under_way.add(thing)
        return RunPermit(self._switch)

    def over(self, preview: Preview, permit: RunPermit) -> None:
        """The run has ended."""
        permit.end()
        with self._lock:
            self._under_way.discard((preview.order.target, preview.identity.parts))


_REMEMBERED = 200
"""Previews that were run and are known as such. Older ones are stale, and read again under their identity."""
