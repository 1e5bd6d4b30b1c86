"""Findings about PgBouncer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.further import further
from tests.diagnosis.scenes import found, judged, seen, tells_nothing
from triage_tui.model import Kind, Problem, ProblemKind, Severity, Sighting, State
from triage_tui.model.pgbouncer import PgbouncerData, Pool, PooledClient
from triage_tui.model.postgres import Blocking, PostgresData, Session

CALM = Pool("shop", "app", cl_active=12, sv_active=3, sv_idle=1, mode="transaction", size=4)
FULL = replace(CALM, cl_waiting=9, sv_active=4, sv_idle=0, maxwait_s=3.2)
HOLDER = PooledClient(
    "10.0.0.5:41000", "10.0.0.9:53211", backend_pid=77, application="billing", database="shop"
)


def pooler(*pools: Pool, linked: tuple[PooledClient, ...] | None = (HOLDER,)) -> Sighting:
    return further(Kind.PGBOUNCER, PgbouncerData("1.23.1", pools, linked, clients=20, max_clients=100))


@pytest.mark.parametrize(
    ("wait_s", "expected"),
    [(0.99, None), (1.0, Severity.WARNING), (9.9, Severity.WARNING), (10, Severity.CRITICAL)],
)
def test_a_wait_counts_from_its_threshold_on(wait_s: float, expected: Severity | None) -> None:
    findings = found("pgbouncer.clients-waiting", pooler(replace(FULL, maxwait_s=wait_s)))
    assert [one.severity for one in findings] == ([expected] if expected else [])


def test_who_waits_and_who_holds_what_they_wait_for() -> None:
    (finding,) = found("pgbouncer.clients-waiting", pooler(FULL, replace(CALM, database="other")))
    assert (finding.subject, finding.title) == ("shop/app", "9 clients wait for a connection of shop")
    said = " | ".join(one.text for one in finding.evidence)
    assert "the longest for 3s" in said
    assert "4 of 4 connections to PostgreSQL are in use" in said
    assert "billing (10.0.0.9:53211) holds one" in said
    assert finding.about == ("billing",)
    assert finding.began_s == 3.2


def test_what_postgresql_says_of_the_holder() -> None:
    """The backend whose client is the pooler; another server's backend of the same pid is another one."""
    idle = Session(77, client="10.0.0.5:41000", state="idle in transaction", transaction_age_s=95.0)
    stranger = replace(idle, client="10.0.0.6:41000")
    (finding,) = found("pgbouncer.clients-waiting", pooler(FULL), seen(PostgresData("16", sessions=(idle,))))
    assert any("pid 77 is idle in transaction for 95s" in one.text for one in finding.evidence)
    (finding,) = found(
        "pgbouncer.clients-waiting", pooler(FULL), seen(PostgresData("16", sessions=(stranger,)))
    )
    assert not any("pid 77" in one.text for one in finding.evidence)


def test_who_really_blocks_others_in_postgresql() -> None:
    """PostgreSQL knows the pooler; the pooler knows the program."""
    holder = Session(
        77, client="10.0.0.5:41000", application="app", state="idle in transaction", state_age_s=60.0
    )
    tree = (Blocking(77, 0, victims=4), Blocking(78, 1, waits_for=77, mode="ShareLock", wait_s=45.0))
    server = seen(PostgresData("16", sessions=(holder,), blocking=tree))
    (finding,) = found("postgres.blocked-sessions", server, pooler(CALM))
    said = [one.text for one in finding.evidence]
    assert "its client is the pooler pgbouncer, behind which it is billing at 10.0.0.9:53211" in said
    (finding,) = found("postgres.blocked-sessions", server)
    assert not any("pooler" in one.text for one in finding.evidence)
    stale = replace(pooler(CALM), state=State.STALE)
    (finding,) = found("postgres.blocked-sessions", server, stale)
    assert not any("pooler" in one.text for one in finding.evidence)


def test_a_pool_that_is_not_full_speaks_for_the_server() -> None:
    (finding,) = found("pgbouncer.clients-waiting", pooler(replace(FULL, sv_active=1)))
    assert any("1 of 4" in words for words in finding.against)
    (finding,) = found("pgbouncer.clients-waiting", pooler(FULL, linked=None))
    assert finding.against == ()


def test_calm_unknown_and_old() -> None:
    key = ("pgbouncer.clients-waiting", "pgbouncer", "shop/app")
    assert judged("pgbouncer.clients-waiting", pooler(CALM)).well(key)
    assert found("pgbouncer.clients-waiting", pooler(replace(CALM, maxwait_s=5.0))) == [], "nobody waits now"
    assert found("pgbouncer.clients-waiting", pooler()) == []
    assert tells_nothing("pgbouncer.clients-waiting", pooler(FULL))


def test_it_does_not_answer() -> None:
    problem = Problem(ProblemKind.REFUSED, "connection refused", "Start it.")
    (finding,) = found(
        "pgbouncer.unreachable", further(Kind.PGBOUNCER, None, state=State.DOWN, problem=problem)
    )
    assert finding.severity is Severity.CRITICAL
    assert found("pgbouncer.unreachable", pooler(CALM)) == []
    denied = Problem(ProblemKind.AUTH, "password authentication failed", "Correct it.")
    assert (
        found("pgbouncer.unreachable", further(Kind.PGBOUNCER, None, state=State.DENIED, problem=denied))
        == []
    )
