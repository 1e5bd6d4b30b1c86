"""The lab's engine answers as Docker does: keys, types, filters and refusals are those that were recorded of it.

Where a real engine can be had, it is asked as well: the recordings cannot grow old unseen.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lab.engine.casts import docker_cast, lab_cast
from tests.lab.engine.questions import LISTS, LOOKS, REFUSALS, ask_all
from tests.lab.engine.record import FIXTURES
from tests.lab.engine.shapes import differences
from tests.servers.docker import Engine as Docker
from tests.servers.docker import docker_engine

__all__ = ["docker_engine"]

# One process asks all the questions, and only one has a real engine.
pytestmark = pytest.mark.xdist_group("docker")

RECORDED: dict[str, Any] = json.loads((FIXTURES / "docker-20.10.json").read_text())
STATS_V2 = Path(__file__).parents[2] / "sources" / "docker" / "fixtures" / "stats-docker-cgroup-v2.json"

OF_THE_HOST = (
    # Recorded under cgroup v1; the lab answers as engines under v2 do, see below.
    r"memory_stats\.",
    r"(pre)?cpu_stats\.cpu_usage\.percpu_usage",
    r"blkio_stats\.",
    r"pids_stats\.limit",
    # What the host can do, and what is installed on it.
    r"Warnings",
    r"SecurityOptions",
    r"Config\.Healthcheck",
    # Whether a health check runs at this moment, and where the image came from.
    r"ExecIDs",
    r"(Images)?\[\]\.RepoDigests",
)
OF_THE_LAB = (
    # Nobody counts what a process moves over the interfaces of the whole machine.
    r"networks: is missing",
    # PATH is always there, as in nearly every image; the busybox of the tests has no environment at all.
    r"Config\.Env: list instead of null",
)


_TAKES = 4


def _unexplained(found: list[str], explained: tuple[str, ...]) -> list[str]:
    return [line for line in found if not any(re.match(pattern, line) for pattern in explained)]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the lab's engine answers to every question."""
    folder = tmp_path_factory.mktemp("e")

    async def ask() -> dict[str, Any]:
        async with lab_cast(folder, folder / "s") as published:
            return await asyncio.to_thread(ask_all, folder / "s", published)

    return asyncio.run(ask())


@pytest.mark.parametrize("name", LOOKS)
def test_the_same_keys_and_types(name: str, answers: dict[str, Any]) -> None:
    real, ours = RECORDED["looks"][name], answers["looks"][name]
    assert ours["status"] == real["status"]
    assert _unexplained(differences(real["body"], ours["body"]), OF_THE_HOST + OF_THE_LAB) == []


@pytest.mark.parametrize("name", LOOKS)
def test_the_same_headers(name: str, answers: dict[str, Any]) -> None:
    real, ours = RECORDED["looks"][name]["headers"], answers["looks"][name]["headers"]
    if name.startswith("logs"):
        # Docker leaves the type out; later ones have one of their own.
        assert ours.pop("Content-Type") == "application/octet-stream"
    assert ours == real


def test_the_same_words_in_the_list(answers: dict[str, Any]) -> None:
    """But for how long ago it was, which is not the same in two tellings."""

    def words(told: dict[str, Any]) -> dict[str, tuple[str, str]]:
        rows = told["looks"]["list"]["body"]
        timeless = re.compile(r"(Less than a second|About a minute|\d+ seconds?)")
        return {row["Names"][0]: (row["State"], timeless.sub("N", row["Status"])) for row in rows}

    assert words(answers) == words(RECORDED)


@pytest.mark.parametrize("name", LISTS)
def test_filters_leave_the_same_containers(name: str, answers: dict[str, Any]) -> None:
    assert answers["lists"][name] == RECORDED["lists"][name]


@pytest.mark.parametrize("name", REFUSALS)
def test_the_same_refusals(name: str, answers: dict[str, Any]) -> None:
    assert answers["refusals"][name] == RECORDED["refusals"][name]


def test_usage_has_the_shape_of_cgroup_v2(answers: dict[str, Any]) -> None:
    first, second = json.loads(STATS_V2.read_text())
    ours = answers["looks"]["stats web"]["body"]
    found = [
        min(differences(frame, ours), differences(frame | first, ours), key=len) for frame in (first, second)
    ]
    assert _unexplained(min(found, key=len), (r"networks: is missing",)) == []


def test_differences_are_seen() -> None:
    """A check that could not fail would check nothing."""
    real = RECORDED["looks"]["inspect web"]["body"]
    assert differences(real, real) == []
    without = {key: value for key, value in real.items() if key != "State"}
    assert differences(real, without) == ["State: is missing"]
    assert differences(real, real | {"New": 1}) == ["New: is nothing that it says"]
    assert differences(real, real | {"RestartCount": "0"}) == ["RestartCount: str instead of int"]
    assert differences(real, real | {"State": real["State"] | {"Pid": None}}) == [
        "State.Pid: null instead of int"
    ]
    assert differences([{"a": 1}], [{"a": 1}, {"a": "x"}]) == ["[].a: str instead of int"]
    assert differences({"Labels": {"a": "x"}}, {"Labels": {"b": "y"}}) == []
    assert differences({"Labels": {"a": "x"}}, {"Labels": {"b": 1}}) == ["Labels[]: int instead of str"]


@pytest.mark.docker
def test_a_real_engine_still_answers_as_recorded(docker_engine: Docker) -> None:
    version = docker_engine.api.version()["ApiVersion"]
    if version != RECORDED["api"]:
        pytest.skip(f"this engine speaks API {version}, the recordings {RECORDED['api']}")
    with docker_cast(docker_engine) as published:
        # On a busy machine a health check may come too late, and one of the cast play another part for a moment.
        for _ in range(_TAKES):
            found = _drifted(ask_all(docker_engine.socket, published))
            if not found:
                return
    assert found == {}


def _drifted(live: dict[str, Any]) -> dict[str, Any]:
    """What is not as recorded, by question."""
    found: dict[str, Any] = {}
    for name in LOOKS:
        real, now = RECORDED["looks"][name]["body"], live["looks"][name]["body"]
        if lines := _unexplained([*differences(real, now), *differences(now, real)], OF_THE_HOST):
            found[name] = lines
    for group in ("lists", "refusals"):
        for name, answer in RECORDED[group].items():
            if live[group][name] != answer:
                found[name] = live[group][name]
    return found
