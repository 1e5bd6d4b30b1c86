"""The screens, and nothing but screens. The only room that knows Textual."""

from __future__ import annotations

import gc

from triage_tui.config.settings import Settings


def run(settings: Settings, *, tour: bool = False) -> int:
    """Open the cockpit on one environment; the exit code is 0 when the reader left, 128 + signal otherwise.

    tour: walk a newcomer through the screens first
    """
    # What a start makes stays. To look for garbage in it again and again is a tenth of the time to the first paint,
    # after which looking begins.
    gc.disable()
    try:
        from triage_tui.ui.run import run as open_cockpit

        return open_cockpit(settings, tour=tour)
    finally:
        gc.enable()
