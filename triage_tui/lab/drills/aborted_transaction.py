"""A cascade failed in the middle, and nobody rolls back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, LiteralString

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.drill import Drill, Fix, Place
from triage_tui.lab.sessions import holding

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company

_BEGUN: tuple[LiteralString, ...] = (
    "UPDATE searches SET status = 'abgebrochen' WHERE patient_id = 7",
    "DELETE FROM searches WHERE patient_id = 11",
)
_REFUSED: LiteralString = "INSERT INTO therapists (name, postcode, places) VALUES ('T.', '10115', -1)"


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    application = dice.choice(("patient-service", "therapist-import"))
    async with holding(company, "therapy_platform", application, dice.choice(_BEGUN), _REFUSED) as session:
        pid = str(session.info.backend_pid)
        yield Place(
            target=DATABASE,
            subject=pid,
            by_hand=f"End session {pid}; what it had begun is rolled back. Then mend the code that swallows the error.",
            fix=Fix("postgres.terminate", pid),
        )


DRILL = Drill(
    id="aborted-transaction",
    title="Some deletions of patients never end",
    finding="postgres.aborted-transaction",
    guide="therapy-matching/cascade-rollback",
    visible_within_s=10,
    cause=_cause,
)
