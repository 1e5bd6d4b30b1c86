"""The schema against the code: migrations that were not run, or that broke off."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Finding, Kind, Severity
from triage_tui.model.docker import DockerData
from triage_tui.model.migrations import Migrations
from triage_tui.model.postgres import PostgresData

_SHOWN = 3
_PART = "migrations."
"""What gaps are called, followed by the database of which nothing could be read."""


def behind(scene: Scene) -> Iterator[Finding | Unclear]:
    """One finding for each database whose code wants what it does not have. Where nobody says what the code wants,
    nothing can be said but that a migration broke off."""
    data = scene.data(PostgresData)
    if data.migrations is None:
        yield Unclear()
        return
    for gap in scene.sighting.gaps:
        if gap.part.startswith(_PART):
            yield Unclear(gap.part.removeprefix(_PART))
    wanted = _by_labels(scene)
    for one in data.migrations:
        lacking, says = _lacking(one, wanted)
        evidence = []
        if one.failed:
            evidence.append(scene.fact(f"began and did not end: {_listed(one.failed)}"))
        if lacking:
            evidence.append(scene.fact(f"{says} wants {_listed(lacking)}"))
            last = f"the last that it has is {one.applied[-1]}" if one.applied else "it has none at all"
            evidence.append(scene.fact(f"{one.tool}: {last}"))
        if not evidence:
            if one.behind is None and one.wanted is not None:
                yield Unclear(one.database)
            continue
        yield scene.finding(
            Severity.CRITICAL,
            one.database,
            _title(one, lacking),
            evidence,
            checks=[scene.deed("migrations.status", one.database, "whether they have been run meanwhile")],
        )


def _title(one: Migrations, lacking: tuple[str, ...]) -> str:
    if one.failed:
        return f"a migration of {one.database} broke off"
    number = "one migration" if len(lacking) == 1 else f"{len(lacking)} migrations"
    return f"{one.database} is {number} behind its code"


def _lacking(
    one: Migrations, by_labels: dict[tuple[str, str], tuple[str, str]]
) -> tuple[tuple[str, ...], str]:
    if one.behind:
        return one.behind, one.wanted_by or "the code"
    label = by_labels.get((one.database, one.tool))
    if one.behind is None and label is not None and label[0] not in one.applied:
        return (label[0],), label[1]
    return (), ""


def _by_labels(scene: Scene) -> dict[tuple[str, str], tuple[str, str]]:
    """(database, tool) → the revision that a running container's label wants, and whose label it is. The label is
    `triage.migrations`, such as `shop=alembic:7c1e90ab42d3`."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for sighting in scene.picture.of_kind(Kind.DOCKER):
        if not sighting.known or not isinstance(sighting.data, DockerData):
            continue
        for container in sighting.data.containers:
            if container.state not in ("running", "restarting"):
                continue
            for word in (container.migrations or "").split():
                database, equals, rest = word.partition("=")
                tool, colon, revision = rest.partition(":")
                if equals and colon and revision:
                    found[database, tool] = revision, f"the image of {container.name}"
    return found


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


RULES = (
    Rule(
        "postgres.migration-behind",
        (Kind.POSTGRES,),
        "The tables of Alembic, Prisma and Django against the folder that `migrations` names, or the label"
        " `triage.migrations` of the images that run.",
        "Code that asks for a column which is not there fails at that query, and at no other.",
        behind,
        clear_s=0.0,
    ),
)
