"""One drill after the other in one lab, watched by an engine of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks.diagnosis.recording import record
from triage_tui.cli.opening import opening
from triage_tui.config.load import load_settings
from triage_tui.config.settings import HostSpec, Settings
from triage_tui.engine import Engine
from triage_tui.guides.answers import answers
from triage_tui.guides.library import Library
from triage_tui.model import Diagnosis, Finding, Incident, Severity

LOOKS = 3
LOOK_S = 2.0
"""The lab's targets are looked at every two seconds, endpoints every five."""

STEADY_S = 3.0
"""For how long the right finding has to stay the first one and alone."""

CALM_S = 6.0
WELL_AGAIN_S = 180.0
STEP_S = 0.2


class Result(Struct):
    """What became of one drill with one seed. Seconds are counted from the fault; None: it did not come to that.

    led_s      when the right finding first led
    alone      no other incident of the same severity stood beside it then and for STEADY_S on
    guide      place of the right guide among those proposed, from 1
    beside     what led instead, or stood beside it at the end
    noise      what was told before the fault, and did not end
    """

    drill: str
    seed: int
    within_s: float
    led_s: float | None = None
    alone: bool = False
    guide: int | None = None
    beside: str = ""
    noise: str = ""
    broken: str = ""

    @property
    def first(self) -> bool:
        """The right finding led in time."""
        return self.led_s is not None and self.led_s <= self.within_s

    @property
    def right(self) -> bool:
        """Everything is as it should be."""
        return self.first and self.alone and self.guide in (1, 2)


class Lab:
    """The lab of a folder, by its command."""

    def __init__(self, folder: Path) -> None:
        self._environ = {**os.environ, "TMPDIR": str(folder)}

    def say(self, *words: str) -> Any:
        """One command and its JSON. Raises RuntimeError with what it complained about."""
        argv = [sys.executable, "-m", "triage_tui.cli", "lab", *words, "--json"]
        ran = subprocess.run(argv, env=self._environ, capture_output=True, text=True, timeout=180)
        if not ran.stdout.strip():
            raise RuntimeError(ran.stderr.strip() or f"lab {' '.join(words)} said nothing")
        return json.loads(ran.stdout)


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Lab, Settings]]:
    """A lab that is up, and what watches it but for this machine, whose load is that of the measuring."""
    lab = Lab(folder)
    where = lab.say("up")
    try:
        settings = load_settings(
            config=Path(where["config"]), environment=None, environ=os.environ, cwd=Path.cwd()
        )
        targets = tuple(spec for spec in settings.targets if not isinstance(spec, HostSpec))
        yield (
            lab,
            Settings(
                settings.environment,
                read_only=True,
                targets=targets,
                discover=False,
                thresholds=settings.thresholds,
            ),
        )
    finally:
        lab.say("down")


def told(diagnosis: Diagnosis, least: Severity = Severity.WARNING) -> list[Incident]:
    """The incidents that are no mere information."""
    return [one for one in diagnosis.incidents if worst(one).rank >= least.rank]


def worst(incident: Incident) -> Severity:
    """The worst of an incident's findings: what it is ranked by."""
    return max((one.severity for one in (incident.root, *incident.symptoms)), key=lambda each: each.rank)


def words(incidents: list[Incident]) -> str:
    """Roots in a few words."""
    return ", ".join(f"{one.root.id} {one.root.subject or one.root.target}" for one in incidents[:3])


def drill(
    lab: Lab, settings: Settings, library: Library, name: str, seed: int, records: Path | None = None
) -> Result:
    """Wait until all is well, break, watch until the right finding leads and stays, mend.

    records: folder for what was seen when it led
    """
    with Engine(settings, open=opening(settings)) as engine:
        engine.wait_first_looks(20.0)
        # A container that went down may need a minute until its health check says that it is well, and what logs
        # have said of the drill before is told for a while.
        end = time.monotonic() + WELL_AGAIN_S
        while ((noise := _calm(engine)) or engine.diagnosis().pending) and time.monotonic() < end:
            time.sleep(STEP_S)
        if noise:
            return Result(name, seed, 0.0, noise=noise, broken="never well before")
        if records is not None:
            record(engine.picture(), records / "well.jsonl")
        try:
            truth = lab.say("break", name, "--seed", str(seed))
        except RuntimeError as error:
            return Result(name, seed, 0.0, broken=str(error))
        began = time.monotonic()
        within_s = truth["visible_within_s"] + LOOKS * LOOK_S
        result = Result(name, seed, within_s)
        _until(lambda: _leads(engine.diagnosis(), truth), within_s, began)
        if _leads(engine.diagnosis(), truth):
            result.led_s = time.monotonic() - began
            if records is not None:
                record(engine.picture(), records / f"{name}.jsonl")
            result.alone, result.beside = _stays(engine, truth)
            result.guide = _place(library, engine.diagnosis(), truth)
        else:
            result.beside = words(told(engine.diagnosis()))
        lab.say("mend")
        return result


def calm(settings: Settings, seconds: float) -> tuple[int, list[str]]:
    """Watch a lab in which nothing is broken: how many pictures were judged, and everything that was told."""
    seen: list[str] = []
    with Engine(settings, open=opening(settings)) as engine:
        engine.wait_first_looks(20.0)
        judged = 0
        end = time.monotonic() + seconds
        last = None
        while time.monotonic() < end:
            diagnosis = engine.diagnosis()
            if diagnosis.taken_at != last:
                judged, last = judged + 1, diagnosis.taken_at
                seen += [f"{one.id} {one.target} {one.subject}" for one in diagnosis.findings]
            time.sleep(STEP_S)
        return judged, sorted(set(seen))


def _calm(engine: Engine) -> str:
    """What is told within CALM_S; "" where that is nothing."""
    end = time.monotonic() + CALM_S
    while time.monotonic() < end:
        diagnosis = engine.diagnosis()
        # What a log said of the drill before, however small, has the same name as what it is going to say of this one.
        logs = [one for one in diagnosis.incidents if one.root.id.startswith("logs.")]
        if noise := [*told(diagnosis), *logs]:
            return words(noise)
        time.sleep(STEP_S)
    return ""


def _until(holds: Callable[[], bool], seconds: float, began: float | None = None) -> bool:
    end = (began if began is not None else time.monotonic()) + seconds
    while not holds():
        if time.monotonic() >= end:
            return False
        time.sleep(STEP_S)
    return True


def _leads(diagnosis: Diagnosis, truth: Any) -> bool:
    """The first root is the drill's truth, and of findings about containers it is about the right one."""
    if not diagnosis.incidents:
        return False
    root, place = diagnosis.incidents[0].root, truth["place"]
    elsewhere = root.target == place["target"] and root.id.startswith(("docker.", "logs.", "config."))
    return root.id == truth["finding"] and not (elsewhere and root.subject != place["subject"])


def _stays(engine: Engine, truth: Any) -> tuple[bool, str]:
    """Whether it goes on leading with nothing of its rank beside it, once what began with it has settled."""
    alone_since: float | None = None
    end = time.monotonic() + 3 * STEADY_S
    rivals = ""
    while (now := time.monotonic()) < end:
        diagnosis = engine.diagnosis()
        ranked = told(diagnosis, Severity.INFO)
        beside = [one for one in ranked[1:] if worst(one).rank >= worst(ranked[0]).rank]
        if _leads(diagnosis, truth) and not beside:
            alone_since = alone_since or now
            if now - alone_since >= STEADY_S:
                return True, ""
        else:
            alone_since = None
            rivals = words(beside or ranked)
        time.sleep(STEP_S)
    return False, rivals


def _place(library: Library, diagnosis: Diagnosis, truth: Any) -> int | None:
    roots = [one.root for one in diagnosis.incidents if one.root.id == truth["finding"]]
    return _guide(library, roots[0], truth["guide"]) if roots else None


def _guide(library: Library, root: Finding, wanted: str) -> int | None:
    ids = [answer.id for answer in answers(library, root)]
    return ids.index(wanted) + 1 if wanted in ids else None
