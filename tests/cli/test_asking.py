"""`triage check --only`: as somebody types it, and as a script reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.http.servers import serving
from triage_tui.model.deeds import CHECKS


def check(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "triage_tui.cli", "--config", str(folder / "triage.toml"), "check", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "200", "HOME": str(folder), "XDG_CACHE_HOME": str(folder)},
        check=False,
    )


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """One endpoint that nobody serves, and this host."""
    (tmp_path / "triage.toml").write_text(
        "[environments.test]\ndiscover = false\n"
        '[[environments.test.targets]]\nkind = "http"\nname = "shop"\nurl = "http://127.0.0.1:1/health"\n'
        '[[environments.test.targets]]\nkind = "host"\nname = "here"\n'
    )
    return tmp_path


def test_a_failure_is_2_and_says_why(watched: Path) -> None:
    ran = check(watched, "--only", "http.get", "shop")
    assert ran.returncode == 2, ran.stderr
    assert "the endpoint does not answer: refused" in ran.stdout


def test_json_of_several(watched: Path) -> None:
    with serving() as port:
        ran = check(
            watched,
            "--json",
            "--only",
            "tcp.connect",
            "--only",
            "http.get",
            f"http://127.0.0.1:{port}/health",
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert [(one["id"], one["outcome"]) for one in told["checks"]] == [
        ("tcp.connect", "pass"),
        ("http.get", "pass"),
    ]
    assert set(told["checks"][0]) == {"id", "target", "argument", "outcome", "message", "lines", "took_s"}


def test_without_a_place_every_target_of_the_kind_is_asked(watched: Path) -> None:
    told = json.loads(check(watched, "--json", "--only", "process.list").stdout)
    assert [one["target"] for one in told["checks"]] == ["here"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "http.gte", "shop"), "did you mean `http.get`"),
        (("--only", "redis.ping"), "no target of kind redis is watched"),
        (("--only", "tcp.connect"), "is asked of host:port"),
        (("shop",), "WHERE belongs to --only"),
    ],
)
def test_what_cannot_be_asked_is_3_and_never_fine(watched: Path, words: tuple[str, ...], said: str) -> None:
    ran = check(watched, *words)
    assert (ran.returncode, said in ran.stderr) == (3, True), ran.stderr


def test_a_target_that_is_not_there_is_unknown(watched: Path) -> None:
    ran = check(watched, "--only", "redis.ping", "shpo")
    assert (ran.returncode, ran.stdout.startswith("unknown")) == (3, True)


def test_the_list_is_whole(watched: Path) -> None:
    ran = check(watched, "--list")
    assert [line.split()[0] for line in ran.stdout.splitlines()] == list(CHECKS)
