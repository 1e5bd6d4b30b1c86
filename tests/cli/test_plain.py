"""What is understood without a parser is what the parser understands."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.cli import commands
from triage_tui.cli.arguments import parse
from triage_tui.cli.plain import plain

WORDS = st.sampled_from(
    [
        "--config",
        "--config=a.toml",
        "--config=-x",
        "--confg=x",
        "--conf",
        "--env",
        "--env=prod",
        "--env=",
        "--env=a=b",
    ]
) | st.sampled_from(["a.toml", "prod", "snapshot", "a b", "-", "--", "-x", "", "--help"])


@pytest.mark.parametrize(
    ("words", "config", "env"),
    [
        ([], None, None),
        (["--config", "a.toml"], "a.toml", None),
        (["--env=prod", "--config=a.toml"], "a.toml", "prod"),
        (["--env", "prod", "--env", "dev"], None, "dev"),
    ],
)
def test_the_cockpit_needs_no_parser(words: list[str], config: str | None, env: str | None) -> None:
    arguments = plain(words)
    assert arguments is not None
    assert arguments.run is commands.cockpit
    assert (arguments.config, arguments.env) == (Path(config) if config else None, env)


@given(st.lists(WORDS, max_size=5))
def test_never_another_meaning_than_the_parser_s(words: list[str]) -> None:
    arguments = plain(words)
    if arguments is not None:
        with contextlib.redirect_stderr(io.StringIO()):
            parsed = parse(words)
        assert vars(parsed) == {**vars(arguments), "version": None}


def test_nothing_that_only_commands_need_is_loaded_for_the_cockpit() -> None:
    """In a process of its own, without a terminal: it looks at nothing and says why."""
    program = (
        "import sys; from triage_tui.cli.plain import plain; from triage_tui.cli.main import main;"
        "plain(['--config', 'x']);"
        "print(sorted({'argparse', 'textual', 'triage_tui.cli.arguments'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
