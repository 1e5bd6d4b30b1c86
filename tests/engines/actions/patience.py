"""Waiting until something shows, however slow the machine is."""

from __future__ import annotations

import pytest

from triage_tui.actions.postgres import ending, idle
from triage_tui.actions.redis import client_kill

LONG_S = 60.0


@pytest.fixture
def long_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in which a server does what it was told to do."""
    monkeypatch.setattr(ending, "HEEDED_WITHIN_S", LONG_S)
    monkeypatch.setattr(idle, "HEEDED_WITHIN_S", LONG_S)
    monkeypatch.setattr(client_kill, "GONE_WITHIN_S", LONG_S)
