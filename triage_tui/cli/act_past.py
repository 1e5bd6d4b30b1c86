"""What the audit says of earlier orders: how often they helped, and which of them nobody knows the outcome of."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from triage_tui.actions.history import History, history

if TYPE_CHECKING:
    from triage_tui.actions.audit.runs import Run

MOST_FINDINGS = 5
"""Findings whose history is told where none is named: those that the action was tried for most often."""


def runs() -> tuple[Run, ...]:
    """The latest runs, the oldest first; none where the audit cannot be read: nothing can be done then, and the guard
    says why."""
    from triage_tui.actions.audit import AuditError, AuditLog
    from triage_tui.actions.audit.runs import runs_of
    from triage_tui.config.state import state_folder

    try:
        return runs_of(AuditLog(state_folder(os.environ)).records())
    except AuditError:
        return ()


def tell_left_open(runs: tuple[Run, ...]) -> None:
    """Say in a line on standard error that there are runs of which nobody knows what came."""
    from triage_tui.actions.audit.runs import left_open

    left = left_open(runs)
    if not left:
        return
    newest = left[-1].intent
    shown = (newest.get("identity") or {}).get("shown") or newest.get("argument") or newest.get("target")
    many = "1 earlier action has" if len(left) == 1 else f"{len(left)} earlier actions have"
    print(
        f"triage: {many} no known outcome, the newest {newest.get('action')} on {shown} at {newest.get('at')};"
        " `triage audit show` lists them",
        file=sys.stderr,
        flush=True,
    )


def histories(runs: tuple[Run, ...], action: str, finding: str | None) -> dict[str, History]:
    """Finding id → how often an action helped with it. finding: of this one alone; None: of all that it was tried for,
    the one that it was tried for most often first."""
    asked = [finding] if finding is not None else _tried_for(runs, action)
    known = {id: history(runs, action, id) for id in asked}
    tried = sorted((item for item in known.items() if item[1].tried), key=lambda item: -item[1].tried)
    return dict(tried[:MOST_FINDINGS])


def _tried_for(runs: tuple[Run, ...], action: str) -> list[str]:
    keys = (run.intent.get("finding") for run in runs if run.intent.get("action") == action)
    return sorted({str(key[0]) for key in keys if key})
