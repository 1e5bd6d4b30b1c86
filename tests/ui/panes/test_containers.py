"""The face of a Docker engine."""

from __future__ import annotations

import pytest

from tests.ui.pictures import MIB, containers, docker_data, picture, sighting
from triage_tui.model import Kind, State
from triage_tui.model.docker import Container, ContainerEvent, DockerData
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.containers import Containers, status
from triage_tui.ui.rows import Row

FACE, GLANCE = Containers(), Glance(picture())


def rows(*shown: Container) -> list[Row]:
    return list(FACE.rows(GLANCE, sighting(Kind.DOCKER, "docker", "unix:///x", DockerData(shown))))


def texts(container: Container) -> dict[str, str]:
    (row,) = rows(container)
    return {key: cell.text for key, cell in row.cells.items()}


def tones(container: Container) -> dict[str, str]:
    (row,) = rows(container)
    return {key: cell.tone for key, cell in row.cells.items()}


class TestStatus:
    @pytest.mark.parametrize(
        ("fields", "word"),
        [
            ({"state": "running"}, "● running"),
            ({"state": "running", "health": "healthy"}, "● healthy"),
            ({"state": "running", "health": "starting"}, "◌ starting"),
            ({"state": "running", "health": "unhealthy"}, "✗ unhealthy"),
            ({"state": "restarting", "exit_code": 1}, "✗ restarting"),
            ({"state": "exited", "exit_code": 0}, "○ exited 0"),
            ({"state": "exited", "exit_code": 3}, "✗ exited 3"),
            ({"state": "exited", "exit_code": 137, "oom_killed": True}, "✗ OOM 137"),
            ({"state": "exited", "exit_code": None, "oom_killed": True}, "✗ OOM"),
            ({"state": "exited", "exit_code": None}, "✗ exited ?"),
            ({"state": "dead", "exit_code": None}, "✗ dead ?"),
            ({"state": "paused"}, "‖ paused"),
            ({"state": "created"}, "○ created"),
            ({"state": "unknown"}, "○ unknown"),
        ],
    )
    def test_words(self, fields: dict[str, object], word: str) -> None:
        said, _tone, _rank = status(Container("1", "a", "i", **fields))  # type: ignore[arg-type]
        assert said == word
        assert len(said) <= 13, "the column holds it"

    def test_an_unknown_exit_code_is_not_a_clean_exit(self) -> None:
        _said, tone, _rank = status(Container("1", "a", "i", state="exited"))
        assert tone == "bad"


class TestRows:
    def test_nothing_known_is_never_a_zero(self) -> None:
        shown = texts(Container("1", "a", "i", state="running"))
        for column in ("restarts", "cpu", "memory", "age"):
            assert shown[column] == "?", column
        assert shown["network"] == "?/?"
        assert shown["limit"] == "-", "no limit is not an unknown one"

    def test_a_zero_that_is_known_is_one(self) -> None:
        shown = texts(Container("1", "a", "i", state="running", restarts=0, cpu_percent=0.0, memory_bytes=0))
        assert (shown["restarts"], shown["cpu"], shown["memory"]) == ("0", "0%", "0B")

    def test_what_does_not_run_takes_nothing(self) -> None:
        shown = texts(Container("1", "a", "i", state="exited", exit_code=1, memory_bytes=None))
        assert [shown[column] for column in ("cpu", "memory", "limit", "network")] == ["-"] * 4

    def test_an_unknown_use_of_a_known_limit_is_unknown(self) -> None:
        assert texts(Container("1", "a", "i", state="running", memory_limit_bytes=MIB))["limit"] == "?"

    def test_memory_near_the_limit_is_told_by_tone_and_number(self) -> None:
        near = Container("1", "a", "i", state="running", memory_bytes=97 * MIB, memory_limit_bytes=100 * MIB)
        assert texts(near)["limit"] == "97%"
        assert tones(near)["limit"] == "bad"

    def test_those_in_trouble_come_first_then_by_name(self) -> None:
        assert [row.cells["name"].text for row in rows(*containers(10))] == [
            "importer", "shop-api", "worker", "seed", "batch", "cache-warmer", "auth", "mailer", "web", "migrate",
        ]  # fmt: skip

    def test_rows_are_known_by_id_and_subjects_by_name(self) -> None:
        (row,) = rows(Container("abc", "web-1", "i"))
        assert row.key == "abc"
        assert FACE.subject(row) == "web-1"

    def test_a_search_looks_at_name_image_project_service_and_status(self) -> None:
        (row,) = rows(Container("1", "Web", "nginx:1", "shop", "front", "running", "unhealthy"))
        for word in ("web", "nginx", "shop", "front", "unhealthy"):
            assert word in row.words


class TestHeadline:
    def test_counts_what_is_wrong(self) -> None:
        one = sighting(Kind.DOCKER, "docker", "unix:///x", docker_data(18))
        said = "".join(cell.text for cell in FACE.headline(GLANCE, one))
        assert said == "13 running  1 unhealthy  1 OOM  1 restarting  3 exited  1 paused"

    def test_nothing_known_says_nothing(self) -> None:
        one = sighting(Kind.DOCKER, "docker", "unix:///x", None, state=State.CONNECTING)
        assert FACE.headline(GLANCE, one) == ()
        assert FACE.rows(GLANCE, one) == ()
        assert FACE.empty(GLANCE, one) == ""

    def test_an_engine_without_containers_says_so(self) -> None:
        one = sighting(Kind.DOCKER, "docker", "unix:///x", DockerData(()))
        assert FACE.empty(GLANCE, one) == "this engine has no containers"


class TestDetails:
    def details(self, container: Container, *events: ContainerEvent) -> dict[str, str]:
        one = sighting(Kind.DOCKER, "docker", "unix:///x", DockerData((container,), events=events))
        return dict(FACE.details(GLANCE, one, container.id))

    def test_a_signal_is_named(self) -> None:
        assert self.details(Container("1", "a", "i", state="exited", exit_code=143))["exit code"] == (
            "143, ended by signal 15"
        )
        assert (
            "killed by the kernel"
            in (
                self.details(Container("1", "a", "i", state="exited", exit_code=137, oom_killed=True))[
                    "exit code"
                ]
            )
        )
        assert self.details(Container("1", "a", "i", state="running"))["exit code"] == "-"

    def test_its_own_events_are_told(self) -> None:
        mine = ContainerEvent("2026-03-01T03:10:00+00:00", "oom", "1", "a")
        other = ContainerEvent("2026-03-01T03:11:00+00:00", "die", "2", "b")
        details = self.details(Container("1", "a", "i"), mine, other)
        assert details["03:10:00"] == "oom"
        assert "03:11:00" not in details

    def test_a_row_that_is_gone_has_none(self) -> None:
        one = sighting(Kind.DOCKER, "docker", "unix:///x", docker_data())
        assert FACE.details(GLANCE, one, "gone") == ()
