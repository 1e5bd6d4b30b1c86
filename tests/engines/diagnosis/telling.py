"""A running engine, and what it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from triage_tui.config.settings import Settings, TargetSpec, Threshold
from triage_tui.engine import Engine
from triage_tui.model import Diagnosis, Finding

WITHIN_S = 60.0
INTERVAL_S = 0.5

LOOKS_OF_CALM = 4


@contextmanager
def watching(*specs: TargetSpec, thresholds: Mapping[str, Threshold] = {}) -> Iterator[Engine]:
    """An engine that has looked at all of it, and was silent for some looks."""
    settings = Settings("test", True, specs, thresholds=dict(thresholds), discover=False)
    with Engine(settings) as engine:
        assert engine.wait_first_looks(WITHIN_S), "no first looks"
        judged: set[float] = set()

        def is_calm(diagnosis: Diagnosis) -> bool:
            assert diagnosis.findings == (), f"nothing is wrong, and it tells of {words(diagnosis)}"
            judged.add(diagnosis.taken_at)
            return len(judged) >= LOOKS_OF_CALM

        assert engine.wait_diagnosis(is_calm, WITHIN_S), f"only {len(judged)} diagnoses"
        yield engine


def led_by(engine: Engine, id: str, subject: str) -> Finding:
    """Wait until a finding leads, and is about the right thing."""

    def leads(diagnosis: Diagnosis) -> bool:
        first = diagnosis.incidents[0].root if diagnosis.incidents else None
        return first is not None and (first.id, first.subject) == (id, subject)

    assert engine.wait_diagnosis(leads, WITHIN_S), (
        f"{id} of {subject or 'the server'} does not lead, but {words(engine.diagnosis())}"
    )
    return engine.diagnosis().incidents[0].root


def gone(engine: Engine, id: str) -> None:
    """Wait until nothing of a kind is told any more."""
    assert engine.wait_diagnosis(
        lambda diagnosis: all(one.id != id for one in diagnosis.findings), WITHIN_S
    ), f"{id} stays: {words(engine.diagnosis())}"


def words(diagnosis: Diagnosis) -> str:
    """What is told, for messages."""
    return "; ".join(f"{one.id} {one.subject}: {one.title}" for one in diagnosis.findings) or "nothing"
