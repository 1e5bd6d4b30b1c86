"""`triage act --for`: did it help? Looked at again as the cockpit does it, for two minutes at most."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from triage_tui.actions.verdict import HOLD_S, WAIT_S, Seen

if TYPE_CHECKING:
    from triage_tui.actions.act import Progress
    from triage_tui.actions.perform import Performer
    from triage_tui.actions.verdict import Judgement
    from triage_tui.engine import Engine
    from triage_tui.model.finding import Key

SPARE_S = 10.0
"""Beyond it, for the last picture and for writing the verdict down."""


def telling() -> Progress:
    """Tells on standard error what is waited for, each time that it is something else."""
    last = ""

    def tell(said: str) -> None:
        nonlocal last
        if said != last:
            print(f"triage: {said}", file=sys.stderr, flush=True)
        last = said

    return tell


async def judged(
    engine: Engine, performer: Performer, run: str, key: Key, before: Seen, wait_s: float, tell: Progress
) -> Judgement | None:
    """The verdict on a run, which is in the audit then, too. wait_s: all of the waiting, a quarter of which is for
    what has gone to stay away.

    None: there is none, and `tell` was told why: Ctrl-C, or it could not be written.
    """
    from triage_tui.actions.act import Refused
    from triage_tui.actions.following import follow

    hold_s = wait_s * HOLD_S / (WAIT_S + HOLD_S)
    try:
        async with asyncio.timeout(wait_s + SPARE_S):
            return await follow(
                engine, performer, run, key, before, tell, wait_s=wait_s - hold_s, hold_s=hold_s
            )
    except asyncio.CancelledError:
        # Ctrl-C, which asyncio.run makes a cancelling of: what was done was done.
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        tell("left; what was done stands, and nobody looks any more whether it helped")
    except TimeoutError:
        tell(f"no verdict came within {wait_s + SPARE_S:g} s")
    except Refused as refused:
        tell(f"there is no verdict: {refused.message}")
    return None
