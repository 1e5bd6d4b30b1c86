"""`triage` as a process of its own, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BOUND_S = 60.0
"""For a machine under load. What a command promises about its time is asserted on what it reports."""

TRIAGE = (sys.executable, "-m", "triage_tui.cli")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's own machine: no home, no database URL, no Docker engine; a UTF-8 locale."""
    clean = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    return clean | more


def triage(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, bound_s: float = BOUND_S
) -> subprocess.CompletedProcess[str]:
    """Run to the end. Output is decoded as UTF-8."""
    return subprocess.run(
        [*TRIAGE, *arguments],
        cwd=cwd,
        env=dict(env) if env is not None else environment(cwd),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=bound_s,
        check=False,
    )


def write_config(folder: Path, text: str) -> Path:
    path = folder / "triage.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path
