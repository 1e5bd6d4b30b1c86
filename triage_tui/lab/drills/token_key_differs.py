"""Who issues tokens and who checks them have different keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import GATEWAY, REVRX, REVRX_WORKER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((REVRX, GATEWAY))
    # A project is deployed with one key; it is the other project that has another one.
    deployed = (REVRX, REVRX_WORKER) if service == REVRX else (service,)
    key = f"{dice.getrandbits(128):032x}"
    for container in deployed:
        await company.change(container, env={"JWT_SECRET_KEY": key})
    yield Place(
        target=ENGINE,
        subject=REVRX,
        by_hand=f"Give {service} the JWT_SECRET_KEY that the other one has, and deploy it again.",
    )
    for container in deployed:
        await company.restore(container)


DRILL = Drill(
    id="token-key-differs",
    title="Uploads are refused, whoever is signed in",
    finding="logs.signature",
    guide="svc-infra/jwt-validation",
    visible_within_s=30,
    cause=_cause,
)
