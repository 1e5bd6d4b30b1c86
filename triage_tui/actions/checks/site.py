"""What checks may use: the specs of targets, what is known of them, and one look anew at each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from triage_tui.actions.act import Reach, Refused
from triage_tui.actions.checks.answer import CannotAskError
from triage_tui.config.settings import DockerSpec, TargetSpec, Threshold, interval_of, kind_of
from triage_tui.engine.targets import target_of
from triage_tui.model import Kind, Observation, Picture, Sighting, State
from triage_tui.sources import Source, open_source
from triage_tui.sources.clock import CLOCK, Clock

FRESH_S = 1.0
"""How much older than one interval data may be to answer a question: then a look of ours would bring the same."""


class Site:
    """One round of questions. Checks of one round that look at one target share that look.

    open, clock: how sources are made, where instants come from
    """

    def __init__(
        self, reach: Reach, *, open: Callable[[TargetSpec], Source] = open_source, clock: Clock = CLOCK
    ) -> None:
        self._reach = reach
        self._open = open
        self.clock = clock
        self._looks: dict[str, asyncio.Task[Sighting]] = {}

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """What triage.toml gives."""
        return self._reach.settings.thresholds

    def spec(self, target: str, *kinds: Kind) -> TargetSpec:
        """The target by name. Raises CannotAskError where there is none, or where it is of another kind."""
        try:
            spec = self._reach.spec(target)
        except Refused as error:
            raise CannotAskError(error.message, error.next_step) from error
        if kinds and kind_of(spec) not in kinds:
            wanted = " or ".join(kinds)
            raise CannotAskError(
                f"{target} is of kind {kind_of(spec)}, and this is asked of {wanted}",
                f"Name a target of kind {wanted}; `triage snapshot` lists them.",
            )
        return spec

    def picture(self) -> Picture:
        """What is known now, of everything."""
        return self._reach.picture()

    async def sighting(self, spec: TargetSpec, *, anew: bool = False) -> Sighting:
        """What is known of a target now: what the last look brought where that is fresh, else by a look of our own.

        anew  a look of our own in any case
        """
        known = self.picture().of(spec.name)
        if known is not None and not anew and known.known and _is_fresh(known):
            return known
        task = self._looks.get(spec.name)
        if task is None:
            task = self._looks[spec.name] = asyncio.ensure_future(self._look(spec))
            task.add_done_callback(_take_note)
        # Others may wait for the same look: who gives up does not end it for them.
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """End looks that nobody waits for any more."""
        for task in self._looks.values():
            task.cancel()
        if self._looks:
            await asyncio.wait(set(self._looks.values()), timeout=1.0)

    async def _look(self, spec: TargetSpec) -> Sighting:
        # Logs are followed by looks that come again and again; one look would only begin with it.
        quiet = msgspec.structs.replace(spec, logs=False) if isinstance(spec, DockerSpec) else spec
        source = self._open(quiet)
        try:
            async with asyncio.timeout(source.deadline_s):
                seen = await source.observe()
        except TimeoutError:
            raise CannotAskError(
                f"no answer from {target_of(spec).endpoint} within {source.deadline_s:g} s",
                "Check from this host whether the server is overloaded, paused or cut off by a firewall.",
            ) from None
        finally:
            await source.aclose()
        return _sighting(spec, source, seen, self.clock.steady())


def _is_fresh(known: Sighting) -> bool:
    return known.age_s is not None and known.age_s <= known.interval_s + FRESH_S


def _take_note(task: asyncio.Task[Sighting]) -> None:
    """Of an outcome that perhaps nobody waits for any more."""
    if not task.cancelled():
        task.exception()


def _sighting(spec: TargetSpec, source: Source, seen: Observation, now: float) -> Sighting:
    age_s = max(0.0, now - seen.taken_at)
    failed = seen.state is not State.LIVE
    return Sighting(
        target=source.target,
        state=seen.state,
        interval_s=interval_of(spec),
        data=seen.data,
        age_s=None if failed else age_s,
        problem=seen.problem,
        problem_age_s=age_s if failed else None,
        gaps=seen.gaps,
        took_s=seen.took_s,
        failures=int(failed),
        wall_at=seen.wall_at,
    )
