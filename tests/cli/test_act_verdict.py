"""`triage act --for`: a folder that went stale, mended by a command, and looked at until that is clear."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import BOUND_S, TRIAGE, environment, triage, write_config

CONFIG = """\
[environments.dev]
discover = false

[[environments.dev.targets]]
kind = "files"
name = "backups"
path = "{folder}/backups"
max_age_s = 3600
interval_s = 0.2

[[environments.dev.commands]]
name = "deliver"
argv = ["touch", "--", "{folder}/backups/dump"]
safe = true

[[environments.dev.commands]]
name = "nothing"
argv = ["true"]
safe = true
"""

FINDING = {"id": "files.stale", "target": "backups", "subject": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration, and a folder whose newest file is two hours old."""
    write_config(tmp_path, CONFIG.format(folder=tmp_path))
    (tmp_path / "backups").mkdir()
    grow_old(tmp_path)
    return tmp_path


def grow_old(folder: Path) -> None:
    dump = folder / "backups" / "dump"
    dump.touch()
    then = time.time() - 7200
    os.utime(dump, (then, then))


def env_of(folder: Path) -> dict[str, str]:
    return environment(folder, XDG_STATE_HOME=str(folder / "state"), XDG_CACHE_HOME=str(folder / "cache"))


def act(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return triage("act", *words, cwd=folder, env=env_of(folder))


def told(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def audited(folder: Path) -> list[dict[str, Any]]:
    shown = triage("audit", "show", "--json", cwd=folder, env=env_of(folder))
    return [json.loads(line) for line in shown.stdout.splitlines()]


def test_what_is_mended_is_fixed_written_down_and_remembered(folder: Path) -> None:
    ran = act(folder, "command.deliver", "--for", "files.stale", "--wait", "20", "--json")
    assert ran.returncode == 0, ran.stderr
    said = told(ran)
    assert (said["came"], said["finding"], said["history"]) == ("done", FINDING, [])
    verdict = said["verdict"]
    assert set(verdict) == {"verdict", "message", "before", "after"}
    assert verdict["verdict"] == "fixed"
    assert verdict["before"]["files.age_of_max"] > 1.9
    assert "triage: waiting until it goes away" in ran.stderr
    (entry,) = audited(folder)
    assert entry["verdict"]["verdict"] == "fixed"
    assert entry["intent"]["finding"] == list(FINDING.values())
    dry = told(act(folder, "command.deliver", "--dry-run", "--json"))
    assert (dry["came"], dry["verdict"], dry["finding"]) == (None, None, None)
    (past,) = dry["history"]
    assert (past["finding"], past["tried"], past["worked"]) == ("files.stale", 1, 1)
    assert past["last_at"] == entry["intent"]["at"]
    text = act(folder, "command.deliver", "--dry-run").stdout
    assert f"history   files.stale: worked 1 of 1 time, last on {past['last_at'][:10]}" in text


def test_what_does_not_help_is_not_fixed(folder: Path) -> None:
    ran = act(folder, "command.nothing", "--for", "files.stale", "--wait", "10")
    assert ran.returncode == 5, ran.stderr
    last = ran.stdout.splitlines()[-1]
    assert last.startswith("not fixed: still there after "), ran.stdout
    assert "files.age_of_max 2 → 2" in last
    grow_old(folder)
    dry = act(folder, "command.nothing", "--for", "files.stale", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "for       files.stale: nothing new for " in dry.stdout
    assert "history   files.stale: worked 0 of 1 time" in dry.stdout


def test_the_end_of_waiting_leaves_what_was_done(folder: Path) -> None:
    process = subprocess.Popen(
        [*TRIAGE, "act", "command.nothing", "--for", "files.stale", "--json"],
        cwd=folder,
        env=env_of(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    try:
        # It is waited for by what it says: from then on it looks whether it helped.
        while "waiting until it goes away" not in (line := process.stderr.readline()):
            assert line, "it ended before it looked whether it helped"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=BOUND_S)
    finally:
        process.kill()
        process.wait(BOUND_S)
    assert process.returncode == 6, err
    assert "left; what was done stands" in err
    said = json.loads(out)
    assert (said["came"], said["verdict"]) == ("done", None)
    (entry,) = audited(folder)
    assert (entry["came"], entry["verdict"]) == ("done", None)


def test_what_is_not_wrong_is_not_mended(folder: Path) -> None:
    (folder / "backups" / "dump").touch()
    ran = act(folder, "command.nothing", "--for", "files.stale", "--wait", "1", "--json")
    assert (ran.returncode, told(ran)["refusal"]) == (4, "finding")
    assert audited(folder) == []


def test_what_cannot_be_used_is_said(folder: Path) -> None:
    ran = act(folder, "command.nothing", "--for", "files.stael")
    assert (ran.returncode, "Did you mean files.stale?" in ran.stderr) == (2, True)
    ran = act(folder, "command.nothing", "--for", "files.stale", "--wait", "121")
    assert (ran.returncode, "from 1 to 120" in ran.stderr) == (2, True)


def test_nobody_asks_and_nothing_is_waited_for(folder: Path) -> None:
    ran = act(folder, "command.nothing", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert told(ran)["verdict"] is None


def test_an_action_that_an_earlier_session_left_open_is_told(folder: Path) -> None:
    assert act(folder, "command.nothing").returncode == 0
    log = folder / "state" / "triage-tui" / "audit.jsonl"
    intent, _ = log.read_bytes().splitlines(keepends=True)
    # As a crash between the two records leaves it.
    log.write_bytes(intent)
    dry = act(folder, "command.nothing", "--dry-run")
    assert dry.stderr == ""
    ran = act(folder, "command.nothing")
    assert ran.returncode == 0
    (line,) = ran.stderr.splitlines()
    assert line.startswith("triage: 1 earlier action has no known outcome, the newest command.nothing on ")
    assert json.loads(intent)["at"] in line
    assert "triage audit show" in line
