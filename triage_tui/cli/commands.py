"""What each command does. Libraries are loaded by the command that needs them, so that `triage --help` needs none."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from triage_tui.cli import exits
from triage_tui.cli.chosen import settings_of
from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from argparse import Namespace

    from triage_tui.config.settings import Settings

SNAPSHOT_TIMEOUT_S = 7.0
"""Time for looking. With the start of the program before it and its end behind it, ten seconds are kept."""


def cockpit(arguments: Namespace) -> int:
    """The screens, where there is a terminal for them; a plain report where there is none."""
    settings = settings_of(arguments)
    reason = _no_screen()
    if reason is not None:
        print(f"triage: {reason}, so this is `triage snapshot` and not the cockpit", file=sys.stderr)
        return _report(settings, SNAPSHOT_TIMEOUT_S)
    return _open_cockpit(settings)


def snapshot(arguments: Namespace) -> int:
    """One look at everything."""
    settings = settings_of(arguments)
    if not arguments.json:
        return _report(settings, arguments.timeout)
    from triage_tui.cli.opening import opening
    from triage_tui.engine.snapshot import encode, looked_at_anything, take

    picture = take(settings, arguments.timeout, open=opening(settings))
    # Bytes: JSON is UTF-8 whatever the locale says.
    sys.stdout.buffer.write(encode(picture) + b"\n")
    return exits.OK if looked_at_anything(picture) else exits.BLIND


def doctor(arguments: Namespace) -> int:
    """What can be reached, with which rights, and what to do about it."""
    settings = settings_of(arguments)
    from triage_tui.cli import paper
    from triage_tui.cli.opening import opening
    from triage_tui.cli.report import examination
    from triage_tui.engine.snapshot import looked_at_anything, take

    _tell_notes(settings)
    picture = take(settings, SNAPSHOT_TIMEOUT_S, open=opening(settings))
    width = paper.columns()
    paper.put(examination.lines_of(picture, width), width)
    if not looked_at_anything(picture):
        return exits.BLIND
    whole = all(sighting.known and not sighting.gaps for sighting in picture.sightings)
    return exits.OK if whole else exits.INCOMPLETE


def init(arguments: Namespace) -> int:
    """A starter file from what is found on this machine, whatever a triage.toml that is there already says."""
    from triage_tui.config.discovery.here import discover
    from triage_tui.config.errors import ConfigError
    from triage_tui.config.load import LOCAL
    from triage_tui.config.settings import Settings
    from triage_tui.config.starter import render, write

    _refuse_where(arguments, "init", "it writes down what is found here")
    found = discover(os.environ)
    settings = Settings(
        LOCAL, read_only=False, targets=found.targets, notes=found.notes, variables=found.variables
    )
    text = render(settings)
    if arguments.output == Path("-"):
        sys.stdout.write(text)
    else:
        try:
            write(arguments.output, text)
        except ConfigError as error:
            raise CannotError(str(error)) from error
        number = len(settings.targets)
        print(f"wrote {arguments.output} with {number} target{'' if number == 1 else 's'} found here")
    _tell_notes(settings)
    return exits.OK


def demo(arguments: Namespace) -> int:
    """The cockpit on a company of its own, in which something breaks."""
    from triage_tui.cli.laboratory import solution
    from triage_tui.config.errors import did_you_mean
    from triage_tui.lab.demo import CALM_S, SOON_S, company
    from triage_tui.lab.drills import all_drills
    from triage_tui.lab.opening import LabError
    from triage_tui.lab.order import Incident

    _refuse_where(arguments, "demo", "it watches servers of its own")
    drill = arguments.drill
    drills = all_drills()
    if drill is not None and drill not in drills:
        raise CannotError(f"no drill `{drill}`{did_you_mean(drill, drills)}")
    if drill is not None and (lacks := drills[drill].lacks()) is not None:
        raise CannotError(f"`{drill}` cannot be caused here: {lacks}")
    reason = _no_screen()
    if reason is not None:
        raise CannotError(f"{reason}, and the demo needs one")
    incident = Incident(CALM_S if drill is None or arguments.tour else SOON_S, drill)
    try:
        with company(lambda step: print(step, file=sys.stderr), incident) as opened:
            code = _open_cockpit(opened.settings, tour=arguments.tour)
            for truth in opened.truths():
                print("\n".join(solution(truth)), file=sys.stderr)
            return code
    except LabError as error:
        raise CannotError(str(error)) from error


def _refuse_where(arguments: Namespace, command: str, why: str) -> None:
    if arguments.config is not None or arguments.env is not None:
        raise CannotError(f"`{command}` takes neither --config nor --env: {why}")


def _no_screen() -> str | None:
    """Why the cockpit cannot be shown; None where it can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "there is no terminal here"
    term = os.environ.get("TERM", "")
    return f"the terminal (TERM={term}) cannot place text" if term in ("", "dumb", "unknown") else None


def _open_cockpit(settings: Settings, *, tour: bool = False) -> int:
    from triage_tui.ui import run

    return run(settings, tour=tour)


def _report(settings: Settings, timeout_s: float) -> int:
    from triage_tui.cli import paper, report
    from triage_tui.cli.opening import opening
    from triage_tui.engine.snapshot import looked_at_anything, take

    _tell_notes(settings)
    picture = take(settings, timeout_s, open=opening(settings))
    width = paper.columns()
    paper.put(report.lines_of(picture, settings.thresholds, width), width)
    return exits.OK if looked_at_anything(picture) else exits.BLIND


def _tell_notes(settings: Settings) -> None:
    for note in settings.notes:
        print(f"triage: {note}", file=sys.stderr)
