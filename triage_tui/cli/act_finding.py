"""Which finding an order is to mend: the one that is named, or the one that proposes exactly this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage_tui.actions.act import Refused
from triage_tui.actions.mending import proposing
from triage_tui.model.findings import FINDINGS
from triage_tui.text import safe

if TYPE_CHECKING:
    from triage_tui.actions.act import Order
    from triage_tui.engine import Engine
    from triage_tui.model import Diagnosis, Finding

FIND_S = 15.0
"""How long a finding is looked for that is not there after the first looks: some need several, for a trend."""

_MOST = 8
"""Findings that are named where several are meant."""


def named(finding: Finding) -> str:
    """A finding as `--for` takes it."""
    return f"{finding.id}:{finding.subject}" if finding.subject else finding.id


def known(said: str) -> None:
    """Raises Refused where the id in `FINDING` or `FINDING:SUBJECT` is none."""
    id = said.partition(":")[0]
    if id in FINDINGS:
        return
    from triage_tui.text.nearest import nearest

    near = nearest(id, FINDINGS)
    hint = f"Did you mean {near}?" if near else "`triage explain` lists them."
    raise Refused("argument", f"there is no finding {safe(id, limit=80)}", hint)


def find(engine: Engine, order: Order, said: str | None, wait_s: float) -> Finding:
    """The finding, waited for a while, and no longer than wait_s. Raises Refused where it is not there, or not alone.

    said  see `meant`
    The engine has been started, and has ended its first looks or is late with them.
    """
    engine.wait_diagnosis(lambda diagnosis: bool(meant(diagnosis, order, said)), min(FIND_S, wait_s))
    found = meant(engine.diagnosis(), order, said)
    if not found:
        what = safe(said, limit=200) if said is not None else f"anything that proposes {order.action} on it"
        raise Refused(
            "finding",
            f"there is no finding of {what} now, so that nobody could tell whether it helped",
            "`triage check` says what is wrong; without --for and --verdict it is done all the same.",
        )
    if len(found) > 1:
        them = ", ".join(f"{named(one)} of {one.target}" for one in found[:_MOST])
        raise Refused(
            "ambiguous", f"there are {len(found)} that may be meant: {them}", "Name one with --for."
        )
    return found[0]


def meant(diagnosis: Diagnosis, order: Order, said: str | None) -> tuple[Finding, ...]:
    """Those that may be meant: none, the one, or several that nothing tells apart. Pure.

    said  `FINDING` or `FINDING:SUBJECT`. Of several the one counts that proposes exactly this, then the one about
          what is acted on, then the one of the same target.
          None: whatever proposes exactly this. Of several the first in the order of the diagnosis counts: it is the
          cause, or the worst, and the others fold under it or come after it.
    """
    proposed = proposing(diagnosis, order)
    if said is None:
        return proposed[:1]
    id, _, subject = said.partition(":")
    found = tuple(one for one in diagnosis.known if one.id == id and (not subject or one.subject == subject))
    narrower = (
        tuple(one for one in found if one in proposed),
        tuple(one for one in found if (one.target, one.subject) == (order.target, order.argument)),
        tuple(one for one in found if one.target == order.target),
    )
    return next((some for some in narrower if some), found)
