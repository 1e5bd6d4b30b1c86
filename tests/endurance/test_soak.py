"""A short soak: the long one is `python -m tests.endurance.soak`, and its figures stand in benchmarks/README.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance.report import table
from tests.endurance.soak import Pace, soak
from tests.endurance.verdict import Trend
from tests.servers.docker import Engine, docker_engine

__all__ = ["docker_engine"]

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.xdist_group("docker")]

SEED = 20
SECONDS = 10.0
MOST_DESCRIPTORS = 40
MOST_THREADS = 30
SHORT = Pace(sick_s=(1, 3), calm_s=0.5, stall_s=(1, 2), interval_s=0.3, warm_s=0.0, key_every_s=0.1)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine | None:
    """Docker, where it is: without it the others are soaked."""
    try:
        found: Engine = request.getfixturevalue("docker_engine")
    except pytest.skip.Exception:
        return None
    return found


def test_a_short_soak(engine: Engine | None, tmp_path: Path) -> None:
    log = tmp_path / "log"
    report = soak(engine, SECONDS, SEED, log, SHORT)
    said = f"{table(report, SHORT.warm_s)}\n{log.read_text()}"
    # What is loaded or begun late is no leak: trends are judged by the long soak, here only bounds.
    trends = Trend(report.calm, SHORT.warm_s).complaints
    assert [one for one in report.complaints(SHORT.warm_s) if one not in trends] == [], said
    assert max(one.descriptors for one in [*report.calm, *report.busy]) <= MOST_DESCRIPTORS, said
    assert max(one.threads for one in [*report.calm, *report.busy]) <= MOST_THREADS, said
    assert report.faults, said
    assert report.keys, said
    assert report.recoveries_s, said
