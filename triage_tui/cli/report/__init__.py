"""The plain report: a picture as text for pipes, logs and dumb terminals. No colour, no control characters."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.cli.report import docker, files, host, http, pgbouncer, postgres, redis
from triage_tui.cli.report.layout import wrapped
from triage_tui.cli.report.wrong import Wrong, wrongs
from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import Level
from triage_tui.model import Picture, Sighting, State
from triage_tui.model.docker import DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData
from triage_tui.text import figures

_MARKS = {Level.CRITICAL: "!!", Level.WARNING: " !", Level.OK: "  ", Level.UNKNOWN: " ?"}


def lines_of(picture: Picture, thresholds: Mapping[str, Threshold], width: int) -> list[str]:
    """What is wrong, then what was seen of each target. width: cells that a line should not exceed."""
    lines = [*_head(picture), "", *_wrong(wrongs(picture, thresholds), width)]
    for sighting in picture.sightings:
        lines += ["", _title(sighting), *_body(sighting, width)]
        for gap in sighting.gaps:
            lines += wrapped(f"{gap.part} missing: {gap.problem.message}", width, "  ", "    ")
            lines += wrapped(f"-> {gap.problem.next_step}", width, "    ", "       ")
    return lines


def _head(picture: Picture) -> list[str]:
    counts = [
        f"{number} {state}"
        for state in State
        if (number := sum(sighting.state is state for sighting in picture.sightings))
    ]
    rights = "read-only" if picture.read_only else "may act"
    return [
        f"triage: {picture.environment} ({rights}), {picture.wall_at.isoformat(sep=' ', timespec='seconds')}",
        f"targets: {', '.join(counts) or 'none'}",
    ]


def _wrong(found: list[Wrong], width: int) -> list[str]:
    if not found:
        return ["NOTHING IS WRONG that this look can tell."]
    lines = ["WRONG"]
    for wrong in found:
        lines += wrapped(f"{wrong.where}: {wrong.what}", width, f"{_MARKS[wrong.level]} ", "     ")
        if wrong.next_step:
            lines += wrapped(f"-> {wrong.next_step}", width, "     ", "        ")
    return lines


def _title(sighting: Sighting) -> str:
    target = sighting.target
    state = sighting.state if sighting.state is State.LIVE else sighting.state.upper()
    age = f", seen {figures.age(sighting.age_s)} ago" if sighting.age_s is not None else ", never seen"
    return f"{target.kind.upper()}  {target.name}  {state}{age}  {target.endpoint}"


def _body(sighting: Sighting, width: int) -> list[str]:
    match sighting.data:
        case DockerData() as data:
            return docker.body(data, width)
        case PostgresData() as data:
            return postgres.body(data, width)
        case RedisData() as data:
            return redis.body(data, width)
        case HostData() as data:
            return host.body(data, width)
        case HttpData() as data:
            return http.body(data)
        case PgbouncerData() as data:
            return pgbouncer.body(data, width)
        case FilesData() as data:
            return files.body(data)
        case None:
            return []
