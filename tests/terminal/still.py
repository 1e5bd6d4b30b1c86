"""The app on pictures made by hand, to be run in a terminal: `python -m tests.terminal.still SCENE [FILE]`.

incident  a picture that stays as it is
trouble   likewise, with every state that is not live
moving    a new picture every few milliseconds, FRAMES in all; FILE counts those that the screen has asked for
foreign   likewise, FOREIGN_FRAMES in all, with names of every width and direction, and names that want to be obeyed
broken    `?` makes a widget fail while it is painted, with words that no terminal should see
"""

from __future__ import annotations

import inspect
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from textual.strip import Strip

from tests.ui import pictures
from triage_tui.config.settings import Settings
from triage_tui.model import Picture
from triage_tui.text import safe
from triage_tui.ui.app import TriageApp
from triage_tui.ui.overview import Overview
from triage_tui.ui.run import palette_for

FRAMES = 150
EVERY_S = 0.02
FOREIGN_FRAMES = 40
SECRET = "hunter2"
DEFECT = f"cannot draw postgresql://app:{SECRET}@db/shop \x1b]52;c;aGk=\x07"

FOREIGN = (
    "日本語テキスト",
    "e\u0301tage\u0300re",
    "a\u0301\u0302\u0303\u0304\u0305\u0306z",
    "한국어 서버",
    "👩‍👩‍👧❤️🇩🇪",
    "שלום \u202eevil\u202c",
    "zero\u200bwidth\ufeff",
    "ﷺ and ｆｕｌｌ",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;Zm9v\x07",
    "\x1b[31mred\x1b[2J",
    f"postgresql://app:{SECRET}@db/shop",
)
"""As foreign text is before it is made safe."""


class MovingEngine(pictures.StillEngine):
    """Every picture shows its number as the host's name and another name for every container.

    name  of a container by the picture's number and its own
    """

    def __init__(self, asked: Path, frames: int, name: Callable[[int, int], str]) -> None:
        super().__init__(_numbered(0, name))
        self._asked = asked
        self._frames = frames
        self._name = name
        self._times = 0
        self._seen = threading.Event()

    def start(self) -> None:
        """Begin to move."""
        threading.Thread(target=self._move, daemon=True).start()

    def picture(self) -> Picture:
        """Counts how often the screen asks, which its loop can do only while nothing holds it up."""
        self._times += 1
        self._seen.set()
        self._asked.write_text(f"{self._times}\n")
        return super().picture()

    def _move(self) -> None:
        pause = threading.Event()
        for number in range(1, self._frames + 1):
            pause.wait(EVERY_S)
            self._seen.clear()
            self.show(_numbered(number, self._name))
            self._seen.wait()


class BrokenApp(TriageApp):
    """Asking for help breaks the first pane's table."""

    CSS_PATH = Path(inspect.getfile(TriageApp)).with_name("triage.tcss")

    def action_help(self) -> None:
        """Every line raises from now on."""

        def broken(y: int) -> Strip:
            raise RuntimeError(DEFECT)

        assert isinstance(self.screen, Overview)
        table = self.screen.panes[0].table
        table.render_line = broken  # type: ignore[method-assign]
        table.refresh()


def _plain_name(number: int, at: int) -> str:
    return f"{number}-{at}-{'xyz'[number % 3] * 20}"


def _foreign_name(number: int, at: int) -> str:
    return safe(f"{at} {FOREIGN[(number + at) % len(FOREIGN)]}")


def _numbered(number: int, name: Callable[[int, int], str]) -> Picture:
    docker, *others, host = pictures.incident()[:4]
    data = pictures.docker_data(40)
    moved = msgspec.structs.replace(
        data,
        containers=tuple(
            msgspec.structs.replace(container, name=name(number, at))
            for at, container in enumerate(data.containers)
        ),
    )
    named = msgspec.structs.replace(pictures.host_data(), hostname=f"frame-{number}")
    return pictures.picture(
        [
            msgspec.structs.replace(docker, data=moved),
            *others,
            msgspec.structs.replace(host, data=named),
        ]
    )


def _engine(scene: str, arguments: Sequence[str]) -> pictures.StillEngine:
    scenes: dict[str, Callable[[], pictures.StillEngine]] = {
        "trouble": lambda: pictures.StillEngine(pictures.picture(pictures.trouble())),
        "moving": lambda: MovingEngine(Path(arguments[1]), FRAMES, _plain_name),
        "foreign": lambda: MovingEngine(Path(arguments[1]), FOREIGN_FRAMES, _foreign_name),
    }
    return scenes.get(scene, lambda: pictures.StillEngine(pictures.picture()))()


def main(arguments: Sequence[str]) -> int:
    """Show a scene until the reader leaves."""
    scene = arguments[0] if arguments else "incident"
    kind = BrokenApp if scene == "broken" else TriageApp
    app = kind(_engine(scene, arguments), Settings("prod", True, ()), palette_for(os.environ))
    code = app.run()
    return code if isinstance(code, int) else app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
