"""Each verb through what can go wrong with it, on containers of a real engine. Nothing of it is hoped for: the line to
the engine does it at the request itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.engines.actions.acting import Acting, Allowed, Forbidden, refused
from tests.engines.actions.docker_acting import SLEEPS, here, wire
from tests.engines.actions.wire import Wire
from tests.servers.docker import Engine, docker_engine, wait_for
from triage_tui.actions.act import Came
from triage_tui.actions.docker.deeds import VERBS

__all__ = ["docker_engine", "here", "wire"]

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

NOTHING = "/no/such/program"


@contextmanager
def impatience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where an answer never comes it need not be waited for."""
    with monkeypatch.context() as short:
        short.setattr("triage_tui.actions.docker.doing.MARGIN_S", 0.2)
        short.setattr("triage_tui.actions.docker.reading.STOP_TIMEOUT_S", 0)
        yield


@pytest.mark.covers(
    "docker.restart docker.start docker.stop docker.kill docker.pause docker.unpause",
    "read-only",
    "permission",
    "timeout",
    "replaced",
    "gone",
    "down",
)
@pytest.mark.safety(3, 4, 9, 11)
@pytest.mark.parametrize("verb", VERBS)
async def test_nothing_is_done_but_what_is_said(
    docker_engine: Engine, here: Acting, wire: Wire, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One container through all of them, from what sends nothing to what nobody has heard of."""
    name, action = f"act-{verb}", f"docker.{verb}"

    def make() -> str:
        id = docker_engine.run(name, SLEEPS, start=verb != "start")
        if verb == "unpause":
            docker_engine.api.pause(id)
        return id

    try:
        id = make()
        before = docker_engine.state(name)
        preview = await here.plan(action, name)
        assert (await refused(here.run(preview, Forbidden()))).kind == "read-only"
        assert wire.changing == []

        wire.forbid = f"/{verb}"
        forbidden = await here.run(preview)
        assert (forbidden.came, "refused (403)" in forbidden.message) == (Came.NOT_DONE, True), forbidden
        assert docker_engine.state(name) == before
        wire.forbid = None

        wire.requests.clear()
        wire.hold = f"/{verb}"
        permit = Allowed()
        with impatience(monkeypatch):
            silent = await here.run(await here.plan(action, name), permit)
        assert (silent.came, "no answer came" in silent.message) == (Came.UNKNOWN, True), silent
        assert (wire.changing, permit.asked) == ([f"POST /containers/{id}/{verb}"], 1)
        assert docker_engine.state(name) == before
        wire.hold = None

        wire.requests.clear()
        docker_engine.remove(name)
        assert (await refused(here.plan(action, name))).kind == "gone"
        gone = await here.run(preview)
        assert (gone.came, "is gone" in gone.message) == (Came.NOT_DONE, True), gone
        make()
        before = docker_engine.state(name)
        another = await here.run(preview)
        assert (another.came, "is gone" in another.message) == (Came.NOT_DONE, True), another
        assert (await refused(here.plan(action, name, pinned=preview.identity))).kind == "changed"
        assert (wire.changing, docker_engine.state(name)) == ([], before)

        last = await here.plan(action, name)
        await wire.close()
        down = await here.run(last)
        assert (down.came, "nothing was sent" in down.message) == (Came.NOT_DONE, True), down
        assert docker_engine.state(name) == before
    finally:
        docker_engine.remove(name)


@pytest.mark.covers("docker.kill docker.pause docker.unpause", "refusal")
@pytest.mark.parametrize("verb", ["kill", "pause", "unpause"])
async def test_the_engine_refuses_what_somebody_else_has_done_by_then(
    docker_engine: Engine, here: Acting, wire: Wire, verb: str
) -> None:
    """In the instant before the order reaches it."""
    name = f"act-{verb}"
    with docker_engine.container(name, "exec sleep 600") as id:
        if verb == "unpause":
            docker_engine.api.pause(id)
        preview = await here.plan(f"docker.{verb}", name)
        done = asyncio.Event()

        async def come_first(request: str) -> None:
            if request.startswith("POST") and not done.is_set():
                done.set()
                await asyncio.to_thread(getattr(docker_engine.api, verb), id)
                wait_for("it to show", lambda: docker_engine.state(name)["Running"] is (verb != "kill"))

        wire.before = come_first
        result = await here.run(preview)
        assert (result.came, "the engine refused" in result.message) == (Came.NOT_DONE, True), result


@pytest.mark.covers("docker.start docker.restart", "refusal")
@pytest.mark.parametrize("verb", ["start", "restart"])
async def test_the_engine_cannot_start_what_has_no_program(
    docker_engine: Engine, here: Acting, wire: Wire, verb: str
) -> None:
    try:
        docker_engine.run("act-empty", "", command=[NOTHING], start=False)
        result = await here.act(f"docker.{verb}", "act-empty")
        assert (result.came, "the engine refused" in result.message) == (Came.NOT_DONE, True), result
        assert NOTHING in result.message
        assert len(wire.changing) == 1
    finally:
        docker_engine.remove("act-empty")


def of_shop(service: str, needs: str = "") -> dict[str, str]:
    labels = {"com.docker.compose.project": "faulty", "com.docker.compose.service": service}
    return {**labels, "com.docker.compose.depends_on": needs} if needs else labels


@pytest.mark.covers(
    "compose.restart", "read-only", "permission", "refusal", "timeout", "replaced", "gone", "down"
)
@pytest.mark.safety(1, 3, 4, 9, 11)
async def test_a_project_through_what_can_go_wrong(
    docker_engine: Engine, here: Acting, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    with docker_engine.several(
        {
            "act-one": {"script": SLEEPS, "labels": of_shop("one")},
            "act-two": {"script": SLEEPS, "labels": of_shop("two", "one"), "start": False},
        }
    ):
        two = str(docker_engine.api.inspect_container("act-two")["Id"])
        preview = await here.plan("compose.restart", "faulty")
        assert (await refused(here.run(preview, Forbidden()))).kind == "read-only"
        assert wire.changing == []

        wire.forbid = f"{two}/restart"
        forbidden = await here.run(preview)
        assert forbidden.came is Came.NOT_DONE
        assert forbidden.message.startswith("stopped after 1 of 2 containers: the engine refused (403)")
        assert len(wire.changing) == 2
        wire.forbid = None

        wire.requests.clear()
        wire.hold = "/restart"
        with impatience(monkeypatch):
            silent = await here.run(await here.plan("compose.restart", "faulty"))
        assert silent.came is Came.UNKNOWN, silent
        assert silent.message.startswith("stopped after 0 of 2 containers: restart was sent")
        assert len(wire.changing) == 1, "it went on without an answer"
        wire.hold = None

        preview = await here.plan("compose.restart", "faulty")
        wire.requests.clear()
        with docker_engine.container("act-three", SLEEPS, labels=of_shop("three"), start=False):
            joined = await refused(here.run(preview))
            assert (joined.kind, "target changed" in joined.message) == ("changed", True)
            assert (
                await refused(here.plan("compose.restart", "faulty", pinned=preview.identity))
            ).kind == "changed"
        docker_engine.remove("act-two")
        left = await refused(here.run(preview))
        assert (left.kind, "target changed" in left.message) == ("changed", True)
        assert wire.changing == []

        last = await here.plan("compose.restart", "faulty")
        await wire.close()
        down = await here.run(last)
        assert (down.came, "nothing was sent" in down.message) == (Came.NOT_DONE, True), down
