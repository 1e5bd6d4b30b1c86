"""Opening the cockpit: what kind of terminal this is, and an engine behind the screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console

from triage_tui.config.hush_file import HushFile
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.config.state import state_folder
from triage_tui.engine import Engine
from triage_tui.sources import Source, open_source
from triage_tui.text.charset import speaks_unicode
from triage_tui.ui.app import TriageApp
from triage_tui.ui.memory import settle
from triage_tui.ui.palette import Palette

if TYPE_CHECKING:
    from triage_tui.guides.recognise import Recogniser

COLOURS = {None: 0, "standard": 16, "256": 256, "truecolor": 1 << 24, "windows": 16}


def palette_for(environ: Mapping[str, str]) -> Palette:
    """The palette that the terminal named by the environment can show."""
    # NO_COLOR counts when it is set and not empty (no-color.org).
    console = Console(force_terminal=True, _environ=dict(environ))
    colours = 0 if environ.get("NO_COLOR") else COLOURS[console.color_system]
    return Palette(colours, unicode=speaks_unicode(environ))


def run(settings: Settings, *, tour: bool = False) -> int:
    """Open the cockpit and stay until the reader leaves. tour: walk a newcomer through it first."""
    palette = palette_for(os.environ)
    # The app starts the engine after its first paint; a `with` would start it before.
    engine = Engine(settings, open=_opening(settings), hushes=HushFile(state_folder(os.environ)))
    app = TriageApp(engine, settings, palette, painted=settle, tour=tour)
    try:
        code = app.run()
    finally:
        engine.stop()
    return code if isinstance(code, int) else app.return_code or 0


def _opening(settings: Settings) -> Callable[[TargetSpec], Source]:
    """How sources are made: with the guides at hand for lines of logs. Called by the engine, after the first paint."""

    @cache
    def known() -> Recogniser:
        from triage_tui.guides.places import all_folders, cache_folder
        from triage_tui.guides.recognise import Recogniser

        return Recogniser(all_folders(settings.guide_folders), cache_folder(os.environ))

    return lambda spec: open_source(spec, recognise=known())
