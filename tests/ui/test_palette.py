"""Which palette a terminal gets, and what is left on it after a defect."""

from __future__ import annotations

import pytest

from triage_tui.ui.crash import FRAMES, crash_report
from triage_tui.ui.palette import COLOURLESS, SIXTEEN, TRUE_COLOUR, Palette
from triage_tui.ui.run import palette_for


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm"}, 16),
        ({"TERM": "screen"}, 16),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 256),
        ({"TERM": "dumb"}, 0),
    ],
)
def test_as_many_colours_as_the_terminal_has(environ: dict[str, str], colours: int) -> None:
    assert palette_for(environ).colours == colours


@pytest.mark.parametrize(
    ("environ", "unicode"),
    [
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "de_DE.utf8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LANG": "en_US.ISO-8859-1"}, False),
        ({}, False),
    ],
)
def test_unicode_where_the_locale_has_it(environ: dict[str, str], unicode: bool) -> None:
    assert palette_for({"TERM": "xterm", **environ}).unicode is unicode


def test_every_tone_has_a_style_in_every_palette() -> None:
    assert set(TRUE_COLOUR) == set(SIXTEEN) == set(COLOURLESS)


def test_without_colours_no_style_has_one() -> None:
    palette = Palette(0)
    styles = [*COLOURLESS.values(), palette.selected, palette.surface]
    assert all(style.color is None and style.bgcolor is None for style in styles)
    assert palette.selected.reverse, "a selection is seen without colour"


def test_a_crash_report_is_short_and_tells_no_secret() -> None:
    def deep(levels: int) -> None:
        password = "hunter2"  # a local variable, as a traceback with locals would print it
        if levels:
            deep(levels - 1)
        raise ValueError(f"cannot open postgresql://app:{password}@db/shop \x1b[2J")

    with pytest.raises(ValueError, match="cannot open") as caught:
        deep(30)
    report = crash_report(caught.value)
    assert "ValueError: cannot open postgresql://app:" in report
    assert "hunter2" not in report
    assert "\x1b" not in report
    assert report.count('File "') <= FRAMES
