"""Logs of a real engine: what guides know, what should not stand there, and nothing lost or doubled on the way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from tests.engines.docker.conftest import Watch
from tests.engines.docker.looking import PATIENCE_S, data_of
from tests.servers.docker import Engine
from triage_tui.model import Observation
from triage_tui.model.logs import Logs
from triage_tui.sources.docker import DockerSource

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

STAY = "; while :; do sleep 1; done"


class Ear:
    """Takes the place of the guides: knows lines with ERROR in them, and keeps what it was shown."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, line: str) -> str | None:
        self.heard.append(line)
        return "test/error" if "ERROR" in line else None


def logs_of(seen: Observation) -> Logs:
    logs = data_of(seen).logs
    assert logs is not None
    return logs


async def until(source: DockerSource, wanted: Callable[[Logs], bool]) -> Logs:
    logs: Logs | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                logs = logs_of(await source.observe())
                if wanted(logs):
                    return logs
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"the logs did not become as wanted: {logs}") from None


async def test_what_guides_know_and_what_should_not_stand_there(docker_engine: Engine, watch: Watch) -> None:
    """From standard output and error, from before and from now, with and without a terminal."""
    script = (
        "go=; trap 'go=1' USR1; echo 'ERROR before: mail=jane.doe@shop.org'; echo 'ERROR err' >&2;"
        " while [ -z $go ]; do sleep 0.1; done;"
        " printf 'ERROR bytes \\377\\033[31m\\n'; echo 'KeyError: HMAC_SECRET_KEY environment variable is required'"
    )
    with docker_engine.container("talker", script + STAY, environment={"OTHER": "1"}):
        source = watch(docker_engine.url, recognise=Ear())
        first = await until(source, lambda logs: any(hit.count == 2 for hit in logs.hits))
        (hit,) = first.hits
        assert (hit.container, hit.entry) == ("talker", "test/error")
        assert hit.last_age_s is not None
        assert 0 <= hit.last_age_s < 120
        (sensitive,) = first.sensitive
        assert (sensitive.kind, sensitive.sample, sensitive.count) == ("e-mail address", "j…@s…", 1)
        assert "jane" not in str(first)
        docker_engine.api.kill("talker", "SIGUSR1")
        now = await until(source, lambda logs: bool(logs.missing))
        assert now.hits[0].line == "ERROR bytes �␛[31m"
        assert [(one.container, one.variable) for one in now.missing] == [("talker", "HMAC_SECRET_KEY")]
        assert (now.watched, now.unwatched, now.dropped) == (1, 0, 0)


async def test_a_variable_that_is_there_is_not_missing(docker_engine: Engine, watch: Watch) -> None:
    """Whatever a line says: it may be about another service's."""
    script = "echo 'ERROR SECRET_KEY environment variable is required'" + STAY
    with docker_engine.container("has-it", script, environment={"SECRET_KEY": "8c1f7f0e5a6b"}):
        logs = await until(watch(docker_engine.url, recognise=Ear()), lambda logs: bool(logs.hits))
    assert logs.missing == ()


async def test_restarts_lose_and_double_nothing(docker_engine: Engine, watch: Watch) -> None:
    """A program that counts on, is restarted by the engine, and counts on."""
    script = (
        'n=$(cat /n 2>/dev/null || echo 0); i=0; while [ $i -lt 7 ]; do echo "line $n"; n=$((n+1)); i=$((i+1)); done;'
        " echo $n > /n; sleep 0.3"
    )
    ear = Ear()
    with docker_engine.container("again", script, restart="always"):
        source = watch(docker_engine.url, recognise=ear)
        await until(source, lambda logs: logs.lines >= 35)
        docker_engine.api.stop("again", timeout=1)
        written = docker_engine.api.logs("again").decode().split("\n")[:-1]
        await until(source, lambda logs: not logs.waiting and ear.heard[-1:] == written[-1:])
    assert len(ear.heard) >= 35
    # What was written before anybody listened comes too, but for what is longer than the end of a log.
    assert ear.heard == written[-len(ear.heard) :]


async def test_what_ended_is_read_to_its_end_once(docker_engine: Engine, watch: Watch) -> None:
    """A one-off that failed says why in its last lines."""
    ear = Ear()
    with docker_engine.container("once", "echo ERROR why; exit 2"):
        source = watch(docker_engine.url, recognise=ear)
        await until(source, lambda logs: bool(logs.hits))
        for _ in range(5):
            await source.observe()
        assert ear.heard == ["ERROR why"]


async def test_a_terminal_and_a_line_in_parts(docker_engine: Engine, watch: Watch) -> None:
    """No frames in one, more than one frame for a line in the other."""
    api = docker_engine.api
    host = api.create_host_config(network_mode="none")
    script = [
        "sh",
        "-c",
        "echo 'ERROR on a terminal'; head -c 40000 /dev/zero | tr '\\0' x; echo; echo ERROR after" + STAY,
    ]
    ear = Ear()
    with contextlib.ExitStack() as cleanup:
        for name, tty in (("terminal", True), ("plain", False)):
            made = api.create_container(docker_engine.image, script, name=name, host_config=host, tty=tty)
            cleanup.callback(docker_engine.remove, name)
            api.start(made["Id"])
        logs = await until(
            watch(docker_engine.url, recognise=ear),
            lambda logs: {hit.container for hit in logs.hits if hit.count == 2} == {"terminal", "plain"},
        )
    assert {hit.line for hit in logs.hits} == {"ERROR after"}
    # The second of the two is of a shape that nobody knows.
    assert [len(line) for line in ear.heard if line.startswith("xxxx")] == [2000]
    assert logs.lines == 6


async def test_a_flood_is_sampled_and_says_so(docker_engine: Engine, watch: Watch) -> None:
    """The quiet neighbour is heard all the same."""
    flood = {"script": "yes 'INFO nothing of interest 12345'"}
    quiet = {"script": "while :; do echo ERROR quiet; sleep 1; done"}
    with docker_engine.several({"flood": flood, "quiet": quiet}):
        source = watch(docker_engine.url, recognise=Ear())
        logs = await until(
            source, lambda logs: logs.dropped > 20_000 and any(hit.count > 2 for hit in logs.hits)
        )
    assert logs.dropped_by["flood"] > 20_000
    assert "quiet" not in logs.dropped_by
    assert logs.hits[0].container == "quiet"


async def test_a_log_that_goes_elsewhere_is_a_gap(docker_engine: Engine, watch: Watch) -> None:
    """The engine says that it does not keep it."""
    api = docker_engine.api
    host = api.create_host_config(network_mode="none", log_config={"Type": "none", "Config": {}})
    made = api.create_container(
        docker_engine.image, ["sh", "-c", "echo x" + STAY], name="mute", host_config=host
    )
    try:
        api.start(made["Id"])
        source = watch(docker_engine.url, recognise=Ear())
        logs = await until(source, lambda logs: logs.unwatched == 1)
        assert logs.watched == 0
        gaps = {gap.part: gap.problem for gap in (await source.observe()).gaps}
        assert "mute" in gaps["logs"].message
    finally:
        docker_engine.remove("mute")


async def test_logs_can_be_left_alone(docker_engine: Engine) -> None:
    """`logs = false`: nothing is asked."""
    from triage_tui.config.secret import Secret
    from triage_tui.config.settings import DockerSpec

    asked: list[str] = []
    source = DockerSource(
        DockerSpec("docker", Secret(docker_engine.url), logs=False),
        environ={},
        on_request=lambda method, path: asked.append(path),
    )
    try:
        with docker_engine.container("talker", "echo ERROR" + STAY):
            assert data_of(await source.observe()).logs is None
    finally:
        await source.aclose()
    assert not any(path.endswith("/logs") for path in asked)
