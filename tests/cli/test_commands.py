from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.cli.running import BOUND_S, TRIAGE, environment, triage, write_config
from tests.faults.proxy import FaultProxy

HOST_ONLY = """
[environments.dev]
discover = false
[[environments.dev.targets]]
kind = "host"
name = "here"
"""


def redis_only(port: int) -> str:
    return f"""
[environments.dev]
discover = false
[[environments.dev.targets]]
kind = "redis"
name = "cache"
url = "redis://127.0.0.1:{port}/0"
"""


@pytest.mark.parametrize("command", [[], ["snapshot"], ["doctor"]])
def test_a_configuration_that_is_not_there_is_an_error_and_nothing_else(
    tmp_path: Path, command: list[str]
) -> None:
    ran = triage("--config", "nowhere.toml", *command, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("triage: ")
    assert "nowhere.toml" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_wrong_key_is_named_with_its_line(tmp_path: Path) -> None:
    write_config(tmp_path, HOST_ONLY.replace("discover", "dicsover"))
    ran = triage("snapshot", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "triage.toml:3" in ran.stderr
    assert "discover" in ran.stderr


def test_an_environment_that_is_not_there_is_named(tmp_path: Path) -> None:
    write_config(tmp_path, HOST_ONLY)
    ran = triage("snapshot", "--env", "dve", cwd=tmp_path)
    assert ran.returncode == 2
    assert "dve" in ran.stderr
    assert "dev" in ran.stderr


def test_snapshot_as_json(tmp_path: Path) -> None:
    write_config(tmp_path, HOST_ONLY)
    ran = triage("snapshot", "--json", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("}\n")
    assert ran.stdout.count("\n") == 1
    shot = json.loads(ran.stdout)
    assert (shot["environment"], shot["read_only"]) == ("dev", False)
    assert shot["taken_at"].endswith("+00:00")
    (target,) = shot["targets"]
    assert (target["name"], target["kind"], target["state"], target["problem"]) == (
        "here",
        "host",
        "live",
        None,
    )
    assert 0 <= target["age_s"] < BOUND_S
    assert target["data"]["memory"]["total_bytes"] > 0
    # Two looks were made, so that rates are known.
    assert target["data"]["cpu_percent"] is not None


def test_snapshot_as_text_in_the_c_locale_is_ascii(tmp_path: Path) -> None:
    write_config(tmp_path, HOST_ONLY)
    env = environment(tmp_path, LC_ALL="C", COLUMNS="60")
    ran = triage("snapshot", cwd=tmp_path, env=env)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.isascii()
    assert ran.stdout.replace("\n", "").isprintable()
    assert max(map(len, ran.stdout.splitlines())) <= 60
    assert "HOST  here  live" in ran.stdout


def test_nothing_told_is_an_exit_code_of_its_own(tmp_path: Path) -> None:
    with FaultProxy(None) as proxy:
        proxy.refuse()
        write_config(tmp_path, redis_only(proxy.port))
        ran = triage("snapshot", cwd=tmp_path)
        assert ran.returncode == 3
        assert "cache: DOWN, refused" in ran.stdout
        assert "-> " in ran.stdout
        ran = triage("doctor", cwd=tmp_path)
        assert ran.returncode == 3
        assert "cache: NOT REACHED (refused)" in ran.stdout


def test_without_a_terminal_the_cockpit_is_a_report(tmp_path: Path) -> None:
    write_config(tmp_path, HOST_ONLY)
    ran = triage(cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "there is no terminal here" in ran.stderr
    assert "HOST  here  live" in ran.stdout
    assert "\x1b" not in ran.stdout


def test_a_dumb_terminal_gets_a_report(tmp_path: Path) -> None:
    write_config(tmp_path, HOST_ONLY)
    ours, theirs = os.openpty()
    try:
        process = subprocess.Popen(
            TRIAGE,
            cwd=tmp_path,
            env=environment(tmp_path, TERM="dumb"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        received = b""
        # Reading a pty whose other end has closed is an error on Linux and an end elsewhere.
        try:
            while chunk := os.read(ours, 65536):
                received += chunk
        except OSError:
            pass
        assert process.wait(BOUND_S) == 0
    finally:
        os.close(ours)
    text = received.decode()
    assert "cannot place text" in text
    assert "HOST  here  live" in text
    assert "\x1b" not in text


def test_the_demo_needs_a_terminal_and_starts_nothing_without(tmp_path: Path) -> None:
    ran = triage("demo", cwd=tmp_path)
    assert ran.returncode == 2
    assert "there is no terminal here, and the demo needs one" in ran.stderr
    ran = triage("--env", "prod", "demo", cwd=tmp_path)
    assert ran.returncode == 2
    assert "neither --config nor --env" in ran.stderr


def test_ctrl_c_ends_a_snapshot_without_a_traceback(tmp_path: Path) -> None:
    with FaultProxy(None) as proxy:
        proxy.blackhole()
        write_config(tmp_path, redis_only(proxy.port))
        process = subprocess.Popen(
            [*TRIAGE, "snapshot", "--timeout", "3600"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        proxy.wait_for_connections(1, BOUND_S)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=BOUND_S)
    assert (process.returncode, out, err) == (130, "", "")


@pytest.mark.parametrize(
    "command", [["snapshot"], ["snapshot", "--json"], ["init", "--output", "-"], ["doctor"]]
)
def test_a_reader_that_has_left_is_no_traceback(tmp_path: Path, command: list[str]) -> None:
    write_config(tmp_path, HOST_ONLY)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [*TRIAGE, *command],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=BOUND_S,
            check=False,
        )
    finally:
        os.close(writing)
    assert ran.returncode == 141
    assert "Traceback" not in ran.stderr
    assert "Broken" not in ran.stderr


def test_init_writes_what_is_found_for_its_owner_only(tmp_path: Path) -> None:
    env = environment(tmp_path, REDIS_URL="redis://:s3cret@127.0.0.1:6390/2")
    ran = triage("init", cwd=tmp_path, env=env)
    assert ran.returncode == 0, ran.stderr
    path = tmp_path / "triage.toml"
    assert "wrote triage.toml" in ran.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert "s3cret" not in text + ran.stdout + ran.stderr
    targets = tomllib.loads(text)["environments"]["local"]["targets"]
    assert "${REDIS_URL}" in {target.get("url") for target in targets}
    # What was written is a configuration that works.
    again = triage("snapshot", "--json", "--timeout", "5", cwd=tmp_path, env=env)
    assert again.returncode == 0, again.stderr


def test_init_touches_no_file_that_is_there(tmp_path: Path) -> None:
    path = write_config(tmp_path, HOST_ONLY)
    ran = triage("init", cwd=tmp_path)
    assert ran.returncode == 2
    assert "triage.toml" in ran.stderr
    assert path.read_text() == HOST_ONLY
    ran = triage("init", "--output", "other.toml", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "other.toml").exists()


def test_init_prints_when_asked_to_and_writes_nothing(tmp_path: Path) -> None:
    ran = triage("init", "--output", "-", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "environments" in tomllib.loads(ran.stdout)
    assert list(tmp_path.iterdir()) == []


def test_init_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    ran = triage("init", "--output", "no/such/folder/triage.toml", cwd=tmp_path)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert "triage.toml" in ran.stderr
