"""Checks of PostgreSQL and of the pooler in front of it: one look answers all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from triage_tui.actions.checks.answer import CannotAskError, Question, Said, unknown
from triage_tui.actions.checks.check import Check, judged, looked
from triage_tui.actions.checks.site import Site
from triage_tui.diagnosis.outcomes import answered
from triage_tui.model import Kind, Sighting
from triage_tui.model.outcome import Outcome
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.text import figures

MOST_STATEMENTS = 10


def _data(sighting: Sighting) -> PostgresData:
    if not isinstance(sighting.data, PostgresData):
        raise CannotAskError(f"{sighting.target.name} shows no sessions")
    return sighting.data


def _ping(sighting: Sighting, _: Question) -> Iterator[str]:
    data = _data(sighting)
    yield f"{answered(sighting)}: PostgreSQL {data.version}, up {figures.duration(data.uptime_s)}"
    if data.in_recovery:
        yield "it is a standby, and takes no writes"


def _session(one: Session) -> str:
    who = f"pid {one.pid} {one.user or '?'}@{one.database or '?'} {one.application or ''}".rstrip()
    since = one.transaction_age_s if one.transaction_age_s is not None else one.state_age_s
    return (
        f"{who}: {one.state or 'state not visible'} for {figures.duration(since)}: {one.query or ''}".rstrip(
            ": "
        )
    )


def _locks(sighting: Sighting, question: Question) -> Iterator[str]:
    data = _data(sighting)
    nodes = data.blocking
    if question.argument:
        pid = _pid(question.argument)
        session = next((one for one in data.sessions if one.pid == pid), None)
        if session is None:
            raise CannotAskError(
                f"there is no session with pid {pid}", "It has ended since: whoever waited for it goes on."
            )
        yield _session(session)
        # Its own node says what has been said.
        own, *behind = _below(nodes, pid) or (None,)
        nodes = tuple(behind)
        if own is not None and own.waits_for is not None:
            yield f"it waits {figures.duration(own.wait_s)} for pid {own.waits_for}"
        if not nodes:
            yield "nobody waits for it"
    else:
        waiting = sum(one.waits_for is not None for one in nodes)
        yield f"{waiting} sessions wait for a lock" if waiting else "nobody waits for a lock"
    sessions = {one.pid: one for one in data.sessions}
    for node in nodes:
        holder = sessions.get(node.pid)
        what = (
            f"waits {figures.duration(node.wait_s)} for {node.mode or 'a lock'}"
            if node.waits_for
            else "holds"
        )
        where = f" on {node.relation}" if node.relation else ""
        yield f"{'  ' * node.depth}{what}{where}: {_session(holder) if holder else f'pid {node.pid}'}"


def _below(nodes: tuple[Blocking, ...], pid: int) -> tuple[Blocking, ...]:
    """The node of a session with everybody who waits behind it."""
    start = next((place for place, one in enumerate(nodes) if one.pid == pid), None)
    if start is None:
        return ()
    end = start + 1
    while end < len(nodes) and nodes[end].depth > nodes[start].depth:
        end += 1
    return nodes[start:end]


def _pid(text: str) -> int:
    digits = text.removeprefix("pid").strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
        raise CannotAskError("the argument is no pid", "A pid is a number, as pg_stat_activity shows it.")
    return int(digits)


def _connections(sighting: Sighting, _: Question) -> Iterator[str]:
    data = _data(sighting)
    states = ", ".join(f"{number} {state}" for state, number in sorted(data.connections.items()))
    yield f"{data.connections_used} of {figures.count(data.max_connections)} connections: {states}"
    clients = [one for one in data.sessions if one.backend_type in (None, "client backend")]
    holders = Counter((one.user or "?", one.application or "no name", one.state or "?") for one in clients)
    for (user, application, state), number in holders.most_common(15):
        yield f"{number:>4}  {user}  {application}  {state}"
    if data.sessions_cut:
        yield f"{data.sessions_cut} more sessions were not read"


def _statements(sighting: Sighting, _: Question) -> Iterator[str]:
    data = _data(sighting)
    yield f"{len(data.statements or ())} statements are known; by the time that they took:"
    rows = sorted(data.statements or (), key=lambda one: one.total_ms, reverse=True)
    total = sum(one.total_ms for one in rows) or 1.0
    for one in rows[:MOST_STATEMENTS]:
        share = figures.percent(one.total_ms / total)
        yield f"{share} {figures.count(one.calls)} calls, {one.mean_ms:.1f} ms each: {one.query}"


async def _slow(site: Site, question: Question) -> Said:
    sighting = await site.sighting(site.spec(question.target, Kind.POSTGRES))
    if sighting.known and _data(sighting).statements is None:
        reason = next((one.problem for one in sighting.gaps if one.part.startswith("statements")), None)
        if reason is None:
            return unknown(
                "the server's statistics of statements were not read",
                "CREATE EXTENSION pg_stat_statements, with the library in shared_preload_libraries.",
            )
        return unknown(reason.message, reason.next_step)
    return judged(site, sighting, question, _statements)


def _migrations(sighting: Sighting, question: Question) -> Iterator[str]:
    for one in _data(sighting).migrations or ():
        if question.argument not in ("", one.database):
            continue
        last = one.applied[-1] if one.applied else "none"
        behind = "not known what the code wants" if one.behind is None else f"{len(one.behind)} behind"
        yield f"{one.database}: {one.tool} at {last}, {behind}"
        for name in one.failed:
            yield f"{one.database}: {name} began and did not end"
        for name in one.behind or ():
            yield f"{one.database}: wanted and not there: {name}"


async def _status(site: Site, question: Question) -> Said:
    sighting = await site.sighting(site.spec(question.target, Kind.POSTGRES))
    if not sighting.known:
        return judged(site, sighting, question, _migrations)
    gap = next((one.problem for one in sighting.gaps if one.part.startswith("migrations")), None)
    rows = [one for one in _data(sighting).migrations or () if question.argument in ("", one.database)]
    if not rows:
        if gap is not None:
            return unknown(gap.message, gap.next_step)
        where = f"the database {question.argument}" if question.argument else f"what {question.target} shows"
        return unknown(
            f"there is no table of Alembic, Prisma or Django in {where}",
            "Connect to the database that the code uses, or name its folder: migrations = { DATABASE = FOLDER }.",
        )
    told = judged(site, sighting, question, _migrations)
    if told.outcome is Outcome.PASS and all(one.wanted is None for one in rows):
        return unknown(
            f"{told.message}",
            "Name the folder with the code's migrations in triage.toml: migrations = { DATABASE = FOLDER }.",
        )
    return told


def _pools(sighting: Sighting, question: Question) -> Iterator[str]:
    if not isinstance(sighting.data, PgbouncerData):
        raise CannotAskError(f"{sighting.target.name} shows no pools")
    found = [one for one in sighting.data.pools if question.argument in ("", one.subject, one.database)]
    if question.argument and not found:
        raise CannotAskError(f"there is no pool {question.argument}", "A pool is named DATABASE/USER.")
    waiting = sum(pool.cl_waiting for pool in found)
    yield f"{len(found)} pools, {waiting or 'no'} client{'s' if waiting != 1 else ''} waiting"
    for pool in found:
        size = f" of {pool.size}" if pool.size is not None else ""
        yield (
            f"{pool.subject}: {pool.sv_active} busy and {pool.sv_idle} free connections{size}, {pool.cl_waiting}"
            f" clients wait, the longest {figures.duration(pool.maxwait_s)}"
        )


CHECKS = (
    looked("postgres.ping", Kind.POSTGRES, _ping, anew=True),
    looked("postgres.locks", Kind.POSTGRES, _locks, "pid", gap="blocking"),
    looked("postgres.connections", Kind.POSTGRES, _connections),
    Check("postgres.slow-statements", (Kind.POSTGRES,), "", _slow),
    Check("migrations.status", (Kind.POSTGRES,), "database", _status),
    looked("pgbouncer.pools", Kind.PGBOUNCER, _pools, "DATABASE/USER", anew=True),
)
