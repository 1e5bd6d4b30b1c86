"""The screens as pictures. A difference is shown in `snapshot_report.html`; `--snapshot-update` accepts it.

Only a few: they show that columns, colours and the layout are as they were, and tell a reader of the tests what the
screens look like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.cockpit import NARROW, WIDE, app_on
from tests.ui.findings import diagnosis
from tests.ui.pictures import picture, trouble
from triage_tui.ui.palette import Palette

SnapCompare = Callable[..., bool]


@pytest.fixture(autouse=True)
def colours_whatever_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture must not depend on where it is taken."""
    monkeypatch.delenv("NO_COLOR", raising=False)


def compare(snap: SnapCompare, size: tuple[int, int], *keys: str, **options: Any) -> bool:
    app, _engine = app_on(**options)
    return snap(app, press=keys, terminal_size=size)


@pytest.mark.parametrize("size", [NARROW, WIDE, (200, 60)], ids=["80x24", "140x45", "200x60"])
def test_incident(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert compare(snap_compare, size, meaning=diagnosis())


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "140x45"])
def test_problems_in_full(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert compare(snap_compare, size, "0", meaning=diagnosis())


def test_trouble(snap_compare: SnapCompare) -> None:
    assert compare(snap_compare, WIDE, shown=picture(trouble()))


def test_sixteen_colours(snap_compare: SnapCompare) -> None:
    assert compare(snap_compare, WIDE, shown=picture(trouble()), palette=Palette(16))


def test_no_colour_and_ascii(snap_compare: SnapCompare) -> None:
    assert compare(snap_compare, NARROW, shown=picture(trouble()), palette=Palette(0, unicode=False))


def test_one_pane_with_the_sidebar(snap_compare: SnapCompare) -> None:
    assert compare(snap_compare, WIDE, "3", "j", "g")


def test_nothing_to_watch(snap_compare: SnapCompare) -> None:
    assert compare(snap_compare, WIDE, shown=picture([]))
