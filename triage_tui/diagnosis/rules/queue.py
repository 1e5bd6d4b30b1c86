"""Queues: who works on them, and whether anything moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from triage_tui.diagnosis.causes import works_on_queues
from triage_tui.diagnosis.rule import Judge, Rule, Scene, Unclear
from triage_tui.model import Deed, Evidence, Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.redis import Queue, RedisData
from triage_tui.text import figures

Found = Iterator[Finding | Unclear]

SINCE_SHARE = 0.5
"""Part of the time since a worker's end for which the queue has to have stood still: a first job may come late."""


def _each(judge: Callable[[Scene, Queue], Found]) -> Judge:
    def all_queues(scene: Scene) -> Found:
        for queue in scene.data(RedisData).queues:
            yield from judge(scene, queue)

    return all_queues


def growing(scene: Scene, queue: Queue) -> Found:
    """More comes in than is worked off, and there is a backlog already."""
    if queue.waiting is None or queue.growth_per_s is None:
        yield Unclear(queue.subject)
        return
    backlog = scene.severity("queue.backlog", queue.waiting, queue.subject)
    growth = scene.severity("queue.growth_per_s", queue.growth_per_s, queue.subject)
    if backlog is None or growth is None:
        return
    waits = figures.count(queue.waiting)
    evidence = [
        scene.measured(f"{waits} jobs wait", "queue.backlog", queue.waiting, backlog),
        scene.measured(
            f"{figures.rate(queue.growth_per_s, signed=True)} jobs",
            "queue.growth_per_s",
            queue.growth_per_s,
            growth,
        ),
    ]
    if queue.workers:
        evidence.append(scene.fact(f"{queue.workers} workers are there"))
    worst = min(backlog, growth, key=lambda one: one.rank)
    yield scene.finding(
        worst,
        queue.subject,
        f"{queue.name} grows: {waits} jobs wait",
        evidence,
        checks=_checks(scene, queue),
    )


def no_workers(scene: Scene, queue: Queue) -> Found:
    """Jobs wait, and nobody works: the system says so, or nothing was taken since a worker's container ended."""
    if not queue.waiting:
        if queue.waiting is None:
            yield Unclear(queue.subject)
        return
    waits = figures.count(queue.waiting)
    evidence = [scene.fact(f"{waits} jobs wait"), *_head(scene, queue)]
    if queue.workers is not None and not queue.paused:
        if queue.workers == 0:
            yield _nobody(scene, queue, waits, [*evidence, scene.fact("no worker is there")])
        return
    ended = _ended_worker(scene, queue)
    if ended is not None:
        said = f"{ended.name} ended {figures.age(ended.age_s)} ago, and nothing has been taken since"
        yield _nobody(scene, queue, waits, [*evidence, scene.fact(said)], [ended.name])


def _nobody(
    scene: Scene, queue: Queue, waits: str, evidence: list[Evidence], about: Iterable[str] = ()
) -> Finding:
    return scene.finding(
        Severity.CRITICAL,
        queue.subject,
        f"nobody works on {queue.name}: {waits} jobs wait",
        evidence,
        checks=_checks(scene, queue),
        about=about,
    )


def _ended_worker(scene: Scene, queue: Queue) -> Container | None:
    """A container of a worker that has ended, where the queue stands still since about then.

    Celery does not tell which worker serves which queue: while another one lives, only this says that one is gone.
    """
    still_s = queue.head_unchanged_s
    if still_s is None or still_s < scene.scope("queue.still_s") or (queue.growth_per_s or 0.0) < 0:
        return None
    for sighting in scene.picture.of_kind(Kind.DOCKER):
        if not sighting.known or not isinstance(sighting.data, DockerData):
            continue
        for container in sighting.data.containers:
            ended = container.state == "exited" and not container.one_off and works_on_queues(container.name)
            if ended and container.age_s is not None and still_s >= SINCE_SHARE * container.age_s:
                return container
    return None


def stalled(scene: Scene, queue: Queue) -> Found:
    """Jobs wait, somebody has taken jobs, and nothing moves; or jobs were taken by workers that are gone."""
    if queue.stalled:
        yield scene.finding(
            Severity.WARNING,
            queue.subject,
            f"{figures.count(queue.stalled)} jobs of {queue.name} were taken by workers that are gone",
            [scene.fact(f"{figures.count(queue.stalled)} jobs are taken and nobody holds their lock")],
            checks=_checks(scene, queue),
        )
        return
    still_s = queue.head_unchanged_s
    severity = scene.severity("queue.unmoved_s", still_s, queue.subject)
    if still_s is None or severity is None or not queue.waiting or queue.workers == 0 or queue.paused:
        return
    if queue.growth_per_s is not None and queue.growth_per_s < 0:
        return
    evidence = [
        scene.measured(
            f"the same job has been next for {figures.duration(still_s)}",
            "queue.unmoved_s",
            still_s,
            severity,
        ),
        scene.fact(f"{figures.count(queue.waiting)} jobs wait behind it"),
    ]
    if queue.in_flight:
        shared = ", of all queues together" if queue.in_flight_shared else ""
        evidence.append(scene.fact(f"{figures.count(queue.in_flight)} jobs are taken{shared}"))
    if queue.in_flight_age_s is not None:
        evidence.append(scene.fact(f"the oldest of those was taken {figures.age(queue.in_flight_age_s)} ago"))
    yield scene.finding(
        severity,
        queue.subject,
        f"{queue.name} does not move: {figures.count(queue.waiting)} jobs wait",
        evidence,
        against=["one long job for a single worker looks the same"],
        began_s=still_s,
        checks=_checks(scene, queue),
    )


def old_job(scene: Scene, queue: Queue) -> Found:
    """Age of the oldest job that waits, where the system tells it."""
    severity = scene.severity("queue.oldest_age_s", queue.oldest_age_s, queue.subject)
    if severity is None or queue.oldest_age_s is None:
        return
    waited = figures.duration(queue.oldest_age_s)
    yield scene.finding(
        severity,
        queue.subject,
        f"the oldest job of {queue.name} has waited for {waited}",
        [
            scene.measured(f"it has waited for {waited}", "queue.oldest_age_s", queue.oldest_age_s, severity),
            scene.fact(f"{figures.count(queue.waiting)} jobs wait"),
        ],
        checks=_checks(scene, queue),
    )


def dead_jobs(scene: Scene, queue: Queue) -> Found:
    """Jobs that gave up. A warning while their number rises; those that are old news are only worth knowing."""
    severity = scene.severity("queue.dead", queue.dead, queue.subject)
    if severity is None or queue.dead is None:
        return
    counts = scene.picture.values(scene.target, "queue.dead", queue.subject)
    more = round(queue.dead - counts[0]) if counts else 0
    least = "at least " if queue.dead_capped else ""
    evidence = [
        scene.measured(f"{least}{figures.count(queue.dead)} jobs gave up", "queue.dead", queue.dead, severity)
    ]
    if more > 0:
        evidence.append(scene.fact(f"{figures.count(more)} of them since this is watched"))
    yield scene.finding(
        severity if more > 0 else Severity.INFO,
        queue.subject,
        f"{least}{figures.count(queue.dead)} jobs of {queue.name} failed for good",
        evidence,
        against=[] if more > 0 else ["none of them since this is watched"],
        checks=_checks(scene, queue),
        actions=[scene.deed("queue.requeue-dead", queue.subject, "once the cause is gone")],
    )


def paused(scene: Scene, queue: Queue) -> Found:
    """Paused, with jobs in it."""
    if queue.paused and queue.waiting:
        waits = figures.count(queue.waiting)
        yield scene.finding(
            Severity.WARNING,
            queue.subject,
            f"{queue.name} is paused: {waits} jobs wait",
            [scene.fact(f"{waits} jobs wait, and the queue is paused")],
            against=["somebody has paused it, perhaps for a reason"],
            checks=_checks(scene, queue),
            actions=[scene.deed("queue.resume", queue.subject, "lets workers take jobs again")],
        )


def _head(scene: Scene, queue: Queue) -> Iterator[Evidence]:
    if queue.head_unchanged_s:
        yield scene.fact(f"the same job has been next for {figures.age(queue.head_unchanged_s)}")
    elif queue.oldest_age_s is not None:
        yield scene.fact(f"the oldest has waited for {figures.age(queue.oldest_age_s)}")


def _checks(scene: Scene, queue: Queue) -> list[Deed]:
    return [
        scene.deed("queue.workers", queue.subject, "who works on it"),
        scene.deed("queue.depths", queue.subject, "whether it moves"),
    ]


def _rule(id: str, looks_at: str, because: str, judge: Callable[[Scene, Queue], Found], **how: Any) -> Rule:
    return Rule(id, (Kind.REDIS,), looks_at, because, _each(judge), **how)


RULES = (
    _rule(
        "queue.growing",
        "How many jobs wait, and the slope of that over the last looks (three at least, half a minute at most).",
        "A queue that grows does not catch up by itself.",
        growing,
        limits=("queue.backlog", "queue.growth_per_s"),
        hold_s=2.0,
        clear_s=10.0,
    ),
    _rule(
        "queue.no-workers",
        "Whether jobs wait and no worker serves the queue, or nothing was taken since the container of a worker ended.",
        "Jobs are accepted and never done.",
        no_workers,
        limits=("queue.still_s",),
        hold_s=3.0,
        clear_s=2.0,
    ),
    _rule(
        "queue.stalled",
        "For how long the job at the head has been the same one while jobs wait and workers are there.",
        "A worker hangs in a job, or jobs are held by workers that died.",
        stalled,
        limits=("queue.unmoved_s",),
        clear_s=2.0,
    ),
    _rule(
        "queue.old-job",
        "The age of the oldest job that waits.",
        "Somebody waits for it.",
        old_job,
        limits=("queue.oldest_age_s",),
    ),
    _rule(
        "queue.dead-jobs",
        "The number of jobs that gave up, and whether it rises.",
        "What they should have done is not done.",
        dead_jobs,
        limits=("queue.dead",),
        clear_s=0.0,
    ),
    _rule(
        "queue.paused",
        "Whether the queue is paused and holds jobs.",
        "Nothing happens until somebody resumes it.",
        paused,
        clear_s=0.0,
    ),
)
