"""After an action: the engine's pictures are followed until the verdict is clear, and it is written down."""

from __future__ import annotations

import asyncio
from typing import Protocol

from triage_tui.actions.act import Progress
from triage_tui.actions.audit.content import verdict_of
from triage_tui.actions.perform import Performer
from triage_tui.actions.verdict import HOLD_S, WAIT_S, Following, Judgement, Seen, Verdict, snapshot
from triage_tui.model import Diagnosis, Picture
from triage_tui.model.finding import Key
from triage_tui.sources.clock import CLOCK, Clock

STEP_S = 0.5
"""How often the latest picture is asked for; looks come every two seconds."""


class Looks(Protocol):
    """An engine, or something that stands still in its place."""

    def picture(self) -> Picture: ...
    def diagnosis(self) -> Diagnosis: ...
    def refresh(self, target: str | None = None) -> None: ...


def seen_now(engine: Looks, key: Key) -> Seen:
    """What is known of a finding: to be taken when its action is confirmed."""
    return snapshot(key, engine.picture(), engine.diagnosis())


async def follow(
    engine: Looks,
    performer: Performer,
    run: str,
    key: Key,
    before: Seen,
    progress: Progress = lambda _: None,
    *,
    wait_s: float = WAIT_S,
    hold_s: float = HOLD_S,
    clock: Clock = CLOCK,
) -> Judgement:
    """Wait for the verdict on a run, and write it down. It comes after wait_s and hold_s at most. Raises Refused where
    it cannot be written."""
    began_at = clock.steady()
    following = Following(key, before, began_at, wait_s=wait_s, hold_s=hold_s)
    engine.refresh(key[1])
    while True:
        judgement = following.see(engine.picture(), engine.diagnosis())
        if judgement is not None:
            break
        if clock.steady() - began_at > 2 * (wait_s + hold_s):
            judgement = Judgement(Verdict.INCONCLUSIVE, "no picture came", before.readings)
            break
        progress(following.waits_for)
        await asyncio.sleep(STEP_S)
    await performer.note(verdict_of(run, judgement))
    return judgement
