"""A service is started in an environment that has not got its package."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import GATEWAY, WEBHOOK_SENDER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service, part = dice.choice(((WEBHOOK_SENDER, "webhooks"), (GATEWAY, "api")))
    python = company.specs[service].argv[0]
    await company.change(service, argv=(python, "-S", "-P", "-m", f"svc_infra.{part}"))
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand="Install svc-infra into the image, for the Python that runs in it, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="module-not-found",
    title="A service does not come up after a deployment, and its image is new",
    finding="docker.restart-loop",
    guide="svc-infra/module-not-found",
    visible_within_s=30,
    cause=_cause,
)
