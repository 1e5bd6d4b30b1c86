"""Sessions that have been at something for too long, and connections that run out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Deed, Evidence, Finding, Kind, Severity
from triage_tui.model.postgres import PostgresData, Session
from triage_tui.text import figures

IDLE = "idle in transaction"
ABORTED = "idle in transaction (aborted)"
CLIENT = "client backend"

MOST_NAMED = 3
"""Sessions of one program that are offered to be ended one by one."""

Age = Callable[[Session], float | None]


def who(session: Session) -> str:
    """Whose session it is, in a few words: `metabase, user report`."""
    user = f"user {session.user}" if session.user else ""
    return ", ".join(filter(None, (session.application, user, session.client))) or f"pid {session.pid}"


def _program(session: Session) -> str:
    """What the sessions of one cause have in common."""
    return session.application or session.user or session.client or f"pid {session.pid}"


def _by_program(sessions: Iterator[Session], age: Age) -> Iterator[list[Session]]:
    """Sessions of one program together, the oldest first: they are one cause, and one finding."""
    groups: defaultdict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        groups[_program(session)].append(session)
    for group in groups.values():
        yield sorted(group, key=lambda session: -(age(session) or 0.0))


def _left_open(state: str, limit: str, what: str) -> Callable[[Scene], Iterator[Finding | Unclear]]:
    """Sessions in a state in which their client does nothing."""

    def judge(scene: Scene) -> Iterator[Finding | Unclear]:
        data = scene.data(PostgresData)
        if "unknown" in data.connections:
            # States of other users' sessions may not be seen: no finding is no proof.
            yield Unclear()
        there = (session for session in data.sessions if session.state == state)
        for group in _by_program(there, lambda session: session.state_age_s):
            oldest = group[0]
            severity = scene.severity(limit, oldest.state_age_s, str(oldest.pid))
            if severity is None or oldest.state_age_s is None:
                continue
            idle = figures.age(oldest.state_age_s)
            more = f" and {len(group) - 1} more" if len(group) > 1 else ""
            evidence = [
                scene.measured(f"pid {oldest.pid} for {idle}", limit, oldest.state_age_s, severity),
                scene.fact(f"{who(oldest)}, database {oldest.database or figures.UNKNOWN}"),
            ]
            if oldest.query:
                evidence.append(scene.fact(f"its last statement: {oldest.query}"))
            victims = sum(oldest.pid in session.blocked_by for session in data.sessions)
            yield scene.finding(
                severity,
                str(oldest.pid),
                f"{_program(oldest)}{more}: {what} for {idle}",
                evidence,
                against=[] if victims else ["nobody waits for it"],
                began_s=oldest.state_age_s,
                checks=[scene.deed("postgres.locks", str(oldest.pid), "whether somebody waits for it")],
                actions=[_terminate(scene, session) for session in group[:MOST_NAMED]],
                about=[_program(oldest)],
            )

    return judge


def _terminate(scene: Scene, session: Session) -> Deed:
    return scene.deed("postgres.terminate", str(session.pid), "what it has done so far is rolled back")


def long_transaction(scene: Scene) -> Iterator[Finding]:
    """Transactions that are open for long and work, or wait."""
    data = scene.data(PostgresData)
    there = (
        session
        for session in data.sessions
        if session.state not in (IDLE, ABORTED) and session.backend_type in (CLIENT, None)
    )
    for group in _by_program(there, lambda session: session.transaction_age_s):
        oldest = group[0]
        age_s = oldest.transaction_age_s
        severity = scene.severity("postgres.longest_transaction_s", age_s, str(oldest.pid))
        if severity is None or age_s is None:
            continue
        yield scene.finding(
            severity,
            str(oldest.pid),
            f"{_program(oldest)}: a transaction is open for {figures.age(age_s)}",
            [
                scene.measured(
                    f"pid {oldest.pid}, {oldest.state or 'state unknown'}",
                    "postgres.longest_transaction_s",
                    age_s,
                    severity,
                ),
                *_statement(scene, oldest),
            ],
            began_s=age_s,
            checks=[scene.deed("postgres.locks", str(oldest.pid), "whether somebody waits for it")],
            actions=[scene.deed("postgres.cancel", str(oldest.pid), "ends its statement")],
            about=[_program(oldest)],
        )


def long_query(scene: Scene) -> Iterator[Finding]:
    """Statements that have run for very long, by the program that runs them."""
    data = scene.data(PostgresData)
    there = (
        session
        for session in data.sessions
        if session.state == "active" and session.backend_type in (CLIENT, None) and not session.blocked_by
    )
    for group in _by_program(there, lambda session: session.query_age_s):
        oldest = group[0]
        age_s = oldest.query_age_s
        severity = scene.severity("postgres.query_s", age_s, str(oldest.pid))
        if severity is None or age_s is None:
            continue
        yield scene.finding(
            severity,
            str(oldest.pid),
            f"{_program(oldest)}: a statement has run for {figures.age(age_s)}",
            [
                scene.measured(f"pid {oldest.pid}, {who(oldest)}", "postgres.query_s", age_s, severity),
                *_statement(scene, oldest),
            ],
            against=["it works: it waits for nobody's lock"],
            began_s=age_s,
            checks=[scene.deed("postgres.slow-statements", why="whether it is always slow")],
            actions=[
                scene.deed("postgres.cancel", str(oldest.pid), "ends the statement, and keeps the session")
            ],
            about=[_program(oldest)],
        )


def near_limit(scene: Scene) -> Iterator[Finding]:
    """Client connections against max_connections, while there are still some."""
    data = scene.data(PostgresData)
    ratio = data.connections_ratio
    severity = scene.severity("postgres.connections_ratio", ratio)
    if severity is None or ratio is None or _left(data) <= 0:
        return
    yield _connections(scene, data, severity, f"{figures.percent(ratio)} of the connections are in use")


def exhausted(scene: Scene) -> Iterator[Finding]:
    """No connection is left for anybody without special rights."""
    data = scene.data(PostgresData)
    if data.connections_ratio is not None and _left(data) <= 0:
        yield _connections(scene, data, Severity.CRITICAL, "no further connection is possible")


def _left(data: PostgresData) -> int:
    """Connections that an ordinary role may still make."""
    return (data.max_connections or 0) - (data.reserved_connections or 0) - data.connections_used


def _connections(scene: Scene, data: PostgresData, severity: Severity, title: str) -> Finding:
    used, most = data.connections_used, data.max_connections or 0
    reserved = f", {data.reserved_connections} of them reserved" if data.reserved_connections else ""
    evidence = [
        scene.measured(f"{used} of {most}{reserved}", "postgres.connections_ratio", used / most, severity),
        *_holders(scene, data),
    ]
    idle = data.connections.get("idle", 0)
    if idle:
        evidence.append(scene.fact(f"{idle} of them are idle"))
    programs = Counter(_program(session) for session in data.sessions).most_common(1)
    return scene.finding(
        severity,
        "",
        title,
        evidence,
        checks=[scene.deed("postgres.connections", why="who holds them, by application and state")],
        actions=[
            scene.deed(
                "postgres.terminate-idle", program, "ends those of them that are idle in a transaction"
            )
            for program, _ in programs
        ],
        about=[program for program, _ in programs],
        quotes=["FATAL: sorry, too many clients already"] if _left(data) <= 0 else [],
    )


def _holders(scene: Scene, data: PostgresData) -> Iterator[Evidence]:
    held = Counter(_program(session) for session in data.sessions if session.backend_type in (CLIENT, None))
    for program, number in held.most_common(2):
        yield scene.fact(f"{program} holds {number}")


def _statement(scene: Scene, session: Session) -> Iterator[Evidence]:
    if session.query:
        yield scene.fact(session.query)


RULES = (
    Rule(
        "postgres.idle-in-transaction",
        (Kind.POSTGRES,),
        "For how long sessions have been `idle in transaction`, by the program that left them so.",
        "They keep their locks, and vacuum removes nothing that they may still see.",
        _left_open(IDLE, "postgres.idle_in_transaction_s", "idle in a transaction"),
        limits=("postgres.idle_in_transaction_s",),
        clear_s=0.0,
    ),
    Rule(
        "postgres.aborted-transaction",
        (Kind.POSTGRES,),
        "For how long sessions have been `idle in transaction (aborted)`, by the program that left them so.",
        "Every further statement of theirs fails until they roll back: the code swallows an error.",
        _left_open(ABORTED, "postgres.idle_in_transaction_s", "a failed transaction was not ended"),
        limits=("postgres.idle_in_transaction_s",),
        clear_s=0.0,
    ),
    Rule(
        "postgres.long-transaction",
        (Kind.POSTGRES,),
        "The age of transactions that are open and not idle.",
        "Vacuum removes nothing that they may still see, and tables bloat.",
        long_transaction,
        limits=("postgres.longest_transaction_s",),
        clear_s=0.0,
    ),
    Rule(
        "postgres.long-query",
        (Kind.POSTGRES,),
        "The age of statements that run and wait for nobody's lock.",
        "They take a processor, a connection and the cache from others.",
        long_query,
        limits=("postgres.query_s",),
        clear_s=0.0,
    ),
    Rule(
        "postgres.connections-near-limit",
        (Kind.POSTGRES,),
        "Client connections of any state against max_connections.",
        "At the limit every service that connects anew is refused.",
        near_limit,
        limits=("postgres.connections_ratio",),
    ),
    Rule(
        "postgres.connections-exhausted",
        (Kind.POSTGRES,),
        "Whether fewer connections are left than the server keeps for superusers.",
        "Services get no connection any more, and each retry costs the server a process.",
        exhausted,
    ),
)
