"""Checks of Redis and of the queues in it: one look answers all of them."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.actions.checks.answer import CannotAskError, Question, Said, said, unknown
from triage_tui.actions.checks.check import Check, judged, looked
from triage_tui.actions.checks.site import Site
from triage_tui.diagnosis.outcomes import answered
from triage_tui.model import Kind, Sighting
from triage_tui.model.outcome import Outcome
from triage_tui.model.redis import Queue, RedisData
from triage_tui.text import figures


def _data(sighting: Sighting) -> RedisData:
    if not isinstance(sighting.data, RedisData):
        raise CannotAskError(f"{sighting.target.name} shows nothing of Redis")
    return sighting.data


def _ping(sighting: Sighting, _: Question) -> Iterator[str]:
    data = _data(sighting)
    role = data.role or "role unknown"
    yield f"{answered(sighting)}: Redis {data.version}, {role}, up {figures.duration(data.uptime_s)}"
    yield f"{figures.count(data.clients.connected)} of {figures.count(data.clients.max)} clients are connected"


def _memory(sighting: Sighting, _: Question) -> Iterator[str]:
    memory = _data(sighting).memory
    most = f"of {figures.size(memory.max_bytes)}" if memory.max_bytes is not None else "without a limit"
    yield f"{figures.size(memory.used_bytes)} {most}, policy {memory.policy or 'unknown'}"
    yield f"peak {figures.size(memory.peak_bytes)}, resident {figures.size(memory.rss_bytes)}"
    evicted = _data(sighting).evicted
    if evicted:
        yield f"{figures.count(evicted)} keys were thrown away since it started"


def _persistence(sighting: Sighting, _: Question) -> Iterator[str]:
    one = _data(sighting).persistence
    if one.loading:
        yield f"it reads its data set: {figures.percent((one.loading_percent or 0.0) / 100)}"
    state = {True: "went well", False: "FAILED", None: "is not known"}
    yield f"the last save {state[one.rdb_last_ok]}, {figures.duration(one.last_save_age_s)} ago"
    yield f"{figures.count(one.changes_since_save)} changes since then"
    yield f"append-only file: {'on' if one.aof_enabled else 'off'}" + (
        f", the last write {state[one.aof_last_ok]}" if one.aof_enabled else ""
    )


def _slowlog(sighting: Sighting, _: Question) -> Iterator[str]:
    for one in _data(sighting).slowlog or ():
        yield f"{one.took_ms:.1f} ms at {figures.instant(one.at)} from {one.client or '?'}: {one.command}"


async def _slow(site: Site, question: Question) -> Said:
    sighting = await site.sighting(site.spec(question.target, Kind.REDIS))
    if sighting.known and _data(sighting).slowlog is None:
        gap = next((one.problem for one in sighting.gaps if one.part.startswith("slowlog")), None)
        if gap is None:
            return unknown(
                "the slow log was not read", "Give this user the command SLOWLOG (ACL: +slowlog|get)."
            )
        return unknown(f"{gap.kind}: {gap.message}", gap.next_step)
    told = judged(site, sighting, question, _slowlog)
    if told.outcome is Outcome.PASS and sighting.known:
        entries = _data(sighting).slowlog or ()
        slowest = max((one.took_ms for one in entries), default=0.0)
        words = (
            f"{len(entries)} slow commands, the slowest {slowest:.1f} ms" if entries else "no slow command"
        )
        return said(
            Outcome.PASS, words, told.lines if not entries else _slowlog(sighting, question), told.age_s
        )
    return told


def _queues(sighting: Sighting, question: Question) -> list[Queue]:
    queues = _data(sighting).queues
    wanted = question.argument
    found = [one for one in queues if wanted in ("", one.subject, one.name)]
    if not found and wanted:
        raise CannotAskError(
            f"there is no queue {wanted}",
            "An empty queue of some systems is none at all: nothing may wait in it. "
            f"Queues that are there: {', '.join(one.subject for one in queues[:6]) or 'none'}.",
        )
    return found


def _depth(one: Queue) -> str:
    words = f"{one.subject}: {figures.count(one.waiting)} wait"
    parts = [
        (one.in_flight, "in flight"),
        (one.delayed, "delayed"),
        (one.retry, "to be tried again"),
        (one.dead, "dead"),
    ]
    words += "".join(f", {figures.count(number)} {name}" for number, name in parts if number)
    if one.oldest_age_s is not None:
        words += f", the oldest for {figures.duration(one.oldest_age_s)}"
    if one.paused:
        words += ", paused"
    return words


def _depths(sighting: Sighting, question: Question) -> Iterator[str]:
    queues = _queues(sighting, question)
    if len(queues) > 1:
        known = [one.waiting for one in queues if one.waiting is not None]
        yield f"{figures.count(sum(known))} jobs wait in {len(known)} queues"
    yield from map(_depth, queues)


def _working(sighting: Sighting, question: Question) -> Iterator[str]:
    for one in _queues(sighting, question):
        number = "workers not known" if one.workers is None else f"{one.workers} workers"
        yield f"{one.subject}: {number}, {figures.count(one.waiting)} wait, {figures.count(one.in_flight)} in flight"


async def _depths_answer(site: Site, question: Question) -> Said:
    sighting = await site.sighting(site.spec(question.target, Kind.REDIS))
    if sighting.known and not _data(sighting).queues:
        return _no_queues(sighting)
    return judged(site, sighting, question, _depths)


async def _workers_answer(site: Site, question: Question) -> Said:
    sighting = await site.sighting(site.spec(question.target, Kind.REDIS))
    if not sighting.known:
        return judged(site, sighting, question, _working)
    queues = _queues(sighting, question)
    if not queues:
        return _no_queues(sighting)
    lines = [*_working(sighting, question)]
    age_s = sighting.age_s or 0.0
    told = judged(site, sighting, question, _working)
    if told.outcome in (Outcome.WARN, Outcome.FAIL):
        return told
    without = [one for one in queues if one.workers == 0]
    if without:
        # Nothing waits there now: nobody will take what comes.
        return said(
            Outcome.WARN, f"nobody works on {', '.join(one.subject for one in without[:4])}", lines, age_s
        )
    known = [one.workers for one in queues if one.workers is not None]
    if not known:
        return unknown(
            "this system does not tell who works on a queue", "docker.top of the worker's container does."
        )
    return said(
        Outcome.PASS,
        f"{max(known)} workers" if len(queues) == 1 else "every queue has a worker",
        lines,
        age_s,
    )


def _no_queues(sighting: Sighting) -> Said:
    gap = next((one.problem for one in sighting.gaps if one.part.startswith("queues")), None)
    if gap is not None:
        return unknown(f"{gap.kind}: {gap.message}", gap.next_step)
    return unknown(
        "no queue was found", "Name the databases that hold queues in triage.toml: queue_databases = [0, 1]."
    )


CHECKS = (
    looked("redis.ping", Kind.REDIS, _ping, anew=True),
    looked("redis.memory", Kind.REDIS, _memory),
    looked("redis.persistence", Kind.REDIS, _persistence),
    Check("redis.slowlog", (Kind.REDIS,), "", _slow),
    Check("queue.depths", (Kind.REDIS,), "queue", _depths_answer),
    Check("queue.workers", (Kind.REDIS,), "queue", _workers_answer),
)
