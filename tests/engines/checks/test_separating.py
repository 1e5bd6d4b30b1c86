"""A real endpoint that hangs and one that has ended: the check that is proposed tells them apart, and moves what is
likely in the running engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.engines.http.servers import serving
from tests.faults.proxy import FaultProxy
from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.actions.checks.asker import Asker
from triage_tui.actions.reach import EngineReach
from triage_tui.config.secret import Secret
from triage_tui.config.settings import HttpSpec, Settings
from triage_tui.engine import Engine
from triage_tui.model import Diagnosis, Finding

WITHIN_S = 60.0


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with serving() as port, FaultProxy(("127.0.0.1", port)) as one:
        yield one


def down(diagnosis: Diagnosis) -> Finding | None:
    return next((one for one in diagnosis.findings if one.id == "http.down"), None)


def answer_to(engine: Engine, question: Question) -> Answer:
    """As the cockpit asks: on another thread, and the engine hears of it."""
    answers: list[Answer] = []
    done = threading.Event()
    asker = Asker(EngineReach(engine))
    try:
        asker.ask([question], answers.append, done.set)
        assert done.wait(WITHIN_S), "no end of the round"
    finally:
        asker.close()
    (answer,) = answers
    engine.hear(answer.heard)
    return answer


@pytest.mark.parametrize(
    ("fault", "outcome", "first"), [("blackhole", "pass", "hung"), ("refuse", "fail", "ended")]
)
def test_the_answer_moves_what_is_likely(proxy: FaultProxy, fault: str, outcome: str, first: str) -> None:
    getattr(proxy, fault)()
    spec = HttpSpec("shop", Secret(f"http://127.0.0.1:{proxy.port}/health"), interval_s=0.5)
    with Engine(Settings("test", True, (spec,), discover=False)) as engine:
        assert engine.wait_diagnosis(lambda one: down(one) is not None, WITHIN_S), "http.down is not found"
        before = down(engine.diagnosis())
        assert before is not None
        assert len(before.causes) > 1
        # What it proposes first, or what it asks of its port where nothing is left to separate.
        deed = next(one for one in before.checks if one.id == "tcp.connect")
        answer = answer_to(engine, Question(deed.id, deed.target, deed.argument))
        assert answer.outcome == outcome

        def moved(diagnosis: Diagnosis) -> bool:
            finding = down(diagnosis)
            return finding is not None and any(
                one.text.startswith("tcp.connect: ") for one in finding.evidence
            )

        assert engine.wait_diagnosis(moved, WITHIN_S), "the answer is not heard"
        after = down(engine.diagnosis())
        assert after is not None
        shares = {one.id: one.share for one in before.causes}
        assert after.causes[0].id == first
        assert after.causes[0].share > shares[first]
