"""Registry, bindings, palette and help page say the same."""

from __future__ import annotations

from tests.ui.cockpit import cockpit
from triage_tui.actions.registry import KEYS, here
from triage_tui.model.deeds import ACTIONS
from triage_tui.ui.keys import KEYS as SCREEN_KEYS
from triage_tui.ui.keys import action_lines
from triage_tui.ui.overview import Overview


def test_every_key_of_the_registry_is_bound_and_no_other_acts() -> None:
    bound = {
        binding.key
        for binding in Overview.BINDINGS
        if not isinstance(binding, tuple) and binding.action.startswith("act(")
    }
    assert bound == {KEYS[id] for id in here()}
    taken = {key for one in SCREEN_KEYS for key in one.key.split(",")}
    assert not bound & taken


def test_the_help_page_tells_every_action_by_its_key() -> None:
    text = ["".join(cell.text for cell in line).split() for line in action_lines(200)]
    assert [(line[0], line[1]) for line in text] == [(KEYS[id], id) for id in here()]
    assert all(ACTIONS[id] == " ".join(line[2:]) for id, line in zip(here(), text, strict=True))


async def test_the_palette_offers_every_action() -> None:
    async with cockpit() as screen:
        offered = [(one.title, one.help) for one in screen.app.get_system_commands(screen.app.screen)]
        for id in here():
            assert (f"{ACTIONS[id]} ({id})", f"key {KEYS[id]}, asked about first") in offered
