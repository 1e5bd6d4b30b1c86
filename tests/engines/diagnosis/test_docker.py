"""Containers of a real Docker engine that fail in the ways that containers fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.diagnosis.telling import INTERVAL_S, gone, led_by, watching
from tests.servers.docker import Engine as Docker
from tests.servers.docker import docker_engine
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.engine import Engine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

__all__ = ["docker_engine"]

FOREVER = "while :; do sleep 1; done"

INCIDENTS: dict[str, dict[str, Any]] = {
    "docker.unhealthy": {"script": FOREVER, "health": "echo no database; false"},
    "docker.restart-loop": {"script": "exit 3", "restart": "always"},
    "docker.exited": {"script": "exit 3"},
}


@pytest.fixture
def engine(docker_engine: Docker) -> Iterator[Engine]:
    """It watches an engine on which one thing runs well."""
    with (
        docker_engine.container("well", FOREVER),
        watching(DockerSpec("docker", Secret(docker_engine.url), interval_s=INTERVAL_S)) as engine,
    ):
        yield engine


@pytest.mark.parametrize(("id", "options"), INCIDENTS.items(), ids=INCIDENTS)
def test_it_leads_and_goes_with_the_container(
    docker_engine: Docker, engine: Engine, id: str, options: dict[str, Any]
) -> None:
    with docker_engine.container("sick", **options):
        finding = led_by(engine, id, "sick")
        assert finding.evidence
        assert finding.checks
    gone(engine, id)


def test_killed_for_memory(docker_engine: Docker, engine: Engine) -> None:
    """Where the container ends at once, the engine may never learn of the reason: a child is killed, and it goes on."""
    script = f"tail /dev/zero; {FOREVER}"
    with docker_engine.container("greedy", script, memory="32m"):
        assert "memory" in led_by(engine, "docker.oom-killed", "greedy").title


def test_what_leans_on_a_dead_container_stands_below_it(docker_engine: Docker, engine: Engine) -> None:
    """By the labels that compose writes: the cause leads, and its victim is told with it."""
    project = "com.docker.compose.project"
    service = "com.docker.compose.service"
    needs = "com.docker.compose.depends_on"
    with (
        docker_engine.container("shop-db-1", "exit 3", labels={project: "shop", service: "db"}),
        docker_engine.container(
            "shop-web-1",
            FOREVER,
            health="false",
            labels={project: "shop", service: "web", needs: "db:service_started:false"},
        ),
    ):

        def is_one(diagnosis: Any) -> bool:
            return any(
                one.root.subject == "shop-db-1" and [s.subject for s in one.symptoms] == ["shop-web-1"]
                for one in diagnosis.incidents
            )

        assert engine.wait_diagnosis(is_one, 60.0), engine.diagnosis().incidents
