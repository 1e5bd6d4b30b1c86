"""A face that fails is told about in its own pane, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.ui.cockpit import cockpit
from tests.ui.pictures import incident, picture, trouble
from triage_tui.model import Sighting, State
from triage_tui.model.redis import RedisData
from triage_tui.ui.cells import Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.redis import Redis
from triage_tui.ui.rows import Row
from triage_tui.ui.view import Viewer, details_of, subjects_of, view_of

SECRET = "hunter2"


class Defective(Redis):
    """Fails wherever it is told to, with words that no screen should show as they are."""

    def __init__(self, *where: str) -> None:
        self.where = where

    def _fail(self, name: str) -> None:
        if name in self.where:
            raise KeyError(f"redis://:{SECRET}@cache/0 \x1b[31m [/foo]")

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        self._fail("headline")
        return super().headline(glance, sighting)

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        self._fail("summary")
        return super().summary(glance, sighting, width, low)

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        self._fail("rows")
        return super().rows(glance, sighting)

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        self._fail("empty")
        return super().empty(glance, sighting)

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        self._fail("details")
        return super().details(glance, sighting, key)

    def subject(self, row: Row) -> str:
        self._fail("subject")
        return super().subject(row)


@pytest.mark.parametrize("where", ["headline", "summary", "rows", "empty"])
@pytest.mark.parametrize("low", [True, False])
def test_a_view_is_whole_or_says_why_not(where: str, low: bool) -> None:
    redis = incident()[2]
    view = view_of(Defective(where), Glance(picture()), redis, 120, low)
    said = " ".join(cell.text for line in view.summary for cell in line)
    assert said.startswith("✗ triage cannot show this: KeyError: ")
    assert SECRET not in said
    assert "\x1b" not in said
    assert view.rows == ()
    assert "report" in view.empty


def test_the_place_of_the_defect_is_named() -> None:
    view = view_of(Defective("rows"), Glance(picture()), incident()[2], 200, False)
    said = " ".join(cell.text for line in view.summary for cell in line)
    assert "(test_view.py:" in said


def test_details_and_subjects() -> None:
    redis = incident()[2]
    ((label, said),) = details_of(Defective("details"), Glance(picture()), redis, "rq:webhooks")
    assert label == "defect"
    assert said.startswith("KeyError")
    rows = Redis().rows(Glance(picture()), redis)
    assert subjects_of(Defective("subject"), rows) == ()
    assert len(subjects_of(Redis(), rows)) == len(rows)


def test_old_data_hold_no_alarm_of_now() -> None:
    stale = trouble()[1]
    view = view_of(Redis(), Glance(picture()), stale, 120, False)
    assert {cell.tone for line in view.summary for cell in line} <= {"dim"}
    from triage_tui.ui.panes.postgres import Postgres

    view = view_of(Postgres(), Glance(picture()), stale, 120, False)
    tones = {cell.tone for row in view.rows for cell in row.cells.values()}
    assert tones == {"dim"}
    assert {cell.tone for cell in view.headline} == {"dim"}


@pytest.mark.parametrize("where", ["headline", "summary", "rows", "empty", "details", "subject"])
async def test_the_other_panes_go_on(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with cockpit() as screen:
        pane = screen.pane("redis")
        monkeypatch.setattr(pane, "face", Defective(where))
        await screen.press("g", "tab", "tab", "tab")
        changed = incident()
        changed[3] = trouble()[3]
        await screen.show(picture(changed))
        assert "… connecting" in screen.text, "the host's pane shows the new picture"
        assert "4711" in screen.text
        if where not in ("subject",):
            assert "KeyError" in screen.text
        assert SECRET not in screen.text
        monkeypatch.setattr(pane, "face", Redis())
        await screen.show(picture())
        assert "KeyError" not in screen.text
        assert "webhooks" in screen.text


class Counting(Redis):
    """Counts how often it is asked for rows."""

    asked = 0

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        self.asked += 1
        return super().rows(glance, sighting)


def test_a_view_is_made_again_only_for_what_it_shows() -> None:
    face, viewer, seen = Counting(), Viewer(), incident()[2]
    assert isinstance(seen.data, RedisData)
    view = viewer.view(face, Glance(picture()), seen, 120, False)
    older = replace(seen, age_s=1.5, looking_s=0.1)
    assert viewer.view(face, Glance(picture(), elapsed_s=9.0), older, 120, False) is view
    assert face.asked == 1
    for changed, width, low in (
        (replace(seen, state=State.STALE), 120, False),
        (replace(seen, data=replace(seen.data, version="9")), 120, False),
        (seen, 119, False),
        (seen, 119, True),
    ):
        asked = face.asked
        assert viewer.view(face, Glance(picture()), changed, width, low) is not view
        assert face.asked == asked + 1
