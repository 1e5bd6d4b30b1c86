"""Every drill, one after the other: how long until it can be seen, until it is gone by its key (where it has
one), and until all is well again after it is mended.

python -m tests.lab.drills.table [--seed N] [DRILL …]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from tests.lab.drills.evidence import act, looking
from tests.lab.drills.facts import FACTS, seen_again
from triage_tui.lab import home
from triage_tui.lab.control import AskBreak, AskMend, AskStatus, ask
from triage_tui.lab.demo import company
from triage_tui.lab.drills import all_drills

ASK_S = 120.0
WELL_S = 90.0


def main() -> int:
    """Print the table. Returns how many drills could not be seen in time, or left something behind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("drills", nargs="*")
    arguments = parser.parse_args()
    failed = 0
    with company(lambda step: print(step, file=sys.stderr)) as opened, looking(opened.settings) as seen:
        control = opened.folder / home.CONTROL

        def well() -> bool:
            seen.look_now()
            return not ask(control, AskStatus(), ASK_S).troubles and seen_again(seen)

        assert _within(WELL_S, well) is not None, "the lab does not get well"
        for drill in all_drills().values():
            if arguments.drills and drill.id not in arguments.drills:
                continue
            if drill.lacks():
                print(f"{drill.id:<28} {drill.lacks()}")
                continue
            (truth,) = ask(control, AskBreak(drill.id, arguments.seed), ASK_S).broken
            fact = FACTS[drill.id]
            shown_s = _within(truth.visible_within_s, lambda: fact(seen, truth))  # noqa: B023
            key_s = None
            if truth.place.fix is not None and shown_s is not None:
                act(opened.settings, truth.place.fix)
                key_s = _within(WELL_S, lambda: not fact(seen, truth))  # noqa: B023
                failed += key_s is None
            ask(control, AskMend(drill.id), ASK_S)
            well_s = _within(WELL_S, well)
            failed += shown_s is None or well_s is None
            what = f"{truth.finding} {truth.place.subject}"
            times = f"{_s(shown_s)} of {drill.visible_within_s:>3} {_s(key_s)} {_s(well_s)}"
            key = truth.place.fix.action if truth.place.fix is not None else ""
            print(f"{drill.id:<27} {times}  {what}  {key}", flush=True)
            if well_s is None:
                print(f"    {ask(control, AskStatus(), ASK_S).troubles}", flush=True)
    return failed


def _within(limit_s: float, holds: Callable[[], bool]) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        if holds():
            return time.monotonic() - began
        time.sleep(0.2)
    return None


def _s(seconds: float | None) -> str:
    return "     -" if seconds is None else f"{seconds:>5.1f}s"


if __name__ == "__main__":
    sys.exit(main())
