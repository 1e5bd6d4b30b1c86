"""Who waits for whom."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.diagnosis.rules.postgres.pooled import real_client
from triage_tui.diagnosis.rules.postgres.sessions import who
from triage_tui.model import Deed, Evidence, Finding, Kind, Severity
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.text import figures


def blocked_sessions(scene: Scene) -> Iterator[Finding]:
    """One finding for each root of the blocking tree that others have waited for long enough."""
    data = scene.data(PostgresData)
    sessions = {session.pid: session for session in data.sessions}
    for root, below in _trees(data.blocking):
        waits = [node.wait_s for node in below if node.wait_s is not None]
        longest = max(waits, default=None)
        subject = f"prepared {root.prepared}" if root.prepared is not None else str(root.pid)
        severity = scene.severity("postgres.longest_wait_s", longest, subject)
        if severity is None or longest is None or root.cycle:
            continue
        if root.victims >= scene.scope("postgres.waiters"):
            severity = Severity.CRITICAL
        holder = sessions.get(root.pid)
        yield scene.finding(
            severity,
            subject,
            f"{root.victims} session{'s' if root.victims != 1 else ''} wait for {_holder(root, holder)}",
            _why(scene, root, below, holder, longest, severity),
            began_s=longest,
            checks=[scene.deed("postgres.locks", subject, "what it holds, and who waits")],
            actions=_ways_out(scene, root, holder),
            about=[holder.application] if holder is not None and holder.application else [],
        )


def deadlocks(scene: Scene) -> Iterator[Finding]:
    """A circle of sessions that the server has not broken yet, or deadlocks that it broke between two looks."""
    data = scene.data(PostgresData)
    circle = [node for node in data.blocking if node.cycle]
    by_database = {each.name: each.deadlocks_per_s for each in data.databases}
    sessions = {session.pid: session for session in data.sessions}
    circled = {sessions[node.pid].database for node in circle if node.pid in sessions} - {None}
    for database, rate in by_database.items():
        severity = scene.severity("postgres.deadlocks_per_s", rate, database)
        if database in circled:
            severity = Severity.CRITICAL
        if severity is None:
            continue
        evidence = []
        if rate:
            said = f"{figures.rate(rate)} deadlocks"
            evidence.append(scene.measured(said, "postgres.deadlocks_per_s", rate, severity))
        for node in circle:
            session = sessions.get(node.pid)
            if session is not None and session.database == database:
                where = f" for {node.relation}" if node.relation else ""
                evidence.append(scene.fact(f"pid {node.pid} ({who(session)}) waits{where} in a circle"))
        yield scene.finding(
            severity,
            database,
            f"sessions of {database} wait for each other in a circle",
            evidence,
            against=["the server breaks each after deadlock_timeout: one of them gets an error"],
            checks=[scene.deed("postgres.locks", why="which statements lock in which order")],
            quotes=["ERROR: deadlock detected"],
        )


def _trees(blocking: tuple[Blocking, ...]) -> Iterator[tuple[Blocking, list[Blocking]]]:
    """Every root with the nodes below it, which follow it in drawing order."""
    root, below = None, list[Blocking]()
    for node in blocking:
        if node.depth == 0:
            if root is not None:
                yield root, below
            root, below = node, []
        else:
            below.append(node)
    if root is not None:
        yield root, below


def _holder(root: Blocking, session: Session | None) -> str:
    if root.prepared is not None:
        return f"the prepared transaction {root.prepared}"
    name = f" ({session.application})" if session is not None and session.application else ""
    return f"pid {root.pid}{name}"


def _why(
    scene: Scene,
    root: Blocking,
    below: list[Blocking],
    holder: Session | None,
    longest: float,
    severity: Severity,
) -> Iterator[Evidence]:
    yield scene.measured(
        f"the longest has waited for {figures.age(longest)}", "postgres.longest_wait_s", longest, severity
    )
    yield from real_client(scene, holder)
    first = next((node for node in below if node.relation or node.mode), None)
    if first is not None:
        yield scene.fact(f"pid {first.pid} wants {first.mode or 'a lock'} on {first.relation or 'something'}")
    if holder is not None:
        state = f"{holder.state or 'state unknown'} for {figures.age(holder.state_age_s)}"
        yield scene.fact(f"pid {root.pid}, {who(holder)}: {state}")
        if holder.query:
            yield scene.fact(holder.query)


def _ways_out(scene: Scene, root: Blocking, holder: Session | None) -> Iterator[Deed]:
    if root.prepared is not None:
        return
    pid = str(root.pid)
    if holder is not None and holder.state == "active":
        yield scene.deed("postgres.cancel", pid, "ends its statement; the session goes on")
    yield scene.deed("postgres.terminate", pid, "ends the session: those behind it go on by themselves")


RULES = (
    Rule(
        "postgres.blocked-sessions",
        (Kind.POSTGRES,),
        "The blocking tree: for how long sessions have waited behind each root, and how many.",
        "They hold connections and locks of their own, so that the queue behind them grows.",
        blocked_sessions,
        limits=("postgres.longest_wait_s", "postgres.waiters"),
        clear_s=0.0,
    ),
    Rule(
        "postgres.deadlocks",
        (Kind.POSTGRES,),
        "Circles in the blocking tree, and deadlocks that the server has counted between the last two looks.",
        "One of the statements in each circle fails.",
        deadlocks,
        limits=("postgres.deadlocks_per_s",),
        clear_s=60.0,
    ),
)
