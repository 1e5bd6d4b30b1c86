"""What a test does when the real server it needs cannot be had."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def unavailable(what: str, reason: str) -> NoReturn:
    """Skip with the reason, or fail where TRIAGE_REQUIRE (a comma-separated list) names `what`.

    what: docker, postgres, redis, pgbouncer, faketime or tmux
    """
    required = {name.strip() for name in os.environ.get("TRIAGE_REQUIRE", "").split(",")}
    if what in required:
        pytest.fail(f"{what} is required here (TRIAGE_REQUIRE) and not available: {reason}", pytrace=False)
    pytest.skip(f"no {what}: {reason}")
