"""Pictures of real servers, written down by `python -m benchmarks.diagnosis --record`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import fields

from triage_tui.model import Kind, Picture, Sighting, Target
from triage_tui.model.docker import DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.observation import Data
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData

FOLDER = Path(__file__).parent / "fixtures"

_DATA: dict[Kind, type[Data]] = {
    Kind.DOCKER: DockerData,
    Kind.POSTGRES: PostgresData,
    Kind.REDIS: RedisData,
    Kind.HOST: HostData,
    Kind.HTTP: HttpData,
    Kind.PGBOUNCER: PgbouncerData,
    Kind.FILES: FilesData,
}


def names() -> list[str]:
    """All recordings."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def recorded(name: str) -> Picture:
    """One of them."""
    head, *sightings = map(json.loads, (FOLDER / f"{name}.jsonl").read_text().splitlines())
    return Picture(
        taken_at=head["taken_at"],
        wall_at=datetime.fromisoformat(head["wall_at"]),
        environment="lab",
        read_only=True,
        sightings=tuple(map(_sighting, sightings)),
    )


def _sighting(raw: dict[str, object]) -> Sighting:
    target = msgspec.convert(raw["target"], Target)
    data = raw.pop("data", None)
    types = {field.name: field.type for field in fields(Sighting)}
    rest = {key: msgspec.convert(value, types[key]) for key, value in raw.items() if key != "target"}
    return Sighting(
        target=target,
        data=msgspec.convert(data, _DATA[target.kind]) if data is not None else None,
        **rest,  # type: ignore[arg-type]
    )
