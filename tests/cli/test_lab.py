"""`triage lab` as people and scripts use it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.lab.leftovers import PATIENCE_S, expect_nothing_left
from tests.servers.require import unavailable
from triage_tui.cli.main import main
from triage_tui.lab import home
from triage_tui.lab.embedded.postgres import installations
from triage_tui.lab.embedded.redis import binaries

UP_S = 100


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's lab lives, which is ended in any case. As open as the usual /tmp."""
    folder = Path(tempfile.mkdtemp(prefix="triage-test-"))
    folder.chmod(0o711)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    main(["lab", "down"])
    shutil.rmtree(folder, ignore_errors=True)


def _lab(place: Path, *arguments: str, code: int = 0) -> dict[str, object]:
    """What a command of its own prints as JSON."""
    ran = subprocess.run(
        [sys.executable, "-m", "triage_tui.cli", "lab", *arguments, "--json"],
        env=os.environ | {"TMPDIR": str(place)},
        capture_output=True,
        text=True,
        timeout=UP_S,
    )
    assert ran.returncode == code, ran.stderr
    answer: dict[str, object] = json.loads(ran.stdout) if ran.stdout else {"refused": ran.stderr}
    return answer


@pytest.mark.postgres
@pytest.mark.redis
def test_a_lab_goes_up_breaks_mends_and_goes_down_leaving_nothing(place: Path) -> None:
    if not installations() or not binaries():
        unavailable("postgres", "no server is installed")
    up = _lab(place, "up")
    assert Path(str(up["config"])).stat().st_mode & 0o077 == 0
    assert up["troubles"] == []
    assert "running already" in str(_lab(place, "up", code=2)["refused"])

    status = _lab(place, "status")
    lab = psutil.Process(int(str(status["pid"])))
    processes = [lab, *lab.children(recursive=True)]
    assert len(processes) > 16

    assert "did you mean `import-stale`" in str(_lab(place, "break", "import-stal", code=2)["refused"])
    truth = _lab(place, "break", "import-stale", "--seed", "3")
    assert (truth["drill"], truth["seed"], truth["finding"]) == ("import-stale", 3, "files.stale")
    assert "broken already" in str(_lab(place, "break", "import-stale", code=2)["refused"])
    assert [each["drill"] for each in _lab(place, "status")["broken"]] == ["import-stale"]  # type: ignore[attr-defined]
    assert _lab(place, "mend") == {"mended": ["import-stale"]}
    assert "is not broken" in str(_lab(place, "mend", "import-stale", code=2)["refused"])

    assert _lab(place, "down") == {"ended": True}
    expect_nothing_left(processes, place)
    assert _lab(place, "down") == {"ended": False}


@pytest.mark.postgres
@pytest.mark.redis
def test_a_killed_lab_leaves_no_process_and_its_files_go_with_the_next_command(place: Path) -> None:
    if not installations() or not binaries():
        unavailable("postgres", "no server is installed")
    _lab(place, "up")
    status = _lab(place, "status")
    lab = psutil.Process(int(str(status["pid"])))
    processes = [lab, *lab.children(recursive=True)]
    lab.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, PATIENCE_S)
    assert "no lab is running" in str(_lab(place, "status", code=2)["refused"])
    assert _lab(place, "down") == {"ended": True}
    expect_nothing_left(processes, place)


@pytest.mark.parametrize("command", ["status", "break", "mend"])
def test_without_a_lab_it_says_how_to_get_one(
    place: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main(["lab", command]) == 2
    assert "triage lab up" in capsys.readouterr().err
    assert not list(place.iterdir())


def test_the_list_names_every_drill_with_its_truth(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "list", "--json"]) == 0
    drills = json.loads(capsys.readouterr().out)["drills"]
    assert drills
    assert all(set(each) >= {"id", "title", "finding", "guide", "visible_within_s"} for each in drills)


def test_a_folder_of_somebody_else_is_not_used(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.folder_of_user().symlink_to("/")
    assert main(["lab", "up"]) == 2
    assert "not a folder of yours" in capsys.readouterr().err
    home.folder_of_user().unlink()


def test_an_unknown_drill_of_the_demo_has_a_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "import-stal"]) == 2
    assert "did you mean `import-stale`" in capsys.readouterr().err
