"""`triage check --only`: single read-only questions, asked anew, for people and scripts."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from triage_tui.cli import exits
from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from triage_tui.actions.act import Reach
    from triage_tui.actions.checks.answer import Answer, Question
    from triage_tui.config.settings import Settings

FIND_S = 10.0
"""Time for finding targets that nobody configured, where a question is about one of them."""

_FROM_LOGS = "postgres.version-against-client"
"""What only looks that go on can answer."""


def listed() -> int:
    """All checks, what they are asked about, and what they tell."""
    from triage_tui.actions.checks.registry import all_checks
    from triage_tui.cli import paper
    from triage_tui.model.deeds import CHECKS

    lines = []
    for id, check in all_checks().items():
        where = "|".join(check.kinds) or "-"
        argument = f"/{check.about.upper().replace(' ', '_')}" if check.about else ""
        lines.append(f"{id:34}{where + argument:32}{CHECKS[id]}")
    paper.put(lines, paper.columns())
    return exits.OK


def ask(settings: Settings, arguments: Namespace) -> int:
    """Ask what --only names. Raises CannotError for what is no check and no target."""
    from triage_tui.actions.checks.registry import all_checks
    from triage_tui.actions.checks.runner import ask_all
    from triage_tui.actions.checks.site import Site

    for id in arguments.only:
        if id not in all_checks():
            from triage_tui.config.errors import did_you_mean

            raise CannotError(f"no check `{id}`{did_you_mean(id, all_checks()) or '; `--list` lists them'}")
    with _reaching(settings, arguments) as reach:
        questions = [one for id in arguments.only for one in _questions(id, arguments.where or "", reach)]
        answers = asyncio.run(ask_all(questions, Site(reach)))
        taken_at = reach.picture().wall_at.isoformat()
    if arguments.json:
        told = {"taken_at": taken_at, "checks": [_as_json(one) for one in answers]}
        # Bytes: JSON is UTF-8 whatever the locale says.
        sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    else:
        from triage_tui.cli import paper

        width = paper.columns()
        paper.put([line for one in answers for line in _lines(one, width)], width)
    return _code(answers, arguments.fail_on)


@contextmanager
def _reaching(settings: Settings, arguments: Namespace) -> Iterator[Reach]:
    """The configured targets alone where they are enough; else an engine that finds the others first."""
    from triage_tui.actions.reach import EngineReach
    from triage_tui.cli.opening import opening
    from triage_tui.engine import Engine

    engine = Engine(settings, open=opening(settings))
    reach = EngineReach(engine)
    target = _target(arguments.where or "", [spec.name for spec in settings.targets])
    enough = target is not None or not settings.discover
    if enough and _FROM_LOGS not in arguments.only:
        yield reach
        return
    engine.start()
    try:
        engine.wait_first_looks(min(FIND_S, arguments.timeout))
        yield reach
    finally:
        engine.stop(0.5)


def _questions(id: str, where: str, reach: Reach) -> list[Question]:
    """A check at a target, about something in it; at every target of its kinds, where none is named."""
    from triage_tui.actions.checks.answer import Question
    from triage_tui.actions.checks.registry import all_checks

    check = all_checks()[id]
    sightings = reach.picture().sightings
    target = _target(where, [one.target.name for one in sightings])
    if target is not None:
        return [Question(id, target, where[len(target) + 1 :])]
    if where and (check.alone or not check.kinds):
        return [Question(id, "", where)]
    if where:
        # Said by whoever looks the target up, with the nearest name.
        return [Question(id, where.partition("/")[0], where.partition("/")[2])]
    fitting = [one.target.name for one in sightings if one.target.kind in check.kinds]
    if not fitting and not check.kinds:
        raise CannotError(f"`{id}` is asked of {check.about}: triage check --only {id} WHERE")
    if not fitting and not check.alone:
        raise CannotError(f"no target of kind {' or '.join(check.kinds)} is watched")
    return [Question(id, name) for name in fitting] or [Question(id)]


def _target(where: str, names: Sequence[str]) -> str | None:
    """The target that WHERE begins with, the longest of several."""
    found = [name for name in names if where == name or where.startswith(f"{name}/")]
    return max(found, key=len, default=None) if where else None


def _lines(one: Answer, width: int) -> list[str]:
    from triage_tui.cli.report.layout import wrapped

    about = f"{one.target}/{one.argument}" if one.target and one.argument else one.target or one.argument
    lines = wrapped(f"{one.outcome.value:<8}{one.id} {about}: {one.message}", width, "", "        ")
    for text in one.lines:
        lines += wrapped(text, width, "          ", "            ")
    return lines


def _as_json(one: Answer) -> dict[str, Any]:
    return {
        "id": one.id,
        "target": one.target,
        "argument": one.argument,
        "outcome": one.outcome.value,
        "message": one.message,
        "lines": list(one.lines),
        "took_s": round(one.took_s, 3),
    }


def _code(answers: Sequence[Answer], fail_on: str) -> int:
    """As of findings: 2 a check fails, 1 one warns, 3 one could not be asked, 0 all pass."""
    said = {one.outcome.value for one in answers}
    if "fail" in said:
        return exits.CRITICAL
    if "warn" in said and fail_on != "critical":
        return exits.WARNING
    return exits.BLIND if "unknown" in said or not answers else exits.OK
