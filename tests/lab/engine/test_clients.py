"""Docker's own clients, unchanged, on the lab's engine: the SDK for Python and the command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import APIError, NotFound

from tests.lab.engine.conftest import becomes, eventually, python, shell
from tests.servers.require import unavailable
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import HealthCheck, Port, Restart

TALK = "i=0; while :; do i=$((i+1)); echo line $i; echo error $i >&2; sleep 0.1; done"
FOREVER = "while :; do sleep 0.05; done"


class Reader:
    """Reads an endless answer on a thread of its own, as a client does."""

    def __init__(self, open_stream: Callable[[], Any]) -> None:
        self.items: list[Any] = []
        self.ended = False
        self._open = open_stream
        self._stream: Any = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(Exception):
            self._stream = self._open()
            for item in self._stream:
                self.items.append(item)
        self.ended = True


@pytest.fixture
def client(served: Engine, room: Path) -> Iterator[docker.DockerClient]:
    """The SDK's high-level client; to be called on other threads."""
    made = docker.DockerClient(base_url=f"unix://{room / 's'}", version="1.41", timeout=30)
    yield made
    made.close()


async def test_sdk_lists_and_looks(served: Engine, client: docker.DockerClient) -> None:
    check = HealthCheck(("CMD-SHELL", "true"), interval_s=0.05)
    spec = shell(
        "shop-web-1", FOREVER, project="shop", service="web", ports=(Port(80, 18_080),), health=check
    )
    await served.start(served.add(spec))
    await served.start(served.add(shell("job", "exit 3")))
    await becomes(served, "job", "exited")

    def look() -> None:
        assert client.ping()
        assert client.version()["ApiVersion"] == "1.41"
        assert client.info()["Containers"] == 2
        assert [container.name for container in client.containers.list()] == ["shop-web-1"]
        (job,) = client.containers.list(all=True, filters={"status": "exited"})
        assert (job.name, job.status, job.wait()["StatusCode"]) == ("job", "exited", 3)
        (web,) = client.containers.list(filters={"label": "com.docker.compose.service=web"})
        assert web.ports == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18080"}]}
        assert web.labels["com.docker.compose.project"] == "shop"
        assert web.image.tags == ["busybox:triage"]
        assert any("sleep" in " ".join(row) or "sh -c" in " ".join(row) for row in web.top()["Processes"])
        with pytest.raises(NotFound, match="No such container: nope"):
            client.containers.get("nope")
        with pytest.raises(APIError, match="does not do this"):
            client.containers.create("busybox")
        assert {network.name for network in client.networks.list()} >= {
            "bridge",
            "host",
            "none",
            "shop_default",
        }
        (inside,) = client.networks.get("shop_default").containers
        assert inside.name == "shop-web-1"

    await asyncio.to_thread(look)


async def test_sdk_negotiates_its_version(served: Engine, room: Path) -> None:
    def ask() -> str:
        with contextlib.closing(docker.APIClient(base_url=f"unix://{room / 's'}", version="auto")) as api:
            return str(api.api_version)

    assert await asyncio.to_thread(ask) == "1.41"


async def test_sdk_acts(served: Engine, client: docker.DockerClient) -> None:
    await served.start(served.add(shell("web", FOREVER, restart=Restart("always"))))
    web = await asyncio.to_thread(client.containers.get, "web")
    for act, state in (
        (web.pause, "paused"),
        (web.unpause, "running"),
        (lambda: web.stop(timeout=5), "exited"),
        (web.start, "running"),
        (lambda: web.restart(timeout=5), "running"),
        (lambda: web.kill(signal="SIGUSR1"), "exited"),
    ):
        await asyncio.to_thread(act)
        await becomes(served, "web", state)
    await asyncio.to_thread(web.rename, "site")
    await asyncio.to_thread(lambda: web.remove(force=True))
    assert served.containers == []


async def test_sdk_waits(served: Engine, client: docker.DockerClient) -> None:
    await served.start(served.add(shell("web", FOREVER)))
    web = await asyncio.to_thread(client.containers.get, "web")
    waiting = {
        condition: asyncio.create_task(asyncio.to_thread(lambda c=condition: web.wait(condition=c)))
        for condition in ("not-running", "next-exit", "removed")
    }
    done, _ = await asyncio.wait(waiting.values(), timeout=0.3)
    assert not done
    await served.kill("web", "SIGTERM")
    for condition in ("not-running", "next-exit"):
        assert (await waiting[condition])["StatusCode"] == 143
    await served.remove("web")
    assert (await waiting["removed"])["StatusCode"] == 143


async def test_sdk_reads_usage(served: Engine, api: docker.APIClient) -> None:
    await served.start(served.add(python("busy", "while True: pass")))
    await served.start(
        served.add(python("idle", "import time; time.sleep(300)", memory_limit_bytes=64 << 20))
    )
    busy = await asyncio.to_thread(lambda: api.stats("busy", stream=False))
    used = busy["cpu_stats"]["cpu_usage"]["total_usage"] - busy["precpu_stats"]["cpu_usage"]["total_usage"]
    passed = busy["cpu_stats"]["system_cpu_usage"] - busy["precpu_stats"]["system_cpu_usage"]
    # Of one processor, on a machine where others want it too.
    assert 0.05 < used / passed * busy["cpu_stats"]["online_cpus"] < 1.5
    idle = await asyncio.to_thread(lambda: api.stats("idle", stream=False, one_shot=True))
    assert idle["preread"].startswith("0001-")
    assert idle["memory_stats"]["limit"] == 64 << 20
    assert 1 << 20 < idle["memory_stats"]["usage"] < 64 << 20
    assert idle["pids_stats"]["current"] == 1

    reader = Reader(lambda: api.stats("busy", stream=True, decode=True))
    await eventually("three frames", lambda: len(reader.items) >= 3)
    totals = [frame["cpu_stats"]["cpu_usage"]["total_usage"] for frame in reader.items]
    assert totals == sorted(totals)
    assert reader.items[2]["precpu_stats"] == reader.items[1]["cpu_stats"]
    await served.remove("busy")
    await eventually("the stream ends with its container", lambda: reader.ended)


async def test_sdk_reads_logs(served: Engine, client: docker.DockerClient) -> None:
    await served.start(served.add(shell("web", TALK)))
    await eventually("it has talked", lambda: len(served.find("web").log.read(frozenset({1, 2}))) >= 10)
    web = await asyncio.to_thread(client.containers.get, "web")
    both = (await asyncio.to_thread(web.logs)).decode().splitlines()
    assert {"line 1", "error 1"} <= set(both)
    only = (await asyncio.to_thread(lambda: web.logs(stdout=False))).decode().splitlines()
    assert only
    assert all(line.startswith("error") for line in only)
    timed = (await asyncio.to_thread(lambda: web.logs(timestamps=True, tail=4))).decode().splitlines()
    assert len(timed) == 4
    times = [line.split()[0] for line in timed]
    assert times == sorted(times)
    since = time.time()
    await asyncio.sleep(0.3)
    later = (await asyncio.to_thread(lambda: web.logs(since=since, stderr=False))).decode().splitlines()
    assert later
    assert "line 1" not in later
    until = (await asyncio.to_thread(lambda: web.logs(until=since, stderr=False))).decode().splitlines()
    assert until[0] == "line 1"
    assert not set(until) & set(later)

    reader = Reader(lambda: web.logs(stream=True, follow=True, stderr=False))
    await eventually("it follows", lambda: len(reader.items) > 5)
    await served.stop("web")
    await eventually("the end comes with its own", lambda: reader.ended)
    text = b"".join(reader.items).decode().split("\n")
    assert text[:3] == ["line 1", "line 2", "line 3"]
    # Nothing was lost between what was there and what came.
    numbers = [int(line.split()[1]) for line in text if line]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_sdk_hears_events(served: Engine, api: docker.APIClient) -> None:
    await served.start(served.add(shell("before", FOREVER)))
    began = time.time()
    filters = {"type": "container", "event": ["start", "die", "oom"]}
    reader = Reader(lambda: api.events(since=began - 60, filters=filters, decode=True))
    await eventually("it hears what was", lambda: len(reader.items) == 1)
    await served.start(served.add(shell("web", "exit 4", labels={"role": "job"})))
    await becomes(served, "web", "exited")
    await eventually("it hears what is", lambda: len(reader.items) == 3)
    die = reader.items[-1]
    assert (die["Action"], die["Actor"]["Attributes"]["exitCode"]) == ("die", "4")
    past = await asyncio.to_thread(
        lambda: list(api.events(since=0, until=time.time(), filters={"label": "role=job"}, decode=True))
    )
    assert [event["Action"] for event in past] == ["create", "start", "die"]
    assert served.events.listeners == 1


async def test_a_client_that_leaves_takes_its_streams_along(served: Engine, room: Path) -> None:
    """Nothing is kept for somebody who is gone, also where there is never anything to send."""
    await served.start(served.add(shell("quiet", FOREVER)))
    log = served.find("quiet").log
    for question in ("/events", "/containers/quiet/logs?stdout=1&follow=1"):
        _, writer = await asyncio.open_unix_connection(str(room / "s"))
        writer.write(f"GET {question} HTTP/1.1\r\nHost: d\r\n\r\n".encode())
        await writer.drain()
        await eventually("it listens", lambda: served.events.listeners + log.followers == 1)
        writer.close()
        await eventually("nobody listens", lambda: served.events.listeners + log.followers == 0)


@pytest.fixture
def command(room: Path) -> list[str]:
    """The docker command, with nobody's configuration."""
    program = shutil.which("docker")
    if program is None:
        unavailable("docker", "no docker command")
    return [program, "--config", str(room / "none"), "--host", f"unix://{room / 's'}"]


async def _say(command: list[str], *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": "/"},
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_command_looks(served: Engine, command: list[str]) -> None:
    await served.start(served.add(shell("shop-web-1", TALK, project="shop", ports=(Port(80, 18_080),))))
    await served.start(served.add(shell("job", "exit 3")))
    await becomes(served, "job", "exited")
    await eventually("it has talked", lambda: len(served.find("shop-web-1").log.read(frozenset({1, 2}))) >= 4)
    told = await _say(command, "ps", "-a", "--no-trunc", "--format", "{{json .}}")
    rows = {row["Names"]: row for row in map(json.loads, told.splitlines())}
    assert rows["job"]["State"] == "exited"
    assert rows["job"]["Status"].startswith("Exited (3)")
    assert rows["shop-web-1"]["Ports"] == "127.0.0.1:18080->80/tcp"
    assert (await _say(command, "ps", "-q", "--filter", "name=job", "--filter", "status=running")) == ""
    version = json.loads(await _say(command, "version", "--format", "{{json .}}"))
    assert version["Server"]["ApiVersion"] == "1.41"
    assert json.loads(await _say(command, "info", "--format", "{{json .}}"))["ContainersRunning"] == 1
    assert (await _say(command, "inspect", "job", "--format", "{{.State.ExitCode}}")).strip() == "3"
    assert len((await _say(command, "logs", "--tail", "2", "shop-web-1")).splitlines()) <= 2
    stats = json.loads(await _say(command, "stats", "--no-stream", "--format", "{{json .}}", "shop-web-1"))
    assert stats["Name"] == "shop-web-1"
    assert stats["PIDs"] in ("1", "2")
    assert "sh -c" in await _say(command, "top", "shop-web-1")
    assert "die" in await _say(
        command, "events", "--since", "1m", "--until", "0s", "--filter", "container=job"
    )
    assert "shop_default" in await _say(command, "network", "ls")
    assert "busybox" in await _say(command, "images")
    assert "Images" in await _say(command, "system", "df")
    await _say(command, "volume", "ls")


async def test_command_acts(served: Engine, command: list[str]) -> None:
    served.add(shell("web", FOREVER))
    for words, state in (
        (("start", "web"), "running"),
        (("pause", "web"), "paused"),
        (("unpause", "web"), "running"),
        (("restart", "-t", "1", "web"), "running"),
        (("stop", "web"), "exited"),
        (("start", "web"), "running"),
        (("kill", "--signal", "TERM", "web"), "exited"),
    ):
        assert (await _say(command, *words)).strip() == "web"
        await becomes(served, "web", state)
    assert (await _say(command, "wait", "web")).strip() == "143"
    await _say(command, "rename", "web", "site")
    await _say(command, "rm", "site")
    assert served.containers == []
