"""PgBouncer: clients that wait for a connection, and who keeps the connections. A pooler that does not answer is in
unreachable.py."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.model import Evidence, Finding, Kind
from triage_tui.model.pgbouncer import PgbouncerData, Pool, PooledClient
from triage_tui.model.postgres import PostgresData, Session
from triage_tui.text import figures

_HOLDERS = 3
_HOLDS = ("idle in transaction", "idle in transaction (aborted)", "active")


def clients_waiting(scene: Scene) -> Iterator[Finding]:
    """One finding for each pool whose clients wait for longer than a connection takes to come free."""
    data = scene.data(PgbouncerData)
    for pool in data.pools:
        severity = scene.severity("pgbouncer.max_wait_s", pool.maxwait_s, pool.subject)
        if severity is None or not pool.cl_waiting:
            continue
        against = []
        if pool.size is not None and pool.servers < pool.size:
            open_now = f"{pool.servers} of {pool.size} connections are open"
            against.append(f"the pool is not full: {open_now}, so PostgreSQL may refuse more")
        holders = list(_holders(scene, data, pool))
        yield scene.finding(
            severity,
            pool.subject,
            f"{_clients(pool.cl_waiting)} for a connection of {pool.database}",
            [
                scene.measured(
                    f"{pool.cl_waiting} wait, the longest for {figures.duration(pool.maxwait_s)}",
                    "pgbouncer.max_wait_s",
                    pool.maxwait_s,
                    severity,
                ),
                scene.fact(_busy(pool)),
                *(text for text, _ in holders),
            ],
            against=against,
            began_s=pool.maxwait_s,
            checks=[scene.deed("pgbouncer.pools", pool.subject, "whether the wait grows")],
            about=[client.application for _, client in holders if client.application],
        )


def _clients(number: int) -> str:
    return "1 client waits" if number == 1 else f"{number} clients wait"


def _busy(pool: Pool) -> str:
    of = f" of {pool.size}" if pool.size is not None else ""
    return (
        f"{pool.sv_active}{of} connections to PostgreSQL are in use ({pool.mode or 'mode unknown'} pooling)"
    )


def _holders(scene: Scene, data: PgbouncerData, pool: Pool) -> Iterator[tuple[Evidence, PooledClient]]:
    """Who has the connections, with what PostgreSQL says about them where it is watched too; the longest first."""
    sessions = [
        (session, client)
        for sighting in scene.picture.of_kind(Kind.POSTGRES)
        if sighting.known and isinstance(sighting.data, PostgresData)
        for session in sighting.data.sessions
        if session.state in _HOLDS and (client := data.behind(session.pid, session.client)) is not None
        if client.database == pool.database
    ]
    sessions.sort(key=lambda pair: -(pair[0].transaction_age_s or 0.0))
    for session, client in sessions[:_HOLDERS]:
        yield scene.fact(f"{_who(client)} holds one: {_does(session)}"), client
    if not sessions:
        for client in [one for one in data.linked or () if one.database == pool.database][:_HOLDERS]:
            yield scene.fact(f"{_who(client)} holds one"), client


def _who(client: PooledClient) -> str:
    return f"{client.application} ({client.client})" if client.application else client.client


def _does(session: Session) -> str:
    age = session.transaction_age_s if session.transaction_age_s is not None else session.state_age_s
    return f"pid {session.pid} is {session.state} for {figures.age(age)}"


RULES = (
    Rule(
        "pgbouncer.clients-waiting",
        (Kind.PGBOUNCER,),
        "SHOW POOLS: clients that wait (cl_waiting), and for how long (maxwait).",
        "A client that waits for a connection is a request that hangs; after query_wait_timeout it fails.",
        clients_waiting,
        limits=("pgbouncer.max_wait_s",),
        clear_s=6.0,
    ),
)
