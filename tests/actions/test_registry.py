"""The list of what can be done, and what does it, agree."""

from __future__ import annotations

import subprocess
import sys

import pytest

from triage_tui.actions.act import Refused
from triage_tui.actions.registry import KEYS, ROOMS, find, here
from triage_tui.model import Kind
from triage_tui.model.deeds import ACTIONS

MISSING: set[str] = set()
"""What nothing does yet."""


def test_every_id_has_its_action_and_every_action_its_id() -> None:
    assert set(here()) == set(ACTIONS) - MISSING
    for id in here():
        action = find(id)
        assert action.id == id
        assert action.kind in Kind
        assert len({one.name for one in action.takes}) == len(action.takes)


def test_no_room_has_an_action_that_is_not_listed() -> None:
    from importlib import import_module

    exported = {action.id for room in set(ROOMS.values()) for action in import_module(room).ACTIONS}
    assert exported == set(here())


def test_every_action_has_a_key_that_no_slip_of_a_finger_hits() -> None:
    assert set(KEYS) == set(ACTIONS)
    assert all(key.isupper() or "+" in key for key in KEYS.values())
    by_row: dict[str, list[str]] = {}
    for id, key in KEYS.items():
        row = {"compose": "docker"}.get(id.partition(".")[0], id.partition(".")[0])
        by_row.setdefault(row, []).append(key)
    assert all(len(set(keys)) == len(keys) for keys in by_row.values())


def test_an_unknown_id_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Refused) as error:
        find("docker.restrat")
    assert error.value.next_step == "Did you mean docker.restart?"
    with pytest.raises(Refused):
        find("nothing.like-it")


def test_knowing_the_list_loads_no_client() -> None:
    code = (
        "import sys; from triage_tui.actions.registry import here; here();"
        "print([name for name in ('docker', 'psycopg', 'redis', 'psutil') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
