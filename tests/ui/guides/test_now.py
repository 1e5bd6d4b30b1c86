"""Suggestions: the selected row where something is wrong with it, then what is wrong; nothing for what is well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tests.ui.findings import blocked, redis_full, unhealthy
from tests.ui.pictures import incident, picture
from triage_tui.guides.library import Library
from triage_tui.guides.places import shipped
from triage_tui.model import Diagnosis, Finding, Incident, Sighting
from triage_tui.ui.glance import Glance
from triage_tui.ui.guides.now import Now, about, now, places_of, suggestions

LIBRARY = Library([shipped()], None)


class Row:
    """A selected row."""

    def __init__(self, sighting: Sighting, *details: tuple[str, str]) -> None:
        self.sighting = sighting
        self.details: Sequence[tuple[str, str]] = details


def row(kind: str, *details: tuple[str, str]) -> Row:
    """A row of the target of a kind."""
    return Row(next(one for one in incident() if one.target.kind == kind), *details)


def diagnosis(*findings: Finding) -> Diagnosis:
    """Each finding by itself."""
    return Diagnosis(0.0, datetime(2026, 3, 1, tzinfo=UTC), tuple(Incident(one) for one in findings))


def ids(known: Now) -> list[str]:
    """The ids of what is suggested."""
    return [one.id for one in suggestions(LIBRARY, known)]


HEALTHY = (
    ("name", "shop-web"), ("state", "running"), ("health", "healthy"), ("image", "registry.example/shop/web:2.4"),
    ("health check", "curl -fsS http://localhost:8000/health exited with 0"), ("restarts", "0"),
)  # fmt: skip


def test_a_row_that_is_well_proposes_nothing() -> None:
    glance = Glance(picture([]), diagnosis=diagnosis(unhealthy()))
    known = now(glance, row("docker", *HEALTHY))
    assert known.about == ()
    assert ids(known) == ids(now(glance, None))
    assert ids(now(Glance(picture([])), row("docker", *HEALTHY))) == []


def test_a_row_with_a_finding_comes_before_what_is_worse() -> None:
    found = diagnosis(blocked(), redis_full(), unhealthy())
    shown = row("docker", ("name", "shop-api"), ("health", "unhealthy"))
    known = now(Glance(picture([]), diagnosis=found), shown)
    first, *rest = ids(known)
    assert first == "docker/unhealthy"
    assert rest.index("postgres/blocked-sessions") < rest.index("redis/memory-near-limit")


def test_a_row_whose_words_a_guide_knows_is_answered() -> None:
    shown = row("docker", ("name", "shop-api"), ("last line", "FATAL:  sorry, too many clients already"))
    assert ids(now(Glance(picture([])), shown))[0] == "postgres/connections-exhausted"


@pytest.mark.parametrize("subject", ["4711", "pid 4711"])
def test_a_finding_is_about_the_row_of_its_subject_in_its_target(subject: str) -> None:
    finding = blocked(subject=subject)
    target = next(one for one in incident() if one.target.kind == "postgres").target.name
    ours = blocked(subject=subject, target=target)
    assert about([ours], row("postgres", ("pid", "4711"))) == (ours,)
    assert about([ours], row("postgres", ("pid", "4712"))) == ()
    assert about([finding], row("docker", ("pid", "4711"))) == ()
    assert about([redis_full()], row("redis", ("queue", ""))) == ()


def test_each_subject_is_a_place_with_what_its_target_and_the_host_say() -> None:
    places = places_of(picture(incident()))
    queues = [one for one in places if "queue.waiting" in one]
    assert len(queues) > 1
    for one in queues:
        assert len(one["queue.waiting"]) == 1
        assert "redis.memory_ratio" in one
        assert "host.load_per_core" in one
        assert "docker.cpu_percent" not in one
