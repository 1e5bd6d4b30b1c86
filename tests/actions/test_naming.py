"""What a word on the command line names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from triage_tui.actions.act import Refused
from triage_tui.actions.naming import resolve
from triage_tui.model import Kind, Picture, Sighting, State, Target
from triage_tui.model.docker import Container, DockerData


def engine(name: str, **containers: str) -> Sighting:
    them = tuple(
        Container(id=each, name=each.replace("_", "-"), image="x", project=project)
        for each, project in containers.items()
    )
    return Sighting(Target(name, Kind.DOCKER, "unix:///x"), State.LIVE, 2.0, DockerData(them), 1.0)


def picture(*sightings: Sighting) -> Picture:
    return Picture(0.0, datetime.now(UTC), "dev", False, sightings)


BOTH = picture(engine("left", api_1="shop", web="shop"), engine("right", api_2="bank", web="bank", left="x"))


@pytest.mark.parametrize(
    ("word", "action", "named"),
    [
        ("api-1", "docker.restart", ("left", "api-1")),
        ("api-2", "docker.restart", ("right", "api-2")),
        ("left/web", "docker.restart", ("left", "web")),
        ("right/a/b", "docker.restart", ("right", "a/b")),
        ("right", "docker.restart", ("right", "")),
        ("bank", "compose.restart", ("right", "bank")),
    ],
)
def test_what_is_there_once_needs_no_target(word: str, action: str, named: tuple[str, str]) -> None:
    assert resolve(word, action, Kind.DOCKER, BOTH) == named


@pytest.mark.parametrize(
    ("word", "kind", "says"),
    [
        ("web", "ambiguous", "left/web, right/web"),
        ("left", "ambiguous", "right/left"),
        ("api-3", "target", "api-3"),
        ("bank", "target", "bank"),
    ],
)
def test_what_may_be_several_things_is_refused_with_all_of_them(word: str, kind: str, says: str) -> None:
    with pytest.raises(Refused) as error:
        resolve(word, "docker.restart", Kind.DOCKER, BOTH)
    assert error.value.kind == kind
    assert says in error.value.message


def test_one_target_alone_is_meant() -> None:
    only = picture(Sighting(Target("shop-db", Kind.POSTGRES, "x"), State.DOWN, 2.0))
    assert resolve("4711", "postgres.terminate", Kind.POSTGRES, only) == ("shop-db", "4711")
    with pytest.raises(Refused):
        resolve("emails", "queue.purge", Kind.REDIS, only)
