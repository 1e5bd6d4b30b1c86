"""Servers that do not answer, or turn us away. They are judged by the look that failed, so nothing has to be fresh."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from triage_tui.diagnosis.rule import Judge, Needs, Rule, Scene, Unclear
from triage_tui.model import Deed, Evidence, Finding, Kind, Problem, ProblemKind, Severity, State
from triage_tui.text import figures

LOST = "looks.lost"
"""The limit from which looks that time out in a row count, where the server has answered before."""

FULL = re.compile(
    r"too many clients|remaining connection slots|too many connections for|no more connections allowed",
    re.IGNORECASE,
)
"""PostgreSQL's words, and PgBouncer's, for a limit of connections that is reached (errcode 53300)."""

NO_DATABASE = re.compile(r'database ".*" does not exist|no such database', re.IGNORECASE)
LOADING = re.compile(r"\bLOADING\b|loading the dataset", re.IGNORECASE)

_TURNED_AWAY = frozenset({ProblemKind.AUTH, ProblemKind.PERMISSION})


def problem_of(scene: Scene) -> Problem | None:
    """Why the target cannot be seen now; None where it can, or where one lost look is all that is known."""
    sighting = scene.sighting
    problem = sighting.problem
    if problem is None:
        return None
    if (
        problem.kind is ProblemKind.TIMEOUT
        and sighting.data is not None
        and sighting.failures < scene.scope(LOST)
    ):
        return None
    return problem


def _words(scene: Scene, problem: Problem) -> Iterator[Evidence]:
    age_s = scene.sighting.problem_age_s
    yield Evidence(f"{problem.kind}: {problem.message}", age_s=age_s)
    if scene.sighting.failures > 1:
        yield Evidence(f"{scene.sighting.failures} looks failed in a row", age_s=age_s)
    if scene.sighting.age_s is not None:
        yield Evidence(f"the last look that brought anything is {figures.age(scene.sighting.age_s)} old")


def _unreachable(
    what: str, ping: Callable[[Scene], tuple[Deed, ...]], not_this: re.Pattern[str] | None
) -> Judge:
    def judge(scene: Scene) -> Iterator[Finding | Unclear]:
        problem = problem_of(scene)
        if problem is None:
            if scene.sighting.state is not State.LIVE:
                yield Unclear()
            return
        if problem.kind in _TURNED_AWAY:
            # Something is there and answers: other findings say what it is.
            return
        if not_this is not None and not_this.search(problem.message):
            return
        yield scene.finding(
            Severity.CRITICAL,
            "",
            f"{what} does not answer: {problem.kind}",
            _words(scene, problem),
            against=_may_pass(scene),
            checks=ping(scene),
            # How a connection that was open broke off tells of that moment; the next attempt says how it is.
            quotes=[problem.message]
            if scene.sighting.failures >= scene.scope(LOST) or scene.sighting.data is None
            else [],
        )

    return judge


def _turned_away(what: str) -> Judge:
    def judge(scene: Scene) -> Iterator[Finding]:
        problem = scene.sighting.problem
        if problem is None or problem.kind not in _TURNED_AWAY:
            return
        yield scene.finding(
            Severity.CRITICAL,
            "",
            f"{what} turns this user away",
            _words(scene, problem),
            against=["others may still be let in: only the credentials of this watch are known to fail"],
            quotes=[problem.message],
        )

    return judge


def _may_pass(scene: Scene) -> Iterator[str]:
    if scene.sighting.failures == 1 and scene.sighting.data is not None:
        yield "it answered before, and only the latest look failed"


def database_missing(scene: Scene) -> Iterator[Finding]:
    """The server answers that it has no such database."""
    problem = scene.sighting.problem
    if problem is not None and NO_DATABASE.search(problem.message):
        yield scene.finding(
            Severity.CRITICAL,
            "",
            "the database does not exist on this server",
            _words(scene, problem),
            quotes=[problem.message],
        )


def connections_exhausted(scene: Scene) -> Iterator[Finding]:
    """The server has no connection left for us."""
    problem = scene.sighting.problem
    if problem is not None and FULL.search(problem.message):
        yield scene.finding(
            Severity.CRITICAL,
            "",
            "no further connection is possible",
            _words(scene, problem),
            checks=[scene.deed("postgres.connections", why="who holds them, by application and state")],
            quotes=[problem.message],
        )


def redis_loading(scene: Scene) -> Iterator[Finding]:
    """The server refuses commands while it reads its data set."""
    problem = scene.sighting.problem
    if problem is not None and LOADING.search(problem.message):
        yield scene.finding(
            Severity.CRITICAL,
            "",
            "Redis reads its data set from disk and refuses commands",
            _words(scene, problem),
            quotes=[problem.message],
        )


def _pings(id: str) -> Callable[[Scene], tuple[Deed, ...]]:
    return lambda scene: (
        scene.deed(id, why="whether it answers again"),
        scene.deed(
            "tcp.connect", scene.sighting.target.endpoint, "whether the port takes connections at all"
        ),
    )


def _either(first: re.Pattern[str], second: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"{first.pattern}|{second.pattern}", re.IGNORECASE)


_LOOKS = "How the latest looks ended: refused, no name, no answer in time, no TLS, or not the protocol."

RULES = (
    Rule(
        "docker.engine-unreachable",
        (Kind.DOCKER,),
        _LOOKS,
        "Containers may run on, but nobody can see, start or stop them.",
        _unreachable("the container engine", _pings("tcp.connect"), None),
        limits=(LOST,),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "postgres.unreachable",
        (Kind.POSTGRES,),
        _LOOKS,
        "Everything that stores anything stops.",
        _unreachable("PostgreSQL", _pings("postgres.ping"), _either(FULL, NO_DATABASE)),
        limits=(LOST,),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "pgbouncer.unreachable",
        (Kind.PGBOUNCER,),
        _LOOKS,
        "Services that reach PostgreSQL through it reach nothing, however well the server is.",
        _unreachable("the pooler", _pings("pgbouncer.pools"), None),
        limits=(LOST,),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "redis.unreachable",
        (Kind.REDIS,),
        _LOOKS,
        "Queues take no jobs, caches and sessions are gone.",
        _unreachable("Redis", _pings("redis.ping"), LOADING),
        limits=(LOST,),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "http.down",
        (Kind.HTTP,),
        _LOOKS,
        "Whoever calls this endpoint gets no answer.",
        _unreachable("the endpoint", _pings("http.get"), None),
        limits=(LOST,),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "postgres.auth-failed",
        (Kind.POSTGRES,),
        "Whether the server refuses user or password of this watch.",
        "Rotated passwords lock services out as well.",
        _turned_away("PostgreSQL"),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "redis.auth-failed",
        (Kind.REDIS,),
        "Whether the server refuses user or password of this watch.",
        "Rotated passwords lock services out as well.",
        _turned_away("Redis"),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "postgres.database-missing",
        (Kind.POSTGRES,),
        "Whether the server says that the database of this watch does not exist.",
        "A wrong name in a URL, or a database that was never restored.",
        database_missing,
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "postgres.connections-exhausted",
        (Kind.POSTGRES,),
        "Whether the server refuses a further connection of this watch.",
        "Services get no connection any more, and each retry costs the server a process.",
        connections_exhausted,
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
    Rule(
        "redis.loading",
        (Kind.REDIS,),
        "Whether the server says that it is loading.",
        "Commands are refused until it has read everything; a restart starts that over.",
        redis_loading,
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
)
