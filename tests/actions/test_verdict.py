"""Whether it helped, from pictures and diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from triage_tui.actions.audit.runs import Run
from triage_tui.actions.history import history
from triage_tui.actions.verdict import Following, Judgement, Reading, Seen, Verdict, judge, snapshot
from triage_tui.model import (
    Diagnosis,
    Evidence,
    Finding,
    Incident,
    Kind,
    Picture,
    Series,
    Severity,
    Sighting,
    State,
    Target,
)
from triage_tui.model.docker import DockerData

KEY = ("docker.memory-near-limit", "docker", "shop-api-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE = Seen(0.0, True, (Reading("docker.memory_ratio", 0.97, 0.9),))


def looks(*said: tuple[float, bool | None]) -> list[Seen]:
    return [Seen(at, present) for at, present in said]


@pytest.mark.parametrize(
    ("seen", "passed_s", "verdict"),
    [
        ([], 10, None),
        ([(2, True), (4, True), (6, True)], 60, None),
        ([(2, True), (4, True), (88, True)], 91, Verdict.NOT_FIXED),
        ([(2, True), (4, False)], 4, None),
        ([(2, False), (20, False)], 32, None),
        ([(2, False), (20, False), (31, False)], 31, None),
        ([(2, False), (20, False), (32, False)], 32, Verdict.FIXED),
        ([(2, False), (4, None), (20, False), (33, False)], 33, Verdict.FIXED),
        ([(2, False), (4, True)], 4, Verdict.CAME_BACK),
        ([(2, True), (4, False), (20, False), (30, True), (40, False)], 40, Verdict.CAME_BACK),
        ([(2, None), (4, None), (80, None)], 119, None),
        ([(2, None), (4, None), (80, None)], 121, Verdict.INCONCLUSIVE),
        ([(2, True), (119, False)], 121, Verdict.INCONCLUSIVE),
        ([(2, True)], 121, Verdict.INCONCLUSIVE),
    ],
)
def test_the_verdict(
    seen: Sequence[tuple[float, bool | None]], passed_s: float, verdict: Verdict | None
) -> None:
    judgement = judge(BEFORE, looks(*seen), passed_s)
    assert (judgement.verdict if judgement else None) == verdict


@pytest.mark.parametrize("present", [False, None])
def test_what_was_not_wrong_cannot_be_mended(present: bool | None) -> None:
    judgement = judge(Seen(0.0, present), looks((2, False), (20, False), (40, False)), 40)
    assert judgement is not None
    assert judgement.verdict is Verdict.INCONCLUSIVE


def world(
    at: float,
    *,
    present: bool,
    ratio: float,
    state: State = State.LIVE,
    age_s: float = 1.0,
    stale: bool = False,
) -> tuple[Picture, Diagnosis]:
    sighting = Sighting(Target("docker", Kind.DOCKER, "x"), state, 2.0, DockerData(()), age_s)
    series = {("docker", "docker.memory_ratio", "shop-api-1"): Series((at,), (ratio,))}
    finding = Finding(
        *KEY[:1],
        Severity.WARNING,
        *KEY[1:],
        "its memory is nearly used up",
        (Evidence("97 %", "docker.memory_ratio", ratio, 0.9),),
        stale=stale,
    )
    picture = Picture(at, NOW, "dev", False, (sighting,), series)
    return picture, Diagnosis(at, NOW, (Incident(finding),) if present else ())


def test_a_snapshot_tells_there_gone_and_unseen_apart() -> None:
    there = snapshot(KEY, *world(10, present=True, ratio=0.97))
    assert (there.at, there.present, there.readings) == (9.0, True, BEFORE.readings)
    gone = snapshot(KEY, *world(10, present=False, ratio=0.4), there.readings)
    assert (gone.present, gone.readings[0].value) == (False, 0.4)
    for unseen in (
        world(10, present=False, ratio=0.4, state=State.STALE),
        world(10, present=True, ratio=0.97, stale=True),
        (Picture(10, NOW, "dev", False, ()), Diagnosis(10, NOW)),
    ):
        assert snapshot(KEY, *unseen).present is None


def follow(*pictures: tuple[Picture, Diagnosis]) -> Judgement | None:
    following = Following(KEY, BEFORE, 0.0)
    judgement = None
    for picture, diagnosis in pictures:
        judgement = following.see(picture, diagnosis)
        if judgement is not None:
            break
    return judgement


def test_following_tells_the_numbers() -> None:
    judgement = follow(
        world(3, present=True, ratio=0.95),
        *(world(at, present=False, ratio=0.4) for at in range(5, 60, 2)),
    )
    assert judgement is not None
    assert judgement.verdict is Verdict.FIXED
    assert judgement.message == "gone for 30s in 16 looks; docker.memory_ratio 0.97 → 0.4"


def test_the_same_look_counts_once_and_one_before_the_action_not_at_all() -> None:
    picture, diagnosis = world(0.5, present=False, ratio=0.4)
    again = [world(3 + each, present=False, ratio=0.4, age_s=1.0 + each) for each in range(60)]
    assert follow((picture, diagnosis), *again) is None


def test_history_counts_what_was_told_for_certain() -> None:
    def run(action: str, verdict: str | None, day: int, finding: str = KEY[0]) -> Run:
        intent = {"action": action, "finding": [finding, *KEY[1:]], "at": f"2026-03-{day:02}T02:00:00+00:00"}
        return Run(intent, {"came": "done"}, {"verdict": verdict} if verdict else None)

    runs = [
        run("docker.restart", "fixed", 1),
        run("docker.restart", "came back", 2),
        run("docker.restart", "fixed", 3),
        run("docker.restart", "inconclusive", 4),
        run("docker.restart", None, 5),
        run("docker.stop", "fixed", 6),
        run("docker.restart", "fixed", 7, "docker.exited"),
    ]
    assert str(history(runs, "docker.restart", KEY[0])) == "worked 2 of 3 times, last on 2026-03-03"
    assert str(history(runs, "docker.kill", KEY[0])) == ""
