"""Fixtures that every room's tests may use."""

from __future__ import annotations

from hypothesis import settings

# A machine that is busy with other tests is no defect: what hangs is found by the time limit of the whole test.
settings.register_profile("triage", deadline=None)
settings.load_profile("triage")
