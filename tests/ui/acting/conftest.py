"""An audit of their own, and a machine that may be as slow as it likes."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the audit is kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    # A held-up test machine is no reader who types blind; test_ears.py tries those limits on a clock of its own.
    monkeypatch.setattr("triage_tui.ui.acting.ears.LAG_S", 3600.0)
    return tmp_path
