"""Whether a container has its variables: names, flaws and fingerprints, never a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from triage_tui.actions.checks.answer import Question, Said, said, shown, unknown, unseen
from triage_tui.actions.checks.check import Check, judged
from triage_tui.actions.checks.docker import container_of, data_of
from triage_tui.actions.checks.site import Site
from triage_tui.model import Kind, Sighting
from triage_tui.model.environment import ContainerEnvironment
from triage_tui.model.outcome import Outcome


async def _answer(site: Site, question: Question) -> Said:
    spec = site.spec(question.target, Kind.DOCKER)
    sighting = await site.sighting(spec)
    if not sighting.known:
        return unseen(sighting.problem) if sighting.problem else unknown("nothing is known yet")
    if not question.argument:
        return judged(site, sighting, question, _environments)
    container = container_of(sighting, question.argument).name
    environment = next((one for one in data_of(sighting).environments if one.container == container), None)
    if environment is None:
        return unknown(
            f"{container} has not been inspected: its variables are not known",
            "Ask again in a moment; an engine or a proxy in front of it may refuse GET /containers/ID/json.",
        )
    wanted = [name for name in re.split(r"[,\s]+", question.options.get("names", "")) if name]
    return _told(site, sighting, question, environment, wanted)


def _told(
    site: Site,
    sighting: Sighting,
    question: Question,
    environment: ContainerEnvironment,
    wanted: Sequence[str],
) -> Said:
    lines = [f"{one.variable} {one.words}" for one in environment.flaws]
    lines += list(_names(environment))
    missing = [shown(name) for name in wanted if name not in environment.names]
    empty = [one.variable for one in environment.flaws if one.kind.value == "empty"]
    age_s = sighting.age_s or 0.0
    if missing:
        return said(Outcome.FAIL, f"{environment.container} lacks {', '.join(missing)}", lines, age_s)
    if hit := [name for name in empty if not wanted or name in wanted]:
        return said(
            Outcome.FAIL, f"{', '.join(hit)} of {environment.container} is set to nothing", lines, age_s
        )
    told = judged(site, sighting, question, lambda *_: lines)
    number = f"{environment.container} has {len(environment.names)} variables"
    message = f"{number}, all of {', '.join(map(shown, wanted))} among them" if wanted else number
    if told.outcome in (Outcome.WARN, Outcome.FAIL):
        message = told.message
    return said(told.outcome, message, lines, age_s)


def _names(environment: ContainerEnvironment) -> Iterator[str]:
    """Names; of secrets what their value is compared by within this run of the program, never a value."""
    for name in environment.names:
        print_ = environment.fingerprints.get(name)
        yield f"{name}  fingerprint {print_}" if print_ else name


def _environments(sighting: Sighting, _: Question) -> Iterable[str]:
    environments = data_of(sighting).environments
    yield f"the variables of {len(environments)} containers are known, and nothing is wrong with them"
    for one in environments:
        flaws = "; ".join(f"{flaw.variable} {flaw.words}" for flaw in one.flaws)
        yield f"{one.container}: {len(one.names)} variables{': ' + flaws if flaws else ''}"


CHECKS = (Check("env.present", (Kind.DOCKER,), "container", _answer),)
