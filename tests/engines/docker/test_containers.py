"""What containers do, as a real engine tells it."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.engines.docker.conftest import Watch
from tests.engines.docker.looking import data_of, look, until
from tests.servers.docker import Engine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

FOREVER = "while :; do sleep 1; done"


def docker_stats(engine: Engine, name: str) -> dict[str, str]:
    """What Docker's own client shows of a container."""
    argv = ["docker", "-H", engine.url, "stats", "--no-stream", "--format", "{{json .}}", name]
    told = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
    return dict(json.loads(told))


async def test_every_state(docker_engine: Engine, watch: Watch) -> None:
    """Well, ill, in a restart loop, failed, finished, paused, never started."""
    with docker_engine.several(
        {
            "well": {"script": FOREVER, "health": "true"},
            "ill": {"script": FOREVER, "health": "false"},
            "loop": {"script": "exit 7", "restart": "always"},
            "failed": {"script": "exit 3"},
            "finished": {"script": "true"},
            "held": {"script": FOREVER},
            "new": {"script": FOREVER, "start": False},
        }
    ):
        docker_engine.api.pause("held")
        source = watch(docker_engine.url)

        well = await until(source, "well", lambda c: c.health == "healthy")
        assert (well.state, well.restarts, well.exit_code, well.oom_killed) == ("running", 0, None, False)
        assert well.age_s is not None
        assert 0 <= well.age_s < 120
        assert (await until(source, "ill", lambda c: c.health == "unhealthy")).state == "running"
        loop = await until(source, "loop", lambda c: (c.restarts or 0) >= 2)
        assert loop.exit_code in (7, None)
        failed = await until(source, "failed", lambda c: c.state == "exited")
        assert (failed.exit_code, failed.oom_killed, failed.cpu_percent) == (3, False, None)
        assert (await until(source, "finished", lambda c: c.state == "exited")).exit_code == 0
        seen = await look(source)
        assert seen["held"].state == "paused"
        assert seen["new"].state == "created"
        assert seen["new"].started_at is None


async def test_killed_for_memory(docker_engine: Engine, watch: Watch) -> None:
    """By the inspection or by the event. Where the container ends at once the engine may learn of neither, and then
    nobody can: it is run again."""
    source = watch(docker_engine.url)
    for _ in range(5):
        with docker_engine.container("greedy", "tail /dev/zero", memory="32m"):
            greedy = await until(source, "greedy", lambda c: c.state == "exited")
            assert greedy.exit_code == 137
            if greedy.oom_killed:
                return
            assert not docker_engine.api.inspect_container("greedy")["State"]["OOMKilled"]
    pytest.fail("the engine never learned of the kernel's reason")


async def test_labels_ports_and_image(docker_engine: Engine, watch: Watch) -> None:
    """Compose's project and service; the image by the name it was started with."""
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
    with docker_engine.container("shop-web-1", FOREVER, labels=labels):
        seen = (await look(watch(docker_engine.url)))["shop-web-1"]
    assert (seen.project, seen.service, seen.image) == ("shop", "web", docker_engine.image)


@pytest.mark.parametrize("host_root", [Path("/"), None], ids=["files", "api"])
async def test_usage_is_what_docker_stats_shows(
    docker_engine: Engine, watch: Watch, host_root: Path | None
) -> None:
    """From this host's files and from the API: a container that spins, with memory against its limit."""
    with docker_engine.container("spin", "while :; do :; done", memory="64m"):
        source = watch(docker_engine.url, host_root=host_root)
        spin = await until(source, "spin", lambda c: (c.cpu_percent or 0) > 20 and c.memory_bytes is not None)
        if host_root is None:
            assert data_of(await source.observe()).usage_from == "api"
        # Each reads at a moment of its own, and what others leave it of a processor changes from one to the next.
        for _ in range(10):
            theirs = docker_stats(docker_engine, "spin")
            spin = await until(
                source, "spin", lambda c: c.memory_bytes is not None and c.cpu_percent is not None
            )
            if spin.cpu_percent == pytest.approx(float(theirs["CPUPerc"].rstrip("%")), abs=60):
                break
    assert spin.memory_limit_bytes == 64 * 2**20
    assert theirs["MemUsage"].endswith("64MiB")
    assert spin.memory_bytes is not None
    # Kibibytes of a shell; both are read at different moments.
    assert spin.memory_bytes < 8 * 2**20
    assert spin.cpu_percent is not None
    assert spin.cpu_percent == pytest.approx(float(theirs["CPUPerc"].rstrip("%")), abs=60)
    assert spin.pids


async def test_files_and_api_agree(docker_engine: Engine, watch: Watch) -> None:
    """Two ways to the same counters."""
    with docker_engine.container("writer", "dd if=/dev/zero of=/big bs=1M count=8; " + FOREVER):
        by_file = await until(
            watch(docker_engine.url),
            "writer",
            lambda c: c.memory_bytes is not None and c.cpu_percent is not None,
        )
        by_api = await until(
            watch(docker_engine.url, host_root=None), "writer", lambda c: c.memory_bytes is not None
        )
    assert by_file.memory_limit_bytes == by_api.memory_limit_bytes
    assert by_file.memory_bytes == pytest.approx(by_api.memory_bytes, abs=8 * 2**20)
    assert by_file.network_rx_bytes == by_api.network_rx_bytes


async def test_a_steady_look_is_one_request(docker_engine: Engine, watch: Watch) -> None:
    """However many containers there are: no inspection of each, no question for each."""
    many = {f"many-{number:02d}": {"script": FOREVER} for number in range(25)}
    asked: Counter[str] = Counter()

    def on_request(method: str, path: str) -> None:
        asked[f"{method} {path.partition('?')[0]}"] += 1

    with docker_engine.several(many):
        source = watch(docker_engine.url, on_request=on_request)
        seen = await look(source)
        assert set(many) <= set(seen)
        await until(source, "many-24", lambda c: c.restarts is not None and c.memory_bytes is not None)
        await look(source)
        asked.clear()
        for _ in range(5):
            await look(source)
    lists = sum(count for path, count in asked.items() if path.endswith("/containers/json"))
    assert lists == 5
    assert sum(asked.values()) - lists <= 3, asked


async def test_a_change_is_seen_by_its_event(docker_engine: Engine, watch: Watch) -> None:
    """A container that is recreated under its name is another one; what happened is listed."""
    source = watch(docker_engine.url)
    with docker_engine.container("web", FOREVER):
        first = await until(source, "web", lambda c: c.state == "running" and c.restarts == 0)
    with docker_engine.container("web", FOREVER):
        second = await until(source, "web", lambda c: c.state == "running" and c.id != first.id)
        assert second.id != first.id
    async with asyncio.timeout(30):
        while not {"die", "start"} <= {event.action for event in data_of(await source.observe()).events}:
            await asyncio.sleep(0.1)
    assert len(data_of(await source.observe()).events) <= 100


async def test_an_engine_without_containers(docker_engine: Engine, watch: Watch) -> None:
    """Live, and empty."""
    data = data_of(await watch(docker_engine.url).observe())
    assert data.containers == ()
    assert data.engine
    assert data.version
