"""Which finding an order is to mend, where nobody has said. Pure."""

from __future__ import annotations

from triage_tui.actions.act import Order
from triage_tui.model import Diagnosis, Finding


def proposing(diagnosis: Diagnosis, order: Order) -> tuple[Finding, ...]:
    """What proposes exactly this action on exactly this, the one to see to first before the others."""
    wanted = order.action, order.target, order.argument
    return tuple(
        one
        for one in diagnosis.known
        if any((deed.id, deed.target, deed.argument) == wanted for deed in one.actions)
    )


def mended_by(diagnosis: Diagnosis, order: Order) -> Finding | None:
    """What proposes exactly this; else the most urgent of what is about the very thing; None: nothing is known to be
    wrong with it, so that nothing could tell whether it helped."""
    proposed = proposing(diagnosis, order)
    if proposed:
        return proposed[0]
    about = [one for one in diagnosis.known if (one.target, one.subject) == (order.target, order.argument)]
    return max(about, key=lambda one: one.severity.rank, default=None) if order.argument else None
