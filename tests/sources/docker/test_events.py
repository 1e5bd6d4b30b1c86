"""What the engine's events are remembered for."""

from __future__ import annotations

import json

import pytest

from triage_tui.sources.docker.assemble import container_of
from triage_tui.sources.docker.clock import EngineClock
from triage_tui.sources.docker.events import MOST_OOM, EventLog
from triage_tui.sources.docker.rows import Inspected, Row, inspected_of, rows_of

STARTED_S = 1_700_000_000
ID = "c" * 64


def oom(id: str, at_s: float) -> bytes:
    return json.dumps(
        {"Type": "container", "Action": "oom", "Actor": {"ID": id}, "timeNano": int(at_s * 1e9)}
    ).encode()


def ended(*, exit_code: int = 137, flag: bool = False) -> tuple[Row, Inspected]:
    """A container that has ended, as the engine lists and inspects it."""
    (row,), _ = rows_of([{"Id": ID, "Names": ["/greedy"], "Image": "shop", "State": "exited", "Status": ""}])
    state = {
        "Status": "exited",
        "OOMKilled": flag,
        "ExitCode": exit_code,
        "StartedAt": "2023-11-14T22:13:20Z",
    }
    return row, inspected_of({"Id": ID, "State": state})


def said(log: EventLog, row: Row, inspected: Inspected) -> bool | None:
    return container_of(row, inspected, None, EngineClock(), 0.0, log.oom_at(row.id)).oom_killed


def test_an_event_tells_what_the_inspection_missed() -> None:
    log = EventLog()
    assert said(log, *ended()) is False
    log.add(oom(ID, STARTED_S + 5))
    assert said(log, *ended()) is True


def test_an_event_of_an_earlier_run_tells_nothing() -> None:
    log = EventLog()
    log.add(oom(ID, STARTED_S - 5))
    assert said(log, *ended()) is False


def test_a_child_that_was_killed_is_not_the_end_of_the_container() -> None:
    log = EventLog()
    log.add(oom(ID, STARTED_S + 5))
    assert said(log, *ended(exit_code=0)) is False


def test_the_inspection_is_enough() -> None:
    assert said(EventLog(), *ended(flag=True)) is True


@pytest.mark.parametrize("more", [1, 50])
def test_the_memory_is_bounded(more: int) -> None:
    log = EventLog()
    for number in range(MOST_OOM + more):
        log.add(oom(f"{number:064d}", STARTED_S + number))
    assert log.oom_at(f"{more - 1:064d}") is None
    assert log.oom_at(f"{more:064d}") is not None
