"""Fixtures that every room's tests may use."""

from __future__ import annotations

import signal

from hypothesis import settings

# A machine that is busy with other tests is no defect: what hangs is found by the time limit of the whole test.
settings.register_profile("triage", deadline=None)
settings.load_profile("triage")

# A shell starts what it puts into the background deaf to Ctrl+C, and every program that a test starts would be too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
