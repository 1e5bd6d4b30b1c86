"""How sources are made for a command: with the guides at hand for lines of logs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.guides.places import all_folders, cache_folder
from triage_tui.guides.recognise import Recogniser
from triage_tui.sources import Source, open_source


def opening(settings: Settings) -> Callable[[TargetSpec], Source]:
    """For `Engine(settings, open=…)`. The guides are read when the first line of a log comes."""
    known = Recogniser(all_folders(settings.guide_folders), cache_folder(os.environ))
    return partial(open_source, recognise=known)
