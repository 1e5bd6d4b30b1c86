"""`triage act`, `actions` and `audit`: a process of this machine, acted on for real."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import environment, triage, write_config
from triage_tui.model.deeds import ACTIONS

HOST = '[environments.{name}]\n{more}discover = false\n[[environments.{name}.targets]]\nkind = "host"\n'


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is there to be signalled."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


def run(folder: Path, *words: str, name: str = "dev", more: str = "") -> subprocess.CompletedProcess[str]:
    write_config(folder, HOST.format(name=name, more=more))
    env = environment(folder, XDG_STATE_HOME=str(folder / "state"))
    return triage(*words, cwd=folder, env=env)


def told(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def test_actions_lists_every_id(tmp_path: Path) -> None:
    ran = run(tmp_path, "actions", "--json")
    rows = told(ran)["actions"]
    assert [row["id"] for row in rows] == list(ACTIONS)
    assert set(rows[0]) == {"id", "what", "kind", "danger", "key", "parameters"}
    assert "docker.restart" in run(tmp_path, "actions").stdout


@pytest.mark.safety(14)
def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    ran = run(tmp_path, "act", "process.signal", str(sleeper.pid), "--dry-run", "--json")
    assert ran.returncode == 0, ran.stderr
    said = told(ran)
    assert (said["came"], said["target"], said["argument"]) == (None, "host", str(sleeper.pid))
    assert said["preview"]["sends"]
    assert sleeper.poll() is None
    assert not (tmp_path / "state").exists()
    assert "would send" in run(tmp_path, "act", "process.signal", f"host/{sleeper.pid}", "--dry-run").stdout


def test_it_is_done_written_down_and_shown(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    word = str(sleeper.pid)
    final = ("act", "process.signal", f"host/{word}", "--set", "signal=KILL")
    assert run(tmp_path, *final).returncode == 4
    ran = run(tmp_path, *final, "--confirm", word)
    assert ran.returncode == 0, ran.stderr
    assert "done: " in ran.stdout
    assert sleeper.wait(30) == -signal.SIGKILL
    shown = run(tmp_path, "audit", "show", "--json")
    (line,) = shown.stdout.splitlines()
    entry = json.loads(line)
    assert entry["came"] == "done"
    assert entry["intent"]["parameters"] == {"signal": "KILL"}
    assert {"user", "sudo_user", "ssh_connection", "host", "identity", "preview", "at"} <= set(
        entry["intent"]
    )
    assert "process.signal" in run(tmp_path, "audit", "show").stdout
    whole = run(tmp_path, "audit", "verify")
    assert (whole.returncode, whole.stdout.split(": ")[-1]) == (0, "2 records, whole\n")
    log = tmp_path / "state" / "triage-tui" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"KILL", b"TERM", 1))
    changed = run(tmp_path, "audit", "verify", "--json")
    assert (changed.returncode, told(changed)["bad"]) == (1, 1)
    again = run(tmp_path, "act", "process.signal", str(sleeper.pid))
    assert again.returncode == 4


def test_in_production_the_name_has_to_be_repeated(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    word = str(sleeper.pid)
    open_ = {"name": "prod", "more": "read_only = false\n"}
    for confirm in ((), ("--confirm", "host"), ("--confirm", f"{word}0")):
        ran = run(tmp_path, "act", "process.signal", word, *confirm, "--json", **open_)
        assert (ran.returncode, told(ran)["refusal"]) == (4, "confirm")
        assert f"`{word}`" in told(ran)["message"]
    assert sleeper.poll() is None
    ran = run(tmp_path, "act", "process.signal", word, "--confirm", word, "--json", **open_)
    assert (ran.returncode, told(ran)["came"]) == (0, "done")


@pytest.mark.parametrize("more", ["", "read_only_can_be_lifted = true\n"])
def test_read_only_does_nothing(tmp_path: Path, sleeper: subprocess.Popen[bytes], more: str) -> None:
    word = str(sleeper.pid)
    ran = run(tmp_path, "act", "process.signal", word, "--confirm", word, "--json", name="prod", more=more)
    assert (ran.returncode, told(ran)["refusal"]) == (4, "read-only")
    assert sleeper.poll() is None


def test_what_cannot_be_written_down_is_not_done(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    (tmp_path / "state").write_text("no folder")
    word = str(sleeper.pid)
    ran = run(tmp_path, "act", "process.signal", word, "--confirm", word, "--json")
    assert (ran.returncode, told(ran)["refusal"]) == (4, "audit")
    assert sleeper.poll() is None
    assert run(tmp_path, "actions").returncode == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("process.signl", "1"), "Did you mean process.signal?"),
        (("docker.restart", "web"), "there is no target of the kind docker"),
        (("process.signal", "host/one"), "a process is named by its pid"),
        (("process.signal", "host/1", "--set", "sgnal=TERM"), "no parameter sgnal"),
        (("process.signal", "host/1", "--set", "signal"), "is not NAME=VALUE"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, words: tuple[str, ...], complaint: str) -> None:
    ran = run(tmp_path, "act", *words)
    assert ran.returncode == 2
    assert complaint in ran.stderr
