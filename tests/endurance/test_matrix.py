"""The fault matrix: what is said of each source under each fault, and what it does to itself and to others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endurance.campaign import BEARABLE, FAULTS, SPECS, WELL_INTERVAL_S, Campaign, Cell, Outcome
from tests.endurance.field import servers
from tests.servers.docker import Engine, docker_engine
from triage_tui.model import ProblemKind, State

__all__ = ["docker_engine"]

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.xdist_group("docker")]

SILENT = frozenset({"long latency", "trickle", "blackhole", "half answer"})
"""Here no answer comes, and none that says no."""

BROKEN_OFF = {"postgres": ProblemKind.REFUSED, "redis": ProblemKind.REFUSED}
"""Where an answer that breaks off is told from a server that speaks something else; elsewhere it counts as such."""

MOST_CONNECTIONS = {"docker": 4, "postgres": 2, "redis": 2, "http": 2}
"""That the other side may see at any moment: those in use, and one whose end has not arrived there yet. Docker's are
one for questions, one for events, and each again."""


def expected(kind: str, fault: str) -> ProblemKind:
    """What a fault is called."""
    if fault in SILENT:
        return ProblemKind.TIMEOUT
    if fault == "cut":
        return BROKEN_OFF.get(kind, ProblemKind.PROTOCOL)
    return ProblemKind.PROTOCOL if fault == "garbage" else ProblemKind.REFUSED


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Engine | None:
    """Docker, where it is: without it the other rows of the matrix are run."""
    try:
        found: Engine = request.getfixturevalue("docker_engine")
    except pytest.skip.Exception:
        return None
    return found


@pytest.fixture(scope="module")
def outcome(engine: Engine | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """All of it, once."""
    folder: Path = tmp_path_factory.mktemp("servers")
    with servers(folder, engine) as urls:
        yield Campaign(urls).run()


@pytest.fixture
def cell(outcome: Outcome, kind: str, fault: str) -> Cell:
    """One cell."""
    if kind == "docker" and (kind, fault) not in outcome.cells:
        pytest.skip("no Docker engine")
    return outcome.cells[kind, fault]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", SPECS)
def test_a_cell(outcome: Outcome, cell: Cell, kind: str, fault: str) -> None:
    """State and words while it is sick, live again afterwards, and no more connections than a healthy one has."""
    assert cell.sick is not None
    assert cell.sick.data is not None, "what was known stays"
    if fault in BEARABLE:
        assert cell.sick.state is State.LIVE, cell.problem
    else:
        assert cell.problem.kind is expected(kind, fault), cell.problem
        assert cell.problem.message
        assert cell.problem.next_step
        assert cell.sick.state is (State.STALE if fault in SILENT else State.DOWN)
    assert cell.recovered_s is not None, "it did not come back"
    assert cell.most_connections <= MOST_CONNECTIONS[kind]
    # An HTTP endpoint is asked anew each time: whether it is being asked in this instant is chance.
    assert cell.connections <= max(1, outcome.connections[kind])


def test_the_others_are_looked_at_as_if_nothing_were(outcome: Outcome) -> None:
    assert outcome.unwell == [], f"looks every {WELL_INTERVAL_S:g} s"
    assert min(outcome.looks.values()) >= 3
    assert "host" in outcome.looks


def test_nothing_is_left_over(outcome: Outcome) -> None:
    assert outcome.left == 0
    assert not outcome.more_than_before(outcome.after), (
        f"threads and descriptors: {outcome.before} before, {outcome.after} after: {outcome.opened}"
    )
    assert outcome.defects == ()
