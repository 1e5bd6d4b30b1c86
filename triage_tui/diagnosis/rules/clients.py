"""Programs of PostgreSQL in containers that are older than the server that they talk to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Deed, Evidence, Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.logs import VersionNote
from triage_tui.model.postgres import PostgresData

_DUMPS = re.compile(r"backup|dump|pgbackrest|barman|wal-?g", re.IGNORECASE)
"""What images are called that hold pg_dump and not the server."""

_OF_POSTGRES = re.compile(r"postgres|(?:^|[/_-])pg", re.IGNORECASE)
_TAG = re.compile(r":v?(\d{1,2})(?![\d])")
_OLDEST, _NEWEST = 9, 30
"""What counts as a major version of PostgreSQL in a tag. `backup:3` is the third backup image of somebody."""

_REFUSES = frozenset({"pg_dump", "pg_dumpall", "pg_basebackup"})
"""These refuse a newer server; psql and pg_restore try (PostgreSQL, "pg_dump", Notes)."""


def mismatch(scene: Scene) -> Iterator[Finding | Unclear]:
    """What a program said of both versions, or what its image's tag says against the only server that is watched."""
    data = scene.data(DockerData)
    told = {note.container: note for note in reversed(data.logs.versions if data.logs is not None else ())}
    server = _only_server(scene)
    for container in data.containers:
        note = told.get(container.name)
        tag = _major_in_tag(container)
        if note is not None and _major(note.client) < _major(note.server):
            yield _said(scene, container, note, server)
        elif tag is not None and server is None:
            yield Unclear(container.name)
        elif tag is not None and server is not None and tag < server:
            yield scene.finding(
                Severity.WARNING,
                container.name,
                f"{container.name} holds programs of PostgreSQL {tag}, and the server is {server}",
                [Evidence(f"image {container.image}"), scene.fact(f"server version {server}")],
                against=["the tag may not be that of the programs in the image, and its log does not say so"],
                checks=_checks(scene, container),
            )


def _said(scene: Scene, container: Container, note: VersionNote, server: int | None) -> Finding:
    against = []
    if server is not None and server != _major(note.server):
        against.append(f"the server that is watched has version {server}: it talks to another one")
    return scene.finding(
        Severity.CRITICAL if note.program in _REFUSES else Severity.WARNING,
        container.name,
        f"{note.program} {note.client} of {container.name} does not fit the server {note.server}",
        [Evidence(f"its log says: {note.line}", age_s=note.last_age_s), Evidence(f"image {container.image}")],
        against=against,
        checks=_checks(scene, container),
        quotes=[note.line],
    )


def _checks(scene: Scene, container: Container) -> list[Deed]:
    return [
        scene.deed("postgres.version-against-client", container.name, "both versions, side by side"),
        scene.deed("docker.logs-tail", container.name, "what the last run said"),
    ]


def _only_server(scene: Scene) -> int | None:
    """The major version of the servers that are watched; None where there is none, or where they differ."""
    versions = {
        _major(sighting.data.version)
        for sighting in scene.picture.of_kind(Kind.POSTGRES)
        if isinstance(sighting.data, PostgresData)
    }
    return versions.pop() if len(versions) == 1 else None


def _major_in_tag(container: Container) -> int | None:
    image = container.image.partition("@")[0]
    name, _, _ = image.rpartition(":")
    if (
        container.state not in ("running", "restarting")
        or not _DUMPS.search(name)
        or not _OF_POSTGRES.search(name)
    ):
        return None
    tag = _TAG.search(image[len(name) :])
    major = int(tag[1]) if tag else 0
    return major if _OLDEST <= major <= _NEWEST else None


def _major(version: str) -> int:
    digits = re.match(r"\d+", version)
    return int(digits.group()) if digits else 0


RULES = (
    Rule(
        "postgres.client-version-mismatch",
        (Kind.DOCKER,),
        "What pg_dump, psql and their like say of their own and the server's version, and the tags of backup images.",
        "pg_dump refuses a server that is newer than itself: there is no backup until its image is built anew.",
        mismatch,
        clear_s=4.0,
    ),
)
