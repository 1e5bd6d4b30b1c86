"""The health check of the pooler asks in a way that cannot succeed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from msgspec import structs

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import PGBOUNCER, check_script
from triage_tui.lab.company.premises import LOOPBACK, ROLES
from triage_tui.lab.drill import Drill, Place
from triage_tui.lab.embedded.server import free_port

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    port = company.premises.ports["pgbouncer"]
    # A port on which nobody listens, or a name that nobody knows.
    place = dice.choice(((LOOPBACK, str(free_port())), ("pgbouncer.invalid", str(port))))
    check = check_script("postgres_check.py", *place, ROLES["therapy_platform"], "therapy_platform")
    await company.change(PGBOUNCER, health=structs.replace(check, start_period_s=0.0))
    yield Place(
        target=ENGINE,
        subject=PGBOUNCER,
        by_hand="The pooler itself is well: correct where its health check asks, and deploy it again.",
    )
    await company.restore(PGBOUNCER)


DRILL = Drill(
    id="pgbouncer-unhealthy",
    title="A deployment waits for a pooler that never becomes healthy",
    finding="docker.unhealthy",
    guide="therapy-matching/pgbouncer-unhealthy",
    visible_within_s=30,
    cause=_cause,
)
