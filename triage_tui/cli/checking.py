"""`triage check` and `triage explain`: what is wrong, for people, probes and scripts."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from triage_tui.cli import exits
from triage_tui.cli.chosen import settings_of
from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from triage_tui.config.hush_file import HushFile
    from triage_tui.config.settings import Settings
    from triage_tui.guides.library import Library
    from triage_tui.model import Diagnosis, Finding, Picture

CHECK_TIMEOUT_S = 15.0
"""Time for looking. Most of it is needed only where a finding has to hold before it is told."""

SETTLE_S = 5.0
"""Least time for looking: three looks at the usual cadence, which a trend needs."""

WATCH_STEP_S = 5.0
"""How often a watch wakes up without a change, to notice that nobody reads it any more."""


def check(arguments: Namespace) -> int:
    """Findings and checks, once or until interrupted."""
    try:
        if arguments.list:
            from triage_tui.cli.asking import listed

            return listed()
        settings = settings_of(arguments)
        if arguments.only:
            from triage_tui.cli.asking import ask

            return ask(settings, arguments)
        if arguments.where is not None:
            raise CannotError("WHERE belongs to --only: triage check --only ID [TARGET[/ARGUMENT]]")
        library = _library(settings)
        if arguments.watch:
            return _watch(settings, library, arguments)
        return _once(settings, library, arguments)
    except CannotError as error:
        # 2 would be read as critical by whoever runs this as a probe.
        print(f"triage: {error}", file=sys.stderr)
        return exits.BLIND


def explain(arguments: Namespace) -> int:
    """What a rule looks at, and why; without a finding, all that there are."""
    from triage_tui.cli import paper
    from triage_tui.cli.report import rules
    from triage_tui.model.findings import FINDINGS

    settings = settings_of(arguments)
    if arguments.finding is None:
        paper.put([f"{id:36}{meaning}" for id, meaning in FINDINGS.items()], width=paper.columns())
        return exits.OK
    if arguments.finding not in FINDINGS:
        from triage_tui.text.nearest import nearest

        near = nearest(arguments.finding, FINDINGS)
        hint = f"; did you mean `{near}`?" if near else "; `triage explain` lists them"
        raise CannotError(f"no finding `{arguments.finding}`{hint}")
    known = rules.explained(arguments.finding, settings.thresholds, settings.holds)
    library = _library(settings)
    ids = [row.id for row in library.index.rows(library.index.answering(arguments.finding)).values()]
    if arguments.json:
        print(json.dumps({**known, "guides": ids}, ensure_ascii=False))
        return exits.OK
    width = paper.columns()
    paper.put(rules.lines_of(known, ids, width), width)
    return exits.OK


def _once(settings: Settings, library: Library, arguments: Namespace) -> int:
    from triage_tui.cli.opening import opening
    from triage_tui.cli.report import findings
    from triage_tui.engine import Engine

    engine = Engine(settings, open=opening(settings), hushes=_hushes())
    engine.start()
    try:
        _settle(engine, arguments.timeout)
        diagnosis, picture = engine.diagnosis(), engine.picture()
    finally:
        engine.stop(0.5)
    _tell((), diagnosis.notes)
    guides = findings.guides_of(diagnosis, library)
    if arguments.json:
        told = findings.as_json(diagnosis, picture, guides)
        # Bytes: JSON is UTF-8 whatever the locale says.
        sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    else:
        from triage_tui.cli import paper

        width = paper.columns()
        first, *rest = findings.lines_of(diagnosis, picture, guides, width)
        # A probe's first line is read by a program: it is not cut.
        paper.put([first], width=len(first) * 2)
        paper.put(rest, width)
    return _code(diagnosis, picture, arguments.fail_on)


def _settle(engine: Any, timeout_s: float) -> None:
    """Look until every target was looked at often enough for trends, lines of logs that came were read, and nothing is
    held back; or the time is up."""
    from triage_tui.engine.snapshot import UNREAD_S, unread

    end = time.monotonic() + timeout_s
    engine.wait_second_looks(timeout_s)
    least = min(end, time.monotonic() + SETTLE_S)
    while (left := least - time.monotonic()) > 0:
        time.sleep(left)
    while unread(engine.picture()) and time.monotonic() < end:
        time.sleep(UNREAD_S)
    engine.wait_diagnosis(lambda diagnosis: not diagnosis.pending, max(0.0, end - time.monotonic()))


def _watch(settings: Settings, library: Library, arguments: Namespace) -> int:
    """Print what begins, changes and ends, as lines, until interrupted."""
    from triage_tui.cli.opening import opening
    from triage_tui.cli.report import changes
    from triage_tui.engine import Engine

    before: dict[Any, Finding] = {}
    notes: tuple[str, ...] = ()
    with Engine(settings, open=opening(settings), hushes=_hushes()) as engine:
        engine.wait_first_looks(arguments.timeout)
        while True:
            engine.wait_diagnosis(partial(changes.differs, before), WATCH_STEP_S)
            diagnosis = engine.diagnosis()
            _tell(notes, diagnosis.notes)
            notes = diagnosis.notes
            for line in changes.lines_of(before, diagnosis, library, as_json=arguments.json):
                print(line, flush=True)
            before = {one.key: one for one in diagnosis.findings}


def _hushes() -> HushFile:
    from triage_tui.config.hush_file import HushFile
    from triage_tui.config.state import state_folder

    return HushFile(state_folder(os.environ))


def _tell(before: tuple[str, ...], notes: tuple[str, ...]) -> None:
    """What is not known of what was made quiet by key, once."""
    if notes != before:
        for note in notes:
            print(f"triage: {note}", file=sys.stderr)


def _code(diagnosis: Diagnosis, picture: Picture, fail_on: str) -> int:
    """0 fine, 1 warning, 2 critical, 3 not everything could be looked at. What is below `fail_on` is fine."""
    from triage_tui.model import Severity

    least = Severity(fail_on)
    worst = diagnosis.worst
    if worst is None or worst.rank < least.rank:
        # What is not known is not well.
        return exits.OK if all(sighting.known for sighting in picture.sightings) else exits.BLIND
    return exits.CRITICAL if worst is Severity.CRITICAL else exits.WARNING


def _library(settings: Settings) -> Library:
    from triage_tui.guides.library import Library
    from triage_tui.guides.places import all_folders, cache_folder

    return Library(all_folders(settings.guide_folders), cache_folder(os.environ))
