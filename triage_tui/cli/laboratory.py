"""`triage lab` and `triage demo`: the practice company from the shell."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from triage_tui.cli import exits
from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from pathlib import Path

    from triage_tui.lab.control import Answer, Ask, Truth

Result = TypeVar("Result")

_STATUS_S = 10.0
_BREAK_S = 120.0
"""Some faults begin with a container that has to end first."""


def up(arguments: Namespace) -> int:
    """Start a lab that stays until `down`."""
    from triage_tui.lab import opening

    where, troubles = _lab(lambda: opening.up(_folder(), _tell))
    if arguments.json:
        _put({"config": where.config, "endpoints": where.endpoints, "troubles": troubles})
    else:
        print(f"The lab is up. Watch it:  triage --config {where.config}")
        width = max(map(len, where.endpoints))
        for name, endpoint in where.endpoints.items():
            print(f"  {name:<{width}}  {endpoint}")
        print("Break something: triage lab break. End it: triage lab down")
    for trouble in troubles:
        _tell(f"triage: {trouble}")
    return exits.OK if not troubles else exits.INCOMPLETE


def down(arguments: Namespace) -> int:
    """End it, and what is left of one that was killed."""
    from triage_tui.lab import opening

    there = _lab(lambda: opening.down(_folder()))
    if arguments.json:
        _put({"ended": there})
    else:
        print("The lab is down, and nothing of it is left." if there else "No lab was running here.")
    return exits.OK


def status(arguments: Namespace) -> int:
    """How it is; what is broken is told, but not the solution."""
    from triage_tui.lab.control import AskStatus

    answer = _asked(AskStatus(), _STATUS_S)
    if arguments.json:
        _put(answer)
        return exits.OK if not answer.troubles else exits.INCOMPLETE
    print(f"up for {answer.up_s:.0f} s, process {answer.pid}; triage --config {answer.config}")
    width = max((len(one.name) for one in answer.containers), default=0)
    for one in sorted(answer.containers, key=lambda member: member.name):
        print(f"  {one.name:<{width}}  {one.state}{f' ({one.health})' if one.health else ''}")
    for truth in answer.broken:
        print(f"broken for {truth.age_s:.0f} s: {truth.title}")
    return exits.OK if not answer.troubles else exits.INCOMPLETE


def break_(arguments: Namespace) -> int:
    """Cause a fault. What it is stays untold, but to those who ask for JSON."""
    from triage_tui.lab.control import AskBreak

    (truth,) = _asked(AskBreak(arguments.drill, arguments.seed), _BREAK_S).broken
    if arguments.json:
        _put(truth)
    else:
        print(f"Broken: {truth.title}. To be seen within {truth.visible_within_s:.0f} s.")
        named = f"{truth.drill} " if arguments.drill is not None else ""
        print(f"Undo it: triage lab mend. The same again: triage lab break {named}--seed {truth.seed}")
    return exits.OK


def mend(arguments: Namespace) -> int:
    """Undo one fault or all, and say what it was."""
    from triage_tui.lab.control import AskMend, AskStatus

    known = {truth.drill: truth for truth in _asked(AskStatus(), _STATUS_S).broken}
    mended = _asked(AskMend(arguments.drill), _BREAK_S).mended
    if arguments.json:
        _put({"mended": mended})
        return exits.OK
    if not mended:
        print("Nothing was broken.")
    for drill in mended:
        print("\n".join(solution(known[drill])) if drill in known else f"Mended: {drill}")
    return exits.OK


def list_(arguments: Namespace) -> int:
    """All drills."""
    from triage_tui.lab.drills import all_drills

    drills = all_drills().values()
    if arguments.json:
        rows = [
            {
                "id": drill.id,
                "title": drill.title,
                "finding": drill.finding,
                "guide": drill.guide,
                "visible_within_s": drill.visible_within_s,
                "lacks": drill.lacks(),
            }
            for drill in drills
        ]
        _put({"drills": rows})
        return exits.OK
    width = max(len(drill.id) for drill in drills)
    for drill in drills:
        lacks = drill.lacks()
        print(f"{drill.id:<{width}}  {drill.title}{f' (not here: {lacks})' if lacks else ''}")
    return exits.OK


def solution(truth: Truth) -> list[str]:
    """What a fault was, and what is done about it."""
    place = truth.place
    lines = [
        f"It was {truth.drill}: {truth.title}",
        f"  finding  {truth.finding} at {place.target}{f', {place.subject}' if place.subject else ''}",
        f"  guide    {truth.guide}",
    ]
    if place.fix is not None:
        lines.append(f"  action   {place.fix.action} {place.fix.argument}")
    return [*lines, f"  by hand  {place.by_hand}"]


def _asked(question: Ask, timeout_s: float) -> Answer:
    from triage_tui.lab import home
    from triage_tui.lab.control import ask

    return _lab(lambda: ask(_folder() / home.CONTROL, question, timeout_s))


def _lab(do: Callable[[], Result]) -> Result:
    from triage_tui.lab.control import ControlError
    from triage_tui.lab.home import HomeError
    from triage_tui.lab.opening import LabError

    try:
        return do()
    except (ControlError, HomeError, LabError) as error:
        raise CannotError(str(error)) from error


def _folder() -> Path:
    from triage_tui.lab import home

    return home.folder_of_user()


def _tell(step: str) -> None:
    print(step, file=sys.stderr)


def _put(content: Any) -> None:
    import msgspec

    print(json.dumps(msgspec.to_builtins(content), ensure_ascii=False))
