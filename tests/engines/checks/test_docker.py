"""Questions to a real engine about its containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.checks.watched import Watched, asked, asked_once, asked_until
from tests.faults.proxy import FaultProxy
from tests.servers.docker import Engine, docker_engine, wait_for
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

__all__ = ["docker_engine"]

CONTAINERS = {
    "asked-well": {"script": "echo ready; exec sleep 600", "health": "true", "environment": {"MODE": "prod"}},
    "asked-ill": {"script": "echo ERROR no database; exec sleep 600", "health": "echo no database; false"},
    "asked-plain": {
        "script": "exec sleep 600",
        "environment": {"API_TOKEN": "s3cret-of-ours", "DATABASE_URL": "", "MODE": "prod"},
    },
    "asked-ended": {"script": "echo to ann@shop.example; exit 3"},
}


@pytest.fixture(scope="module")
def engine(docker_engine: Engine) -> Iterator[Engine]:
    with docker_engine.several(CONTAINERS):
        wait_for("health", lambda: _health(docker_engine, "asked-well") == "healthy")
        wait_for("illness", lambda: _health(docker_engine, "asked-ill") == "unhealthy")
        wait_for("the end", lambda: docker_engine.state("asked-ended")["Status"] == "exited")
        yield docker_engine


def _health(engine: Engine, name: str) -> object:
    return engine.state(name).get("Health", {}).get("Status")


def on(engine: Engine) -> Watched:
    return Watched(DockerSpec("docker", Secret(engine.url)))


@pytest.mark.parametrize(
    ("name", "outcome", "words"),
    [
        ("asked-well", "pass", "healthy"),
        ("asked-ill", "fail", "health check"),
        ("asked-plain", "warn", "no health check"),
        ("asked-ended", "fail", "3"),
        ("asked-never", "unknown", "there is no container asked-never"),
    ],
)
@pytest.mark.covers("docker.health", "success", "gone")
async def test_health(engine: Engine, name: str, outcome: str, words: str) -> None:
    told = await asked_until(outcome, on(engine), "docker.health", "docker", name)
    assert told.outcome == outcome, told
    assert words in " ".join((told.message, *told.lines))


@pytest.mark.covers("docker.logs-tail", "success")
async def test_logs(engine: Engine) -> None:
    well = await asked_until("pass", on(engine), "docker.logs-tail", "docker", "asked-well")
    assert (well.outcome, well.lines) == ("pass", ("ready",))
    ill = await asked_until("warn", on(engine), "docker.logs-tail", "docker", "asked-ill", lines="5")
    assert (ill.outcome, "ERROR no database" in ill.message) == ("warn", True)
    ended = await asked_until("pass", on(engine), "docker.logs-tail", "docker", "asked-ended")
    assert "ann@shop.example" not in "".join(ended.lines), "personal data are masked"
    silent = await asked(on(engine), "docker.logs-tail", "docker", "asked-plain")
    assert (silent.outcome, "has written nothing" in silent.message) == ("unknown", True)


@pytest.mark.covers("docker.top", "success", "gone")
async def test_processes(engine: Engine) -> None:
    well = await asked_until("pass", on(engine), "docker.top", "docker", "asked-well")
    assert well.outcome == "pass", well
    assert any("sleep" in line for line in well.lines)
    ended = await asked_until("fail", on(engine), "docker.top", "docker", "asked-ended")
    assert (ended.outcome, "it has no process" in ended.message) == ("fail", True)


@pytest.mark.covers("env.present", "success")
async def test_variables_without_their_values(engine: Engine) -> None:
    told = await asked_until(
        "fail", on(engine), "env.present", "docker", "asked-plain", names="API_TOKEN, DATABASE_URL"
    )
    assert (told.outcome, "DATABASE_URL" in told.message) == ("fail", True)
    assert any(line.startswith("API_TOKEN  fingerprint ") for line in told.lines)
    assert "s3cret" not in told.message + "".join(told.lines)
    lacking = await asked_until("fail", on(engine), "env.present", "docker", "asked-well", names="API_TOKEN")
    assert (lacking.outcome, lacking.message) == ("fail", "asked-well lacks API_TOKEN")
    well = await asked_until("pass", on(engine), "env.present", "docker", "asked-well")
    assert well.outcome == "pass"


@pytest.mark.covers("postgres.version-against-client", "gone")
async def test_client_versions_are_unknown_where_nothing_tells_them(engine: Engine) -> None:
    told = await asked(on(engine), "postgres.version-against-client", "docker", "asked-well")
    assert told.outcome == "unknown"


@pytest.mark.parametrize("id", ["docker.logs-tail", "docker.top", "env.present"])
@pytest.mark.covers("docker.logs-tail docker.top env.present", "gone")
async def test_a_container_that_is_gone_is_unknown_by_its_name(engine: Engine, id: str) -> None:
    told = await asked(on(engine), id, "docker", "asked-never")
    assert (told.outcome, "asked-never" in told.message) == ("unknown", True), told


@pytest.mark.parametrize("id", ["docker.logs-tail", "docker.top", "env.present"])
async def test_an_engine_that_is_not_there_or_silent(engine: Engine, tmp_path: Path, id: str) -> None:
    gone = await asked(
        Watched(DockerSpec("docker", Secret(f"unix://{tmp_path}/s"))), id, "docker", "asked-well"
    )
    assert (gone.outcome, gone.message.partition(":")[0]) == ("unknown", "refused")


async def test_a_silent_engine_ends_in_unknown(engine: Engine, tmp_path: Path) -> None:
    with FaultProxy(engine.socket, listen=tmp_path / "s") as proxy:
        proxy.blackhole()
        silent = await asked_once(
            Watched(DockerSpec("docker", Secret(f"unix://{proxy.path}"))),
            "docker.top",
            "docker",
            "asked-well",
        )
    assert (silent.outcome, silent.message.partition(":")[0]) == ("unknown", "timeout")
