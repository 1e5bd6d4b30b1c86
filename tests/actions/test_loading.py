"""What is listed is not loaded: clients of servers come with the first deed."""

from __future__ import annotations

import subprocess
import sys

import pytest

_IMPORT = """
import importlib, sys

actions = importlib.import_module(sys.argv[1]).ACTIONS
assert actions
print(*sorted({"psycopg", "redis", "psutil", "docker"} & set(sys.modules)))
"""


@pytest.mark.parametrize("room", ["postgres", "redis", "queues", "process"])
def test_the_list_of_a_room_loads_no_client(room: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _IMPORT, f"triage_tui.actions.{room}"], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []
