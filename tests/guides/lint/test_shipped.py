"""`make lint` examines the guides that ship, and one broken entry among them makes it fail: tried on a few of them."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import triage

ROOT = Path(__file__).parents[3]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """The line of `make lint` about guides, on a project of this folder."""
    lines = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0].splitlines()
    (line,) = [line for line in lines if "guides lint" in line]
    program, *arguments = shlex.split(line)
    assert program == "$(BIN)/triage"
    return triage(*arguments, cwd=folder)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of some of what the line examines."""
    hashes = Path("tests/guides/fixtures/originals.hashes")
    shutil.copytree(ROOT / "knowledge" / "redis", tmp_path / "knowledge" / "redis")
    (tmp_path / hashes).parent.mkdir(parents=True)
    shutil.copy(ROOT / hashes, tmp_path / hashes)
    return tmp_path


def test_guides_that_ship_are_in_order(project: Path) -> None:
    done = run(project)
    assert done.returncode == 0, done.stdout
    assert "0 to mend" in done.stderr


def test_a_broken_entry_fails(project: Path) -> None:
    path = project / "knowledge" / "redis" / "writes-refused.md"
    text = path.read_text()
    for old, new in (
        ("findings: [", "findings: [redis.never-heard-of, "),
        ("related: [", "related: [redis/nowhere, "),
        ("\nverify:", "\nverfiy:"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    done = run(project)
    assert done.returncode == 1
    assert "writes-refused.md:" in done.stdout
    assert "did you mean `verify`" in done.stdout
