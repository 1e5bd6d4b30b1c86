"""Containers live as their descriptions and Docker's rules say, with real processes."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import msgspec
import psutil
import pytest

from tests.lab.engine.conftest import becomes, eventually, python, shell, until
from tests.lab.leftovers import alive
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import BadRequestError, ConflictError, NotFoundError, UnchangedError
from triage_tui.lab.engine.logbook import LogBook
from triage_tui.lab.engine.spec import HealthCheck, Restart, ServiceSpec

FOREVER = "echo ready; while :; do sleep 0.05; done"
STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
BOTH = frozenset({1, 2})


async def _run(engine: Engine, spec: ServiceSpec, *, ready: bool = True) -> None:
    """Start one, and wait until it has said something."""
    await engine.start(engine.add(spec))
    if ready:
        await eventually(f"{spec.name} is ready", lambda: _said(engine.find(spec.name).log) != [])


def _said(log: LogBook) -> list[str]:
    return [line.text.decode().strip() for line in log.read(BOTH)]


def _actions(engine: Engine, name: str) -> list[str]:
    """What happened to it, in order, without checks and networks."""
    return [
        event["Action"] if "exitCode" not in event["Actor"]["Attributes"] else
        f"{event['Action']} {event['Actor']['Attributes']['exitCode']}"
        for event in engine.events.past(0, 1 << 62)
        if event["Type"] == "container"
        and event["Actor"]["Attributes"]["name"] == name
        and not event["Action"].startswith("exec_")
    ]  # fmt: skip


async def test_from_creation_to_removal(engine: Engine) -> None:
    number = engine.add(shell("web", FOREVER))
    web = engine.find("web")
    assert (web.id, web.state.word, web.pid) == (number, "created", 0)
    await engine.start("web")
    assert (web.state.word, alive(psutil.Process(web.pid))) == ("running", True)
    with pytest.raises(UnchangedError):
        await engine.start("web")
    with pytest.raises(ConflictError, match="cannot remove a running container"):
        await engine.remove("web", force=False)
    await engine.stop("web")
    assert (web.state.word, web.state.exit_code) == ("exited", 143)
    with pytest.raises(UnchangedError):
        await engine.stop("web")
    await engine.start("web")
    await engine.remove("web")
    with pytest.raises(NotFoundError, match="No such container: web"):
        engine.find("web")
    assert not web.folder.exists()
    assert _actions(engine, "web") == [
        "create", "start", "kill", "die 143", "stop", "start", "kill", "die 137", "destroy",
    ]  # fmt: skip


async def test_stop_waits_and_then_kills(engine: Engine) -> None:
    await _run(engine, shell("web", STUBBORN))
    await engine.stop("web", timeout_s=0.2)
    assert engine.find("web").state.exit_code == 137
    assert _actions(engine, "web")[-4:] == ["kill", "kill", "die 137", "stop"]


async def test_its_own_stop_signal(engine: Engine) -> None:
    script = "trap 'exit 9' INT; trap '' TERM; echo ready; while :; do sleep 0.05; done"
    await _run(engine, shell("web", script, stop_signal="SIGINT"))
    await engine.stop("web")
    assert engine.find("web").state.exit_code == 9


async def test_a_restart_is_another_process_with_the_same_id(engine: Engine) -> None:
    await _run(engine, shell("web", FOREVER, restart=Restart("always")))
    web = engine.find("web")
    number, pid, started = web.id, web.pid, web.state.started_ns or 0
    await engine.restart("web")
    assert web.id == number
    assert web.pid not in (0, pid)
    assert (web.state.started_ns or 0) > started
    assert web.restarts == 0
    assert not psutil.pid_exists(pid) or not alive(psutil.Process(pid))
    assert _actions(engine, "web") == ["create", "start", "kill", "die 143", "stop", "start", "restart"]


async def test_killed_by_hand_is_not_restarted_and_crashed_is(engine: Engine) -> None:
    await _run(engine, shell("web", FOREVER, restart=Restart("always")))
    web = engine.find("web")
    engine.crash("web", "SIGKILL")
    await until(engine, "web", lambda: web.restarts == 1 and web.state.word == "running")
    os.kill(web.pid, signal.SIGKILL)
    await until(engine, "web", lambda: web.restarts == 2 and web.state.word == "running")
    await engine.kill("web")
    assert web.state.word == "exited"
    await asyncio.sleep(0.3)
    assert (web.state.word, web.restarts) == ("exited", 2)
    with pytest.raises(
        ConflictError, match=r"Cannot kill container: web: Container [0-9a-f]{64} is not running"
    ):
        await engine.kill("web")


async def test_a_crash_loop_counts_and_ends_by_hand(engine: Engine) -> None:
    await _run(engine, shell("loop", "exit 7", restart=Restart("unless-stopped")), ready=False)
    loop = engine.find("loop")
    await until(engine, "loop", lambda: loop.restarts >= 3 and loop.state.word == "restarting")
    assert (loop.running, loop.pid, loop.state.exit_code) == (True, 0, 7)
    with pytest.raises(UnchangedError):
        await engine.start("loop")
    await engine.stop("loop")
    assert (loop.state.word, loop.state.exit_code) == ("exited", 7)
    await engine.start("loop")
    assert loop.restarts <= 1


async def test_on_failure_gives_up(engine: Engine) -> None:
    await _run(engine, shell("job", "exit 2", restart=Restart("on-failure", retries=2)), ready=False)
    await becomes(engine, "job", "exited")
    assert engine.find("job").restarts == 2
    assert _actions(engine, "job").count("die 2") == 3


async def test_a_program_that_is_not_there(engine: Engine) -> None:
    engine.add(ServiceSpec("web", "web", ("no-such-program",)))
    with pytest.raises(
        BadRequestError, match=r'exec: "no-such-program": executable file not found in \$PATH'
    ):
        await engine.start("web")
    web = engine.find("web")
    assert (web.state.word, web.state.exit_code) == ("created", 127)
    assert "no-such-program" in web.state.error


async def test_a_program_that_goes_away_ends_its_restarts(engine: Engine, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nrm $0\nexit 1\n")
    program.chmod(0o755)
    await _run(engine, ServiceSpec("web", "web", (str(program),), restart=Restart("always")), ready=False)
    await becomes(engine, "web", "exited")
    assert "no such file or directory" in engine.find("web").state.error


async def test_pause_stops_the_whole_tree(engine: Engine) -> None:
    await _run(engine, shell("web", f"sh -c '{FOREVER}' & wait"))
    web = engine.find("web")
    assert web.run is not None
    engine.pause("web")

    def all_stopped() -> bool:
        # One that ended just before waits for its parent to take notice, which is stopped.
        processes = web.run.table() if web.run is not None else ()
        states = {process.status() for process in processes} - {psutil.STATUS_ZOMBIE}
        return states == {psutil.STATUS_STOPPED}

    await eventually("all are stopped", all_stopped)
    assert web.state.word == "paused"
    for action in (engine.pause, lambda name: asyncio.ensure_future(engine.start(name))):
        with pytest.raises(ConflictError):
            await (action("web") or asyncio.sleep(0))
    engine.unpause("web")
    await eventually("all go on", lambda: not all_stopped())
    engine.pause("web")
    await engine.stop("web")
    assert web.state.exit_code == 143
    with pytest.raises(ConflictError, match="is not running"):
        engine.pause("web")


async def test_more_memory_than_it_may_have(engine: Engine) -> None:
    """As the kernel does it: the process dies by SIGKILL, and the engine knows why."""
    code = "held = bytearray(b'x') * (120 << 20)\nimport time\ntime.sleep(300)"
    await _run(engine, python("greedy", code, memory_limit_bytes=64 << 20), ready=False)
    await becomes(engine, "greedy", "exited")
    greedy = engine.find("greedy")
    assert (greedy.state.exit_code, greedy.state.oom_killed) == (137, True)
    assert _actions(engine, "greedy") == ["create", "start", "oom", "die 137"]


async def test_a_child_with_too_much_memory_dies_alone(engine: Engine) -> None:
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    held = bytearray(b'x') * (120 << 20)\n"
        "    time.sleep(300)\n"
        "print('child ended', os.wait()[1], flush=True)\n"
        "time.sleep(300)\n"
    )
    await _run(engine, python("pool", code, memory_limit_bytes=64 << 20))
    pool = engine.find("pool")
    assert _said(pool.log) == ["child ended 9"]
    assert (pool.state.word, pool.state.oom_killed) == ("running", True)


async def test_health_follows_the_check(engine: Engine, tmp_path: Path) -> None:
    check = HealthCheck(
        ("CMD-SHELL", "cat well || { echo ill in $COLOUR >&2; exit 1; }"),
        interval_s=0.05,
        timeout_s=10,
        retries=2,
    )
    spec = shell("web", FOREVER, health=check, folder=str(tmp_path), env={"COLOUR": "blue"})
    await _run(engine, spec)
    web = engine.find("web")
    assert web.health is not None
    health = web.health
    await until(engine, "web", lambda: health.status == "unhealthy")
    assert health.streak >= 2
    assert health.log[-1].code == 1
    assert "ill in blue" in health.log[-1].output
    (tmp_path / "well").write_text("very well")
    await until(engine, "web", lambda: health.status == "healthy")
    assert health.log[-1].output == "very well"
    engine.pause("web")
    assert health.status == "unhealthy"
    engine.unpause("web")
    await until(engine, "web", lambda: health.status == "healthy")
    told = [action for action in _actions(engine, "web") if action.startswith("health")]
    assert told[:2] == ["health_status: unhealthy", "health_status: healthy"]


@pytest.mark.parametrize(
    ("test", "output"),
    [
        (("CMD", "sh", "-c", "sleep 300"), "Health check exceeded timeout (100ms)"),
        (("CMD", "no-such-program"), "executable file not found"),
    ],
)
async def test_checks_that_cannot_answer(engine: Engine, test: tuple[str, ...], output: str) -> None:
    check = HealthCheck(test, interval_s=0.05, timeout_s=0.1, retries=1)
    await _run(engine, shell("web", FOREVER, health=check))
    health = engine.find("web").health
    assert health is not None
    await until(engine, "web", lambda: health.status == "unhealthy")
    assert health.log[-1].code == -1
    assert output in health.log[-1].output


async def test_a_check_that_talks_too_much_is_cut(engine: Engine) -> None:
    check = HealthCheck(("CMD-SHELL", "yes | head -c 100000"), interval_s=0.05, timeout_s=30)
    await _run(engine, shell("web", FOREVER, health=check))
    health = engine.find("web").health
    assert health is not None
    await until(engine, "web", lambda: health.status == "healthy")
    assert len(health.log[-1].output) == 4096 + len("...")


async def test_recreated_with_another_environment(engine: Engine) -> None:
    spec = shell("web", f"echo $COLOUR; {FOREVER}", env={"COLOUR": "blue"})
    await _run(engine, spec)
    before = engine.find("web")
    after = await engine.recreate("web", msgspec.structs.replace(spec, env={"COLOUR": "red"}))
    assert after != before.id
    assert before.removed
    web = engine.find("web")
    assert web.id == after
    await eventually("it speaks", lambda: _said(web.log) != [])
    assert _said(web.log)[0] == "red"
    assert _actions(engine, "web") == [
        "create", "start", "kill", "die 143", "stop", "destroy", "create", "start",
    ]  # fmt: skip


async def test_removed_while_it_starts(engine: Engine) -> None:
    """Nothing runs afterwards that nobody knows."""
    for place in range(5):
        engine.add(shell("web", FOREVER))
        web = engine.find("web")
        starting = asyncio.create_task(engine.start("web"))
        for _ in range(place):
            await asyncio.sleep(0)
        await asyncio.gather(engine.remove("web"), starting, return_exceptions=True)
        assert (web.removed, web.running, web.run) == (True, False, None)


async def test_names(engine: Engine) -> None:
    first, second = (engine.add(shell(name, FOREVER)) for name in ("one", "two"))
    with pytest.raises(ConflictError, match='"/one" is already in use'):
        engine.add(shell("one", FOREVER))
    engine.rename("one", "three")
    assert engine.find("three").id == engine.find(first[:12]).id == engine.find("/three").id == first
    with pytest.raises(NotFoundError):
        engine.find("one")
    for taken in ("two", ""):
        with pytest.raises((ConflictError, BadRequestError)):
            engine.rename("three", taken)
    with pytest.raises(BadRequestError):
        engine.add(shell("bad name", FOREVER))
    assert [container.id for container in engine.containers] == [second, first]


async def test_output_to_the_last_byte(engine: Engine) -> None:
    await _run(engine, shell("web", "echo one; echo two >&2; printf three; exit 0"), ready=False)
    await becomes(engine, "web", "exited")
    lines = engine.find("web").log.read(BOTH)
    assert sorted((line.stream, line.text) for line in lines) == [(1, b"one\n"), (1, b"three"), (2, b"two\n")]


async def test_many_at_once(engine: Engine) -> None:
    """Everything that is started is ended by the engine's end, in one go."""
    for number in range(12):
        engine.add(shell(f"web-{number}", FOREVER, restart=Restart("always")))
    await asyncio.gather(*(engine.start(container.id) for container in engine.containers))
    pids = [container.pid for container in engine.containers]
    assert len(set(pids)) == 12
    await engine.close()
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
