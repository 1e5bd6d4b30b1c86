"""All checks by their id."""

from __future__ import annotations

from functools import lru_cache

from triage_tui.actions.checks.check import Check


@lru_cache(maxsize=1)
def all_checks() -> dict[str, Check]:
    """Id → check, in the order of model/deeds.py. Clients of servers are loaded when this is first asked for."""
    from triage_tui.actions.checks import certificate, docker, here, network, postgres, redis, variables
    from triage_tui.model.deeds import CHECKS

    rooms = (docker, variables, postgres, redis, here, network, certificate)
    made = {check.id: check for room in rooms for check in room.CHECKS}
    return {id: made[id] for id in CHECKS}
