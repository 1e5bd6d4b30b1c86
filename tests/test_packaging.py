"""What is installed is what is here: the wheel is built, looked into, and run from, with no network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this work tree."""
    return _build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def _build(target: str, project: Path, out: Path) -> Path:
    ran = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    (built,) = out.iterdir()
    return built


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix()


def _in_wheel(wheel: Path) -> set[str]:
    with ZipFile(wheel) as packed:
        return {name for name in packed.namelist() if ".dist-info/" not in name}


def _metadata(wheel: Path, name: str) -> str:
    with ZipFile(wheel) as packed:
        (path,) = (path for path in packed.namelist() if path.endswith(f".dist-info/{name}"))
        return packed.read(path).decode()


def test_it_holds_the_package_and_the_guides_and_nothing_else(wheel: Path) -> None:
    package = {f"triage_tui/{name}" for name in _files(ROOT / "triage_tui")}
    guides = {f"triage_tui/knowledge/{name}" for name in _files(ROOT / "knowledge")}
    assert guides
    assert _in_wheel(wheel) == package | guides


@pytest.mark.parametrize("kind", [".tcss", ".sql", ".md", "py.typed"])
def test_it_carries_what_is_no_code(wheel: Path, kind: str) -> None:
    assert [name for name in _in_wheel(wheel) if name.endswith(kind)]


def test_it_makes_the_command_and_names_its_licence_and_needs(wheel: Path) -> None:
    assert "triage = triage_tui.cli:main" in _metadata(wheel, "entry_points.txt").splitlines()
    metadata = message_from_string(_metadata(wheel, "METADATA"))
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    needs = metadata.get_all("Requires-Dist") or []
    assert len([need for need in needs if "extra ==" not in need]) == len(PROJECT["project"]["dependencies"])
    assert {need.split("extra == ")[1] for need in needs if "extra ==" in need} == {"'demo'"}


def test_it_runs_from_the_zip_without_one_dependency(wheel: Path, tmp_path: Path) -> None:
    """An interpreter without site-packages sees the wheel alone: the help needs nothing, files are found as data."""
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import importlib.resources as resources\n"
        "for name in ('ui/triage.tcss', 'sources/postgres/sql/sessions-13.sql', 'knowledge/README.md'):\n"
        "    assert resources.files('triage_tui').joinpath(name).read_text(), name\n"
        "from triage_tui.cli import main\n"
        "main(['--help'])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(wheel)], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("usage: triage")


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    packed = _build("sdist", ROOT, tmp_path / "sdist")
    shutil.unpack_archive(packed, tmp_path / "unpacked")
    (project,) = (tmp_path / "unpacked").iterdir()
    assert _in_wheel(_build("wheel", project, tmp_path / "wheel")) == _in_wheel(wheel)


def test_the_lock_pins_every_package_and_names_no_index() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert [line for line in pins if "==" not in line] == []
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    assert names(declared()) <= names(pins)


def declared() -> list[str]:
    """Every dependency of pyproject.toml, as it stands there."""
    project = PROJECT["project"]
    extras = [need for needs in project["optional-dependencies"].values() for need in needs]
    return [*project["dependencies"], *extras, *PROJECT["dependency-groups"]["dev"]]


def names(needs: list[str]) -> set[str]:
    """Of `psycopg[binary]>=3.3; python_version < "4"` it is psycopg."""
    return {re.split(r"[^A-Za-z0-9_.-]", need, maxsplit=1)[0].lower() for need in needs}
