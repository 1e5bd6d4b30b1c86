"""What calls a reader who looks elsewhere."""

from __future__ import annotations

import pytest

from tests.ui.cockpit import cockpit
from tests.ui.findings import blocked, diagnosis, redis_full, unhealthy
from tests.ui.pictures import picture
from triage_tui.config.settings import ScreenSettings
from triage_tui.model import Incident
from triage_tui.ui.alarm import Alarm


def alarm(*, bell: bool = True, title: bool = True, unicode: bool = True, environment: str = "prod") -> Alarm:
    return Alarm(ScreenSettings(bell=bell, title=title), environment, unicode=unicode)


class TestTitle:
    def test_it_tells_the_worst_and_only_when_it_changes(self) -> None:
        one = alarm()
        assert one.title(diagnosis([])) == "triage prod"
        assert one.title(diagnosis([])) is None
        assert one.title(diagnosis()) == "✗ 1 critical: triage prod"
        assert one.title(diagnosis()) is None
        assert one.title(diagnosis([Incident(redis_full())])) == "▲ 1 warning: triage prod"

    def test_it_is_ascii_where_the_terminal_is(self) -> None:
        title = alarm(unicode=False).title(diagnosis())
        assert title is not None
        assert title.isascii()

    def test_it_holds_no_control_characters_and_is_short(self) -> None:
        title = alarm(environment="\x1b]0;x\x07" + "p" * 500).title(diagnosis())
        assert title is not None
        assert title.isprintable()
        assert len(title) <= 80

    def test_it_can_be_switched_off(self) -> None:
        assert alarm(title=False).title(diagnosis()) is None


class TestBell:
    def test_it_rings_once_for_what_is_critical_and_new(self) -> None:
        one = alarm()
        assert not one.rings(diagnosis([Incident(redis_full())]))
        assert one.rings(diagnosis())
        assert not one.rings(diagnosis())
        assert not one.rings(diagnosis([]))
        assert not one.rings(diagnosis()), "it came back: nobody is called twice"
        assert one.rings(diagnosis([Incident(blocked()), Incident(unhealthy())]))

    def test_symptoms_do_not_ring(self) -> None:
        one = alarm()
        one.rings(diagnosis([Incident(blocked())]))
        assert not one.rings(diagnosis([Incident(blocked(), (unhealthy(),))]))

    def test_it_is_off_unless_asked_for(self) -> None:
        assert not Alarm(ScreenSettings(), "prod", unicode=True).rings(diagnosis())


async def test_the_app_hands_both_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    async with cockpit(screen=ScreenSettings(bell=True)) as one:
        heard: list[str] = []
        monkeypatch.setattr(one.app._driver, "set_title", heard.append, raising=False)
        monkeypatch.setattr(one.app, "bell", lambda: heard.append("bell"))
        await one.show(picture(), diagnosis())
        assert heard == ["✗ 1 critical: triage prod", "bell"]
