"""What `triage act` says: a preview, what came of it, whether it helped; as text and as JSON."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triage_tui.actions.history import History

if TYPE_CHECKING:
    from triage_tui.actions.act import Order, Preview, Refused, Result
    from triage_tui.actions.verdict import Judgement
    from triage_tui.model import Finding


class Told(Struct, frozen=True):
    """All that there is to tell of an order.

    confirm    what has to be typed; None: nothing
    histories  finding id → how often the action helped with it
    run        its name in the audit, "" where nothing was written
    """

    order: Order
    preview: Preview
    confirm: str | None
    finding: Finding | None = None
    histories: dict[str, History] = {}
    result: Result | None = None
    run: str = ""
    judgement: Judgement | None = None


def put_json(arguments: Namespace, told: Told) -> None:
    """All of it, on one line."""
    from triage_tui.actions.audit.content import told_of

    result, preview, judgement = told.result, told.preview, told.judgement
    _print(
        {
            **_named(arguments, told.order),
            "came": result.came.value if result else None,
            "refusal": result.refusal if result else None,
            "message": result.message if result else "nothing was sent",
            "tells": list(result.tells) if result else [],
            "next_step": "",
            "run": told.run or None,
            "preview": {
                "title": preview.title,
                "endpoint": preview.endpoint,
                "identity": {"shown": preview.identity.shown, "parts": dict(preview.identity.parts)},
                "danger": preview.danger.value,
                "facts": [list(fact) for fact in preview.facts],
                "affects": list(preview.affects),
                "sends": list(preview.sends),
                "undo": preview.undo,
                "confirm": told.confirm,
            },
            "finding": _finding(told.finding),
            "history": [
                {"finding": id, "tried": one.tried, "worked": one.worked, "last_at": one.last_at}
                for id, one in told.histories.items()
            ],
            "verdict": told_of(judgement) if judgement is not None else None,
        }
    )


def put_refused(arguments: Namespace, order: Order | None, refused: Refused) -> None:
    """A refusal before there was a preview."""
    if not arguments.json:
        print(f"triage: {refused.message}. {refused.next_step}".rstrip(), file=sys.stderr)
        return
    _print(
        {
            **_named(arguments, order),
            "came": "refused",
            "refusal": refused.kind,
            "message": refused.message,
            "tells": [],
            "next_step": refused.next_step,
            "run": None,
            "preview": None,
            "finding": None,
            "history": [],
            "verdict": None,
        }
    )


def put_preview(told: Told, *, dry: bool) -> None:
    """What would be done."""
    preview = told.preview
    finding = told.finding
    put(
        [
            preview.title,
            f"  where     {preview.endpoint}",
            f"  identity  {preview.identity.shown}",
            f"  danger    {preview.danger.value}",
            *([f"  for       {finding.id}: {finding.title}"] if finding is not None else []),
            *(f"  history   {id}: {one}" for id, one in told.histories.items()),
            *(f"  {label}: {value}" for label, value in preview.facts),
            *(f"  affects   {line}" for line in preview.affects),
            *(f"  {'would send' if dry else 'sends'}  {line}" for line in preview.sends),
            f"  undo      {preview.undo or 'it cannot be undone'}",
            *([f"  confirm   --confirm {told.confirm}"] if told.confirm and dry else []),
            *(["nothing was sent"] if dry else []),
        ]
    )


def put(lines: list[str]) -> None:
    """Print lines at once, so that what has been done is told before it is waited for whether it helped."""
    from triage_tui.cli import paper

    # Not cut: what is sent is to be read whole.
    paper.put(lines, max((len(line) for line in lines), default=1) * 2)
    sys.stdout.flush()


def _named(arguments: Namespace, order: Order | None) -> dict[str, Any]:
    return {
        "action": arguments.action,
        "target": order.target if order else arguments.what,
        "argument": order.argument if order else "",
        "dry_run": arguments.dry_run,
    }


def _finding(finding: Finding | None) -> dict[str, str] | None:
    if finding is None:
        return None
    return {"id": finding.id, "target": finding.target, "subject": finding.subject}


def _print(told: dict[str, Any]) -> None:
    print(json.dumps(told, ensure_ascii=False), flush=True)
