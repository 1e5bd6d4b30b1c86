"""`triage audit`: who did what, and whether the log is whole."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from typing import TYPE_CHECKING

from triage_tui.cli import exits
from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from triage_tui.actions.audit import AuditLog
    from triage_tui.actions.audit.runs import Run


def show(arguments: Namespace) -> int:
    """The latest runs, the latest last."""
    from triage_tui.actions.audit import AuditError
    from triage_tui.actions.audit.runs import runs_of
    from triage_tui.cli import paper

    try:
        runs = runs_of(_log().records())[-arguments.limit :]
    except AuditError as error:
        raise CannotError(str(error)) from error
    if arguments.json:
        for run in runs:
            told = {"intent": run.intent, "result": run.result, "verdict": run.verdict, "came": run.came}
            print(json.dumps(told, ensure_ascii=False))
        return exits.OK
    lines = [line for run in runs for line in _lines_of(run)]
    paper.put(lines or ["nothing was done from here"], paper.columns())
    return exits.OK


def verify(arguments: Namespace) -> int:
    """Whether a record was changed, removed or moved."""
    from triage_tui.actions.audit import AuditError
    from triage_tui.actions.audit.verify import verify as examine

    log = _log()
    try:
        # The note first: a record that is written meanwhile makes the log the longer one, which is no loss.
        head = log.head()
        found = examine(log.read(whole=True), head)
    except AuditError as error:
        raise CannotError(str(error)) from error
    if arguments.json:
        told = {
            "path": str(log.path),
            "whole": found.whole,
            "records": found.records,
            "bad": found.bad,
            "why": found.why,
            "torn": list(found.torn),
        }
        print(json.dumps(told, ensure_ascii=False))
        return exits.OK if found.whole else exits.INCOMPLETE
    for line in found.torn:
        print(f"{log.path}:{line}: half a record, cut short by a crash")
    if found.whole:
        print(f"{log.path}: {found.records} records, whole")
        return exits.OK
    print(f"{log.path}:{found.bad}: the first bad record: {found.why}")
    return exits.INCOMPLETE


def _log() -> AuditLog:
    from triage_tui.actions.audit import AuditLog
    from triage_tui.config.state import state_folder

    return AuditLog(state_folder(os.environ))


def _lines_of(run: Run) -> list[str]:
    intent = run.intent
    preview = intent.get("preview") or {}
    who = str(intent.get("user"))
    if intent.get("sudo_user"):
        who += f" (sudo by {intent['sudo_user']})"
    lines = [
        f"{intent.get('at')}  {intent.get('environment')}  {who}@{intent.get('host')}  {intent.get('action')}"
        f"  {run.came}",
        f"    {preview.get('title')}: {(intent.get('identity') or {}).get('shown')}",
        *(f"    sent: {line}" for line in preview.get("sends") or ()),
    ]
    if run.result is not None:
        lines.append(f"    {run.result.get('message')}")
    elif run.came != "under way":
        lines.append("    no result was written: look at the target, it may have been done")
    if run.verdict is not None:
        lines.append(f"    {run.verdict.get('verdict')}: {run.verdict.get('message')}")
    return lines
