"""Containers: acted on, refused, gone, others by now, and engines that do not answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec import structs

from tests.engines.actions.acting import Acting, Allowed, Forbidden, Targets, refused
from tests.engines.actions.docker_acting import SLEEPS, here, wire
from tests.engines.actions.wire import Wire
from tests.servers.docker import Engine, docker_engine
from triage_tui.actions.act import Came, Order, Refused
from triage_tui.actions.audit import AuditLog
from triage_tui.actions.docker import container_identity
from triage_tui.actions.perform import Performer
from triage_tui.actions.switch import Switch
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.sources.clock import steady

__all__ = ["docker_engine", "here", "wire"]

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

PROJECT = {"com.docker.compose.project": "shop"}


def of_shop(service: str, needs: str = "") -> dict[str, str]:
    return {
        **PROJECT,
        "com.docker.compose.service": service,
        **({"com.docker.compose.depends_on": needs} if needs else {}),
    }


def performer(wire: Wire, tmp_path: Path) -> tuple[Performer, Switch]:
    reach = Targets(DockerSpec("docker", Secret(wire.url)))
    switch = Switch(reach.settings)
    return Performer(reach, switch, AuditLog(tmp_path / "state" / "triage-tui")), switch


@pytest.mark.covers("docker.restart", "success")
@pytest.mark.safety(13, 14)
async def test_restart_waits_until_it_is_healthy_and_tells_who_depends_on_it(
    docker_engine: Engine, here: Acting, wire: Wire
) -> None:
    api = docker_engine.container("act-api", SLEEPS, health="true", labels=of_shop("api"))
    web = docker_engine.container(
        "act-web", SLEEPS, labels=of_shop("web", "api:service_healthy:false"), start=False
    )
    with api as id, web:
        before = docker_engine.state("act-api")["StartedAt"]
        preview = await here.plan("docker.restart", "act-api")
        assert preview.title == "restart container act-api"
        assert "act-web (created) depends on it" in preview.affects
        assert ("restart policy", "no") in preview.facts
        assert wire.changing == []
        result = await here.run(preview)
        assert (result.came, result.message) == (
            Came.DONE,
            "act-api was restarted and is running and healthy",
        )
        assert docker_engine.state("act-api")["StartedAt"] != before
        assert wire.changing == [f"POST /containers/{id}/restart"]
        (sent,) = (one for one in wire.requests if one.startswith("POST"))
        assert preview.sends == (f"{sent} to {wire.url}",)
        assert any("health check has not passed yet" in line for line in here.told)


@pytest.mark.covers("docker.start docker.stop docker.kill docker.pause docker.unpause", "success")
@pytest.mark.safety(4)
async def test_each_verb_does_what_it_says_and_refuses_where_there_is_nothing_to_do(
    docker_engine: Engine, here: Acting
) -> None:
    with docker_engine.container("act-one", SLEEPS):
        assert "there is nothing to start" in (await refused(here.plan("docker.start", "act-one"))).message
        for verb, state in (
            ("pause", "paused"),
            ("unpause", "running"),
            ("stop", "exited"),
            ("start", "running"),
            ("kill", "exited"),
        ):
            result = await here.act(f"docker.{verb}", "act-one")
            assert result.came is Came.DONE, (verb, result)
            assert docker_engine.state("act-one")["Status"] == state
        for verb in ("stop", "kill", "pause", "unpause"):
            assert (await refused(here.plan(f"docker.{verb}", "act-one"))).kind == "unavailable"


async def test_what_ends_again_soon_was_not_started(
    docker_engine: Engine, here: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.actions.docker.doing.STEADY_S", 60.0)
    with docker_engine.container("act-fails", "sleep 1; exit 3", start=False):
        result = await here.act("docker.start", "act-fails")
        assert result.came is Came.NOT_DONE
        assert result.message == "act-fails was started and ended again, exit code 3"


async def test_what_ends_over_and_over_was_not_started(
    docker_engine: Engine, here: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.actions.docker.doing.STEADY_S", 60.0)
    with docker_engine.container("act-loops", "sleep 1; exit 3", start=False, restart="always"):
        result = await here.act("docker.start", "act-loops")
        assert result.came is Came.NOT_DONE
        assert "started once more" in result.message


@pytest.mark.covers("docker.restart", "replaced")
@pytest.mark.safety(1, 3)
async def test_another_run_of_it_is_another_target(docker_engine: Engine, here: Acting, wire: Wire) -> None:
    with docker_engine.container("act-other", SLEEPS) as id:
        preview = await here.plan("docker.restart", "act-other")
        docker_engine.api.restart(id, timeout=2)
        error = await refused(here.run(preview))
        assert error.kind == "changed"
        assert "target changed" in error.message
        pinned = container_identity(id, "act-other", "2026-01-01T00:00:00+00:00")
        assert (await refused(here.plan("docker.stop", "act-other", pinned=pinned))).kind == "changed"
        assert wire.changing == []


async def test_one_that_was_made_anew_under_its_name_is_let_alone(
    docker_engine: Engine, here: Acting, wire: Wire
) -> None:
    with docker_engine.container("act-anew", SLEEPS):
        preview = await here.plan("docker.kill", "act-anew")
        docker_engine.remove("act-anew")
        docker_engine.run("act-anew", SLEEPS)
        result = await here.run(preview)
        assert result.came is Came.NOT_DONE
        assert "is gone" in result.message
        assert docker_engine.state("act-anew")["Running"]
        assert wire.changing == []


async def test_what_is_not_there_is_refused_with_the_nearest_name(
    docker_engine: Engine, here: Acting
) -> None:
    with docker_engine.container("act-near", SLEEPS, start=False):
        error = await refused(here.plan("docker.restart", "act-naer"))
        assert (error.kind, error.next_step) == ("gone", "Did you mean act-near?")


@pytest.mark.covers("docker.kill", "timeout")
@pytest.mark.safety(4, 9)
async def test_no_answer_is_unknown_and_not_tried_again(
    docker_engine: Engine, here: Acting, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.actions.docker.doing.MARGIN_S", 0.5)
    with docker_engine.container("act-mute", SLEEPS) as id:
        preview = await here.plan("docker.kill", "act-mute")
        wire.swallow = "/kill"
        result = await here.run(preview)
        assert result.came is Came.UNKNOWN
        assert "no answer came" in result.message
        assert "Look at it before trying again" in result.tells[-1]
        assert wire.changing == [f"POST /containers/{id}/kill"]


async def test_an_engine_that_is_gone_by_then_gets_nothing(
    docker_engine: Engine, here: Acting, wire: Wire
) -> None:
    with docker_engine.container("act-late", SLEEPS):
        preview = await here.plan("docker.restart", "act-late")
        await wire.close()
        result = await here.run(preview)
        assert result.came is Came.NOT_DONE
        assert result.message.startswith("nothing was sent")
        assert (await refused(here.plan("docker.restart", "act-late"))).kind == "unavailable"


async def test_a_refusal_by_the_engine_is_not_done(docker_engine: Engine, here: Acting, wire: Wire) -> None:
    with docker_engine.container("act-no", SLEEPS) as id:
        preview = await here.plan("docker.pause", "act-no")
        wait_paused = asyncio.Event()

        async def pause_first(request: str) -> None:
            if request.startswith("POST") and not wait_paused.is_set():
                wait_paused.set()
                await asyncio.to_thread(docker_engine.api.pause, id)

        wire.before = pause_first
        result = await here.run(preview)
        assert result.came is Came.NOT_DONE
        assert "the engine refused" in result.message


async def test_a_permit_that_is_gone_stops_it_at_the_transport(
    docker_engine: Engine, here: Acting, wire: Wire
) -> None:
    with docker_engine.container("act-forbidden", SLEEPS):
        preview = await here.plan("docker.kill", "act-forbidden")
        assert (await refused(here.run(preview, Forbidden()))).kind == "read-only"
        assert docker_engine.state("act-forbidden")["Running"]
        assert wire.changing == []
        assert any(request.startswith("GET") for request in wire.requests)


@pytest.mark.covers("docker.kill", "read-only")
@pytest.mark.safety(11)
async def test_read_only_lets_nothing_out_even_when_it_is_turned_on_in_the_last_moment(
    docker_engine: Engine, wire: Wire, tmp_path: Path
) -> None:
    doer, switch = performer(wire, tmp_path)
    with docker_engine.container("act-ro", SLEEPS) as id:
        preview = await doer.plan(Order("docker.kill", "docker", "act-ro"))
        looks = 0

        async def turn_on(request: str) -> None:
            nonlocal looks
            looks += request.endswith(f"/containers/{id}/json")
            if looks:
                switch.on()

        wire.before = turn_on
        late = await doer.run(preview, "act-ro")
        assert looks
        assert (late.came, late.message) == (Came.REFUSED, "test is read-only")
        assert await doer.plan(Order("docker.kill", "docker", "act-ro"))
        assert (
            await doer.run(await doer.plan(Order("docker.kill", "docker", "act-ro")), "act-ro")
        ).refusal == "read-only"
        switch.off("test")
        wire.before = None
        assert wire.changing == []
        last = await doer.plan(Order("docker.kill", "docker", "act-ro"))
        assert (await doer.run(last)).refusal == "confirm", (
            "what it has not written is lost: its name is typed"
        )
        assert (await doer.run(last, "act-ro")).came is Came.DONE


@pytest.mark.covers("docker.restart", "two-presses")
@pytest.mark.safety(10)
async def test_two_presses_are_one_request(docker_engine: Engine, wire: Wire, tmp_path: Path) -> None:
    doer, _ = performer(wire, tmp_path)
    with docker_engine.container("act-twice", SLEEPS) as id:
        order = Order("docker.restart", "docker", "act-twice")
        first, second = await doer.plan(order), await doer.plan(order)
        sent = asyncio.Event()

        async def hold(request: str) -> None:
            if request.startswith("POST"):
                sent.set()

        wire.before = hold
        running = asyncio.create_task(doer.run(first))
        await asyncio.wait_for(sent.wait(), 30)
        again = await doer.run(first)
        other = await doer.run(second)
        assert (await running).came is Came.DONE
        assert (again.came, other.came) == (Came.REFUSED, Came.REFUSED)
        later = await doer.run(second)
        assert later.came is Came.REFUSED
        assert "target changed" in later.message
        assert wire.changing == [f"POST /containers/{id}/restart"]


@pytest.mark.covers("docker.restart", "stale")
@pytest.mark.safety(8)
async def test_stale_data_are_not_acted_on(docker_engine: Engine, wire: Wire, tmp_path: Path) -> None:
    doer, _ = performer(wire, tmp_path)
    with docker_engine.container("act-stale", SLEEPS):
        order = Order("docker.restart", "docker", "act-stale", seen_at=steady() - 7)
        with pytest.raises(Refused) as error:
            await doer.plan(order)
        assert error.value.kind == "stale"
        assert await doer.plan(structs.replace(order, seen_at=steady() - 1))


@pytest.mark.covers("docker.pause", "replaced")
@pytest.mark.safety(13)
async def test_an_old_preview_is_read_again(docker_engine: Engine, wire: Wire, tmp_path: Path) -> None:
    doer, _ = performer(wire, tmp_path)
    with docker_engine.container("act-old", SLEEPS) as id:
        preview = await doer.plan(Order("docker.pause", "docker", "act-old"))
        docker_engine.api.restart(id, timeout=2)
        result = await doer.run(structs.replace(preview, taken_at=preview.taken_at - 3))
        assert (result.came, "target changed" in result.message) == (Came.REFUSED, True)
        assert wire.changing == []


@pytest.mark.covers("compose.restart", "success")
async def test_a_project_is_restarted_in_the_order_of_its_dependencies(
    docker_engine: Engine, here: Acting, wire: Wire
) -> None:
    with docker_engine.several(
        {
            "act-a-web": {"script": SLEEPS, "labels": of_shop("web", "api:service_started:false")},
            "act-b-api": {"script": SLEEPS, "labels": of_shop("api", "db:service_healthy:true")},
            "act-c-db": {"script": SLEEPS, "labels": of_shop("db"), "health": "true"},
            "act-d-once": {
                "script": SLEEPS,
                "labels": {**of_shop("job"), "com.docker.compose.oneoff": "True"},
                "start": False,
            },
        }
    ):
        preview = await here.plan("compose.restart", "shop")
        assert ("order", "act-c-db → act-b-api → act-a-web") in preview.facts
        permit = Allowed()
        result = await here.run(preview, permit)
        assert result.came is Came.DONE, result
        assert result.message == "3 of 3 containers were restarted and are well"
        ids = [
            docker_engine.api.inspect_container(name)["Id"] for name in ("act-c-db", "act-b-api", "act-a-web")
        ]
        assert wire.changing == [f"POST /containers/{id}/restart" for id in ids]
        assert permit.asked == 3
        assert (await refused(here.plan("compose.restart", "sohp"))).next_step == "Did you mean shop?"


@pytest.mark.covers("compose.restart", "replaced")
@pytest.mark.safety(3)
async def test_a_project_stops_at_the_first_that_is_not_what_was_shown(
    docker_engine: Engine, here: Acting, wire: Wire
) -> None:
    with docker_engine.several(
        {
            "act-a": {"script": SLEEPS, "labels": of_shop("a")},
            "act-b": {"script": SLEEPS, "labels": of_shop("b", "a")},
        }
    ):
        preview = await here.plan("compose.restart", "shop")
        docker_engine.api.restart("act-b", timeout=2)
        result = await here.run(preview)
        assert result.came is Came.NOT_DONE
        assert result.message.startswith("stopped after 1 of 2 containers: target changed")
        assert len(wire.changing) == 1
