"""Redis servers of our own: real, private, and gone with their parent."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
import redis

from tests.servers.parent import Parent
from tests.servers.redis import VERSIONS, redis_binary
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.lab.embedded.server import StartError

pytestmark = pytest.mark.redis

_PARENT = """
import sys, pathlib
from triage_tui.lab.embedded.redis import start_redis
server = start_redis(pathlib.Path(sys.argv[1]), binary=pathlib.Path(sys.argv[2]))
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_a_server_answers_keeps_nothing_and_leaves_nothing(tmp_path: Path, version: str, tcp: bool) -> None:
    with start_redis(tmp_path, binary=redis_binary(version), tcp=tcp) as server:
        with redis.Redis.from_url(server.url) as client:
            assert client.info("server")["redis_version"].startswith(version)
            assert client.config_get("save") == {"save": ""}
            client.set("key", "value")
            client.bgsave()
        assert psutil.pid_exists(server.pid)
    assert not psutil.pid_exists(server.pid)
    assert list(tmp_path.iterdir()) == []


def test_only_its_own_user_and_who_knows_the_password_get_in(tmp_path: Path) -> None:
    with start_redis(tmp_path) as private, start_redis(tmp_path, tcp=True) as guarded:
        assert Path(private.url.removeprefix("unix://")).parent.stat().st_mode & 0o077 == 0
        password, _, address = guarded.url.removeprefix("redis://:").partition("@")
        assert password not in " ".join(psutil.Process(guarded.pid).cmdline())
        with redis.Redis.from_url(f"redis://{address}") as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_settings_go_over_our_own(tmp_path: Path) -> None:
    with (
        start_redis(tmp_path, settings={"maxmemory": "12mb", "save": "60 1"}) as server,
        redis.Redis.from_url(server.url) as client,
    ):
        assert client.config_get("maxmemory") == {"maxmemory": str(12 * 1024 * 1024)}
        assert client.config_get("save") == {"save": "60 1"}


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    with (
        start_redis(tmp_path / ("long" * 30)) as server,
        redis.Redis.from_url(server.url) as client,
    ):
        assert client.ping()
        home = Path(server.url.removeprefix("unix://")).parent
    assert not home.exists()


def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = Parent(_PARENT, str(tmp_path), str(redis_binary("6.2")))
    parent.end()
    gone, alive = psutil.wait_procs([parent.server, parent.supervisor], timeout=20)
    assert not alive, f"still there 20 s after its parent: {alive}"
    assert len(gone) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"no-such-setting": "1"}, "no-such-setting"), ({"maxmemory": "lots"}, "maxmemory")],
)
def test_a_server_that_does_not_start_says_why(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    with pytest.raises(StartError, match=words):
        start_redis(tmp_path, settings=settings)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_server_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartError):
        start_redis(tmp_path, binary=tmp_path / "missing")
