"""A service has an old password for Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import GATEWAY, REVRX, WEBHOOK_SENDER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((REVRX, GATEWAY, WEBHOOK_SENDER))
    url = company.premises.redis.url
    wrong = url.replace(company.premises.redis.password, f"{dice.getrandbits(64):x}")
    await company.change(service, env={"REDIS_URL": wrong})
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Put the server's present password into REDIS_URL of {service}, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="redis-password-wrong",
    title="A service is up and may not use Redis",
    finding="redis.auth-failed",
    guide="svc-infra/redis-connection",
    visible_within_s=30,
    cause=_cause,
)
