"""Whether an action has helped before: read from the audit. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from triage_tui.actions.audit.runs import Run
from triage_tui.actions.verdict import Verdict


class History(Struct, frozen=True):
    """How often an action was tried on a finding with a verdict that tells, and how often it helped.

    last_at  when it last helped, ISO 8601 in UTC; None: it never did
    """

    tried: int = 0
    worked: int = 0
    last_at: str | None = None

    def __str__(self) -> str:
        if not self.tried:
            return ""
        times = "time" if self.tried == 1 else "times"
        last = f", last on {self.last_at[:10]}" if self.last_at else ""
        return f"worked {self.worked} of {self.tried} {times}{last}"


def history(runs: Iterable[Run], action: str, finding: str) -> History:
    """Of an action (its id) and a finding (its id), whatever it was about. Inconclusive verdicts tell nothing."""
    tried = worked = 0
    last_at: str | None = None
    for run in runs:
        key = run.intent.get("finding")
        if run.verdict is None or run.intent.get("action") != action or not key or key[0] != finding:
            continue
        said = run.verdict.get("verdict")
        if said == Verdict.INCONCLUSIVE:
            continue
        tried += 1
        if said == Verdict.FIXED:
            worked += 1
            last_at = str(run.intent.get("at"))
    return History(tried, worked, last_at)
