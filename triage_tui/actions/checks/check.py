"""One check: what it may be asked about, how long it may take, and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import msgspec
from msgspec import Struct

from triage_tui.actions.checks.answer import Question, Said, said, unknown, unseen
from triage_tui.actions.checks.site import Site
from triage_tui.diagnosis.outcomes import outcome_of
from triage_tui.model import Kind, Picture, Sighting
from triage_tui.model.outcome import Checked, Outcome

LIMIT_S = 20.0
"""For one check, all in all: longer than any source gives itself for one look."""

Details = Callable[[Sighting, Question], Iterable[str]]
"""What a look says in full, as lines. Raises CannotAskError where what is asked about is not there."""


class Check(Struct, frozen=True):
    """One check.

    kinds           of the targets that it goes through; empty: of any, or of none
    about           what its argument is, for people; "": it takes none
    needs_argument  it cannot be asked of a target as a whole
    alone           an argument is enough, without a target
    """

    id: str
    kinds: tuple[Kind, ...]
    about: str
    answer: Callable[[Site, Question], Awaitable[Said]]
    needs_argument: bool = False
    limit_s: float = LIMIT_S
    alone: bool = False


def looked(
    id: str,
    kind: Kind,
    details: Details,
    about: str = "",
    *,
    anew: bool = False,
    gap: str = "",
    needs_argument: bool = False,
) -> Check:
    """A check that one look at a target answers, judged by the rules that speak of it.

    anew  a look is made in any case; else what was seen a moment ago will do
    gap   a part of the look without which there is no answer
    """

    async def answer(site: Site, question: Question) -> Said:
        spec = site.spec(question.target, kind)
        sighting = await site.sighting(spec, anew=anew)
        return judged(site, sighting, question, details, gap)

    return Check(id, (kind,), about, answer, needs_argument)


def judged(site: Site, sighting: Sighting, question: Question, details: Details, gap: str = "") -> Said:
    """What a sighting says to a question, by the thresholds that hold for everything else."""
    if not sighting.known:
        if sighting.problem is not None:
            return _without_data(site, sighting, question)
        return unknown(f"{question.target} has not been looked at yet", "Ask again in a moment.")
    missing = next((one for one in sighting.gaps if gap and one.part == gap), None)
    if missing is not None:
        return unseen(missing.problem)
    lines = list(details(sighting, question))
    checked = _outcome(site, sighting, question)
    age_s = sighting.age_s or 0.0
    if checked is not None and (checked.outcome is not Outcome.PASS or not lines):
        return said(checked.outcome, checked.message, lines, age_s)
    # Where nothing is wrong, what was asked about says most; its first line is the answer.
    return said(Outcome.PASS, lines[0] if lines else "answered", lines[1:], age_s)


def _without_data(site: Site, sighting: Sighting, question: Question) -> Said:
    """That a server is down is an answer where that was the question; for everything else it is why there is none."""
    assert sighting.problem is not None
    if question.id in _ANSWERED_BY_A_FAILURE:
        checked = _outcome(site, sighting, question)
        if checked is not None and checked.outcome in (Outcome.FAIL, Outcome.WARN):
            problem = sighting.problem
            lines = [f"{problem.kind}: {problem.message}", problem.next_step]
            return said(checked.outcome, checked.message, lines, sighting.problem_age_s or 0.0)
    return unseen(sighting.problem)


_ANSWERED_BY_A_FAILURE = frozenset(
    {"postgres.ping", "redis.ping", "http.get", "pgbouncer.pools", "files.fresh", "docker.health"}
)
"""Checks of whether something answers, and of whether it is there."""


def _outcome(site: Site, sighting: Sighting, question: Question) -> Checked | None:
    return outcome_of(
        question.id, _with(site.picture(), sighting), sighting, site.thresholds, question.argument
    )


def _with(picture: Picture, sighting: Sighting) -> Picture:
    """The picture with this sighting in it: rules compare with what is known of other targets."""
    others = tuple(one for one in picture.sightings if one.target.name != sighting.target.name)
    return msgspec.structs.replace(picture, sightings=(*others, sighting))
