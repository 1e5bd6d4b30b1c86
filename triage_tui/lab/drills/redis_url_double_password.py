"""The address of Redis holds the password, and it is put in again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import RESIDENCY
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    url = company.premises.redis.url
    await company.change(RESIDENCY, env={"REDIS_URL": dice.choice((url, url.replace("/0", "/1")))})
    yield Place(
        target=ENGINE,
        subject=RESIDENCY,
        by_hand=f"Take the password out of REDIS_URL of {RESIDENCY}, or take REDIS_PASSWORD away, and deploy it again.",
    )
    await company.restore(RESIDENCY)


DRILL = Drill(
    id="redis-url-double-password",
    title="Rate limiting fails, and with it every request",
    finding="config.redis-url-double-password",
    guide="residency-scheduler/redis-url-double-password",
    visible_within_s=30,
    cause=_cause,
)
