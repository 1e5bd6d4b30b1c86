"""What `triage check` and `triage explain` say, and the codes that they leave with."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.running import BOUND_S, TRIAGE, environment, triage, write_config
from triage_tui.cli.report.changes import differs
from triage_tui.cli.report.findings import as_json, lines_of
from triage_tui.config.hush import Hush
from triage_tui.config.hush_file import HushFile
from triage_tui.config.limits import LIMITS
from triage_tui.config.load import load_settings
from triage_tui.engine.targets import target_of
from triage_tui.model import (
    Deed,
    Diagnosis,
    Evidence,
    Finding,
    Incident,
    Kind,
    Picture,
    Quiet,
    Severity,
    Sighting,
    State,
    Target,
)
from triage_tui.model.findings import FINDINGS
from triage_tui.model.http import HttpData

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
WEB = Sighting(Target("web", Kind.HTTP, "http://web.example/"), State.LIVE, 5.0, HttpData(200, 0.1), 0.5)
PICTURE = Picture(10.0, AT, "test", True, (WEB,))
ROOT = Finding(
    "docker.exited",
    Severity.CRITICAL,
    "engine",
    "shop|api",
    "shop|api has ended",
    evidence=(Evidence("ended 9s ago with exit code 1", age_s=3.0),),
    against=("somebody may have stopped it",),
    since=AT,
    actions=(Deed("docker.start", "engine", "shop|api"),),
)
SYMPTOM = Finding("http.down", Severity.CRITICAL, "web", "", "it does not answer", since=AT)
NOTHING_HERE = "http://127.0.0.1:9/"
"""The discard port, on which nobody listens any more."""


def diagnosis(*incidents: Incident, **how: object) -> Diagnosis:
    return Diagnosis(10.0, AT, incidents, **how)  # type: ignore[arg-type]


def first(one: Diagnosis, picture: Picture = PICTURE) -> str:
    return lines_of(one, picture, {}, 100)[0]


def test_the_first_line_is_one_for_a_probe() -> None:
    assert first(diagnosis()) == "TRIAGE OK - all 1 targets are well | critical=0 warning=0 quiet=0"
    said = first(diagnosis(Incident(ROOT, (SYMPTOM,))))
    assert said.startswith(
        "TRIAGE CRITICAL - docker.exited engine shop/api: shop/api has ended (and 1 more finding)"
    )
    # What stands behind the first bar is read as performance data.
    assert said.count("|") == 1


def test_what_is_not_seen_is_not_well() -> None:
    dark = replace(WEB, state=State.CONNECTING, data=None, age_s=None)
    assert first(diagnosis(), replace(PICTURE, sightings=(dark,))).startswith(
        "TRIAGE UNKNOWN - nothing current is"
    )


def test_symptoms_stand_below_their_root() -> None:
    lines = lines_of(diagnosis(Incident(ROOT, (SYMPTOM,))), PICTURE, {ROOT.key: ("docker/exited",)}, 100)
    text = "\n".join(lines)
    assert "!! CRITICAL docker.exited engine shop|api" in text
    assert "+ ended 9s ago with exit code 1 (3s old)" in text
    assert "- somebody may have stopped it" in text
    assert "guide: triage guides show docker/exited" in text
    assert "action: docker.start engine shop|api" in text
    assert "└ http.down web: it does not answer" in text


def test_what_is_known_or_held_back_is_named_at_the_end() -> None:
    quiet = Quiet(ROOT, "it is being moved", AT)
    lines = lines_of(diagnosis(quiet=(quiet,), pending=(SYMPTOM,)), PICTURE, {}, 100)
    assert "quiet until 2026-03-01T02:00:00+00:00: docker.exited engine shop|api: it is being moved" in lines
    assert lines[0] == "TRIAGE OK - all 1 targets are well, 1 kept quiet | critical=0 warning=0 quiet=1"
    assert "not for long enough yet: http.down web" in lines


def test_json_says_what_explains_what() -> None:
    told = as_json(diagnosis(Incident(ROOT, (SYMPTOM,))), PICTURE, {})
    root, symptom = told["findings"]
    assert (root["cause"], root["incident"], symptom["incident"]) == (None, 1, 1)
    assert symptom["cause"] == {"id": "docker.exited", "target": "engine", "subject": "shop|api"}
    assert root["actions"] == [{"id": "docker.start", "target": "engine", "argument": "shop|api", "why": ""}]
    assert json.loads(json.dumps(told))["worst"] == "critical"
    assert [(one["id"], one["outcome"]) for one in told["checks"]] == [("http.get", "fail")]


def test_a_line_is_printed_for_a_change_and_for_nothing_else() -> None:
    one = diagnosis(Incident(ROOT))
    assert differs({}, one)
    assert not differs({ROOT.key: ROOT}, one)
    assert differs({ROOT.key: replace(ROOT, severity=Severity.WARNING)}, one)
    assert differs({ROOT.key: ROOT}, diagnosis())


def test_an_endpoint_that_is_down_is_critical(tmp_path: Path) -> None:
    write_config(
        tmp_path, f'[[environments.dev.targets]]\nkind = "http"\nname = "web"\nurl = "{NOTHING_HERE}"\n'
    )
    ran = triage("check", "--json", "--timeout", "6", "--fail-on", "critical", cwd=tmp_path)
    assert ran.returncode == 2, ran.stderr
    told = json.loads(ran.stdout)
    assert [(one["id"], one["target"]) for one in told["findings"]] == [("http.down", "web")]
    assert told["findings"][0]["guides"]


def test_what_is_known_is_fine(tmp_path: Path) -> None:
    write_config(
        tmp_path,
        f'[[environments.dev.targets]]\nkind = "http"\nname = "web"\nurl = "{NOTHING_HERE}"\n'
        '[[quiet]]\nfinding = "http.down"\nreason = "it moves"\n',
    )
    ran = triage("check", "--json", "--timeout", "6", cwd=tmp_path)
    told = json.loads(ran.stdout)
    assert told["findings"] == []
    assert [(one["id"], one["reason"]) for one in told["quiet"]] == [("http.down", "it moves")]
    # Its target cannot be seen, whoever knows it.
    assert ran.returncode == 3


def test_what_was_made_quiet_by_key_is_quiet_for_a_probe_too(tmp_path: Path) -> None:
    path = write_config(
        tmp_path, f'[[environments.dev.targets]]\nkind = "http"\nname = "web"\nurl = "{NOTHING_HERE}"\n'
    )
    settings = load_settings(config=path, environment=None, environ={}, cwd=tmp_path)
    now = datetime.now(UTC)
    hush = Hush(
        finding="http.down",
        target="web",
        until=now + timedelta(hours=1),
        host=socket.gethostname(),
        environment="dev",
        endpoint=target_of(settings.targets[0]).endpoint,
        set_at=now,
        by="ann",
    )
    file = HushFile(tmp_path / "state" / "triage-tui")
    file.change(now, add=[hush])
    with file.path.open("ab") as more:
        more.write(b"half of a li")
    env = environment(tmp_path, XDG_STATE_HOME=str(tmp_path / "state"))
    ran = triage("check", "--json", "--timeout", "6", cwd=tmp_path, env=env)
    told = json.loads(ran.stdout)
    assert told["findings"] == []
    (quiet,) = told["quiet"]
    assert (quiet["id"], quiet["reason"], quiet["by"]) == ("http.down", "snoozed", "ann")
    assert datetime.fromisoformat(quiet["until"]) == hush.until
    assert f"{file.path}:2: " in ran.stderr
    assert told["notes"][0].startswith(f"{file.path}:2: ")
    assert ran.returncode == 3, "its target cannot be seen, whoever knows it"


@pytest.mark.parametrize("words", [["--confg"], ["--fail-on", "bad"], ["--config", "missing.toml"]])
def test_what_cannot_be_used_is_not_taken_for_critical(tmp_path: Path, words: list[str]) -> None:
    ran = triage("check", *words, cwd=tmp_path)
    assert ran.returncode == 3
    assert ran.stdout == ""
    assert ran.stderr


def test_watching_prints_what_begins_as_lines_until_it_is_interrupted(tmp_path: Path) -> None:
    write_config(
        tmp_path, f'[[environments.dev.targets]]\nkind = "http"\nname = "web"\nurl = "{NOTHING_HERE}"\n'
    )
    with subprocess.Popen(
        [*TRIAGE, "check", "--watch"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert re.match(r"\S+ NEW    CRITICAL http\.down web: .*; guide http/down", line), line
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(BOUND_S)
    assert process.returncode == 130


@pytest.mark.parametrize("finding", ["postgres.blocked-sessions", "redis.auth-failed"])
def test_explaining_tells_thresholds_their_source_and_guides(tmp_path: Path, finding: str) -> None:
    ran = triage("explain", finding, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert FINDINGS[finding] in ran.stdout
    assert "why it matters:" in ran.stdout
    assert "guides that answer it:" in ran.stdout


def test_explaining_takes_thresholds_from_the_file(tmp_path: Path) -> None:
    write_config(
        tmp_path,
        '[[environments.dev.targets]]\nkind = "host"\n[thresholds]\n"queue.unmoved_s" = { warning = 90 }\n'
        '[holds]\n"queue.stalled" = { hold_s = 45 }\n',
    )
    told = json.loads(triage("explain", "queue.stalled", "--json", cwd=tmp_path).stdout)
    assert (told["rules"][0]["hold_s"], told["rules"][0]["hold_from"]) == (45, "triage.toml")
    (one,) = told["rules"][0]["thresholds"]
    assert (one["warning"], one["critical"], one["from"]) == (90, None, "triage.toml")
    assert one["source"] == LIMITS["queue.unmoved_s"].source


def test_explaining_nothing_lists_all_and_a_typing_mistake_is_named(tmp_path: Path) -> None:
    listed = triage("explain", cwd=tmp_path).stdout
    assert all(id in listed for id in FINDINGS)
    wrong = triage("explain", "docker.unhelthy", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "did you mean `docker.unhealthy`?" in wrong.stderr
