"""Programs in terminals of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.terminal.program import PYTHON, Program

HOST_ONLY = """\
[environments.dev]
discover = false

[[environments.dev.targets]]
kind = "host"
name = "this-host"
"""


class Open(Protocol):
    """Starts a program; it is ended with the test."""

    def __call__(
        self,
        *command: str,
        columns: int = 140,
        rows: int = 45,
        environ: Mapping[str, str] = {},
        controlled: bool = True,
    ) -> Program: ...


@pytest.fixture
def in_terminal() -> Iterator[Open]:
    """Any command."""
    with ExitStack() as stack:

        def start(
            *command: str,
            columns: int = 140,
            rows: int = 45,
            environ: Mapping[str, str] = {},
            controlled: bool = True,
        ) -> Program:
            program = Program(command, columns=columns, rows=rows, environ=environ, controlled=controlled)
            return stack.enter_context(program)

        yield start


@pytest.fixture
def host_only(tmp_path: Path) -> tuple[str, ...]:
    """The real `triage`, watching nothing but this host."""
    config = tmp_path / "triage.toml"
    config.write_text(HOST_ONLY)
    return (PYTHON, "-m", "triage_tui.cli", "--config", str(config))


def scene(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that shows a scene of `still.py`."""
    return (PYTHON, "-m", "tests.terminal.still", name, *arguments)


class Check:
    """The self-check of a program that is started with this environment, read when it has ended."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "check"
        self.environ = {"TRIAGE_CHECK_TERMINAL": str(self._file)}

    def assert_right(self, writes: int = 5) -> None:
        """At least this many writes were replayed, and after each the terminal showed what it should."""
        *wrong, last = self._file.read_text().splitlines()
        assert last.endswith("writes, 0 wrong"), [*wrong, last]
        assert int(last.split()[0]) >= writes


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """For one program."""
    return Check(tmp_path)
