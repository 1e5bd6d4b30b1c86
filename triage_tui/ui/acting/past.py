"""What is under way and what was done before, as rows and as lines. Pure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from triage_tui.actions.act import Came
from triage_tui.actions.audit.runs import UNDER_WAY, UNKNOWN, Run
from triage_tui.actions.verdict import Verdict
from triage_tui.text import figures, safe
from triage_tui.ui.acting.doing import CAME, VERDICTS, Doing
from triage_tui.ui.acting.paper import labelled
from triage_tui.ui.cells import Cell, Line, wrap
from triage_tui.ui.palette import Tone
from triage_tui.ui.rows import Column, Row

MOST = 200
"""Runs that are shown; `triage audit show --limit N` shows more."""

COLUMNS = (
    Column("at", "when (UTC)", 16, rank=2, sortable=False),
    Column("came", "came", 17, sortable=False),
    Column("helped", "helped", 12, rank=1, sortable=False),
    Column("title", "what", 20, flex=3, sortable=False),
    Column("who", "who", 12, rank=3, flex=1, most=24, sortable=False),
)


def rows(doings: Sequence[Doing], runs: Sequence[Run], now: float) -> list[Row]:
    """The latest first: what is under way here, then what the audit holds."""
    here = [_doing_row(one, now) for one in reversed(doings) if one.over_at is None]
    mine = [one for one in runs if not (one.came == UNDER_WAY and one.intent.get("pid") == os.getpid())]
    return here + [_run_row(one) for one in reversed(mine[-MOST:])]


def number_of(key: str) -> int | None:
    """Which doing a row is about; None: one of the audit."""
    kind, _, number = key.partition(":")
    return int(number) if kind == "doing" else None


def doing_detail(doing: Doing, now: float, width: int) -> list[Line]:
    """One that is under way, in full."""
    lines: list[Line] = [*wrap(doing.title, width, "title")]
    lines += labelled("under way", figures.age(now - doing.began_at), width)
    if doing.result is not None:
        lines += labelled(doing.result.came.value, doing.result.message, width)
    return [*lines, *labelled("waits for", doing.waits_for or "an answer", width, "accent")]


def run_detail(run: Run, width: int) -> list[Line]:
    """One of the audit, in full."""
    intent = run.intent
    preview, identity = _table(intent, "preview"), _table(intent, "identity")
    lines: list[Line] = [*wrap(_text(preview.get("title")), width, "title")]
    lines += labelled("identity", _text(identity.get("shown")), width)
    lines += labelled("at", f"{_text(intent.get('endpoint'))}, {_text(intent.get('environment'))}", width)
    by = _text(intent.get("user"))
    behind = [f"sudo by {intent['sudo_user']}"] if intent.get("sudo_user") else []
    lines += labelled("by", safe(", ".join([f"{by} on {intent.get('host')}", *behind])), width)
    for one in preview.get("sends") or ():
        lines += labelled("sent", _text(one), width)
    if run.result is not None:
        lines += labelled("came", f"{run.came}: {_text(run.result.get('message'))}", width, _came(run)[1])
        for one in run.result.get("tells") or ():
            lines += labelled("", _text(one), width)
    elif run.came == UNKNOWN:
        said = (
            "no result was written: the program ended in between; look at the target, it may have been done"
        )
        lines += labelled(UNKNOWN, said, width, "warn")
    if run.verdict is not None:
        word = f"{_text(run.verdict.get('verdict'))}: {_text(run.verdict.get('message'))}"
        lines += labelled("helped", word, width, _helped(run)[1])
    return lines


def left_line(left: Sequence[Run], width: int) -> Line:
    """What an earlier session left open, in a line."""
    latest = left[-1].intent
    title = _text(_table(latest, "preview").get("title"))
    more = f" and {len(left) - 1} more" if len(left) > 1 else ""
    said = f"{title}, {_when(latest)} UTC by {_text(latest.get('user'))}{more}; H shows it"
    return wrap(f" ? {UNKNOWN}  {said}", width, "warn", limit=1)[0]


def _doing_row(doing: Doing, now: float) -> Row:
    waits = f"… {figures.age(now - doing.began_at)}"
    cells = {
        "at": Cell("now", "accent"),
        "came": Cell(waits if doing.result is None else doing.result.came.value, "accent"),
        "helped": Cell("watching" if doing.result is not None else "", "dim"),
        "title": Cell(doing.title, "strong"),
    }
    return Row(f"doing:{doing.number}", cells)


def _run_row(run: Run) -> Row:
    mark, tone = _came(run)
    helped, shade = _helped(run)
    cells = {
        "at": Cell(_when(run.intent)),
        "came": Cell(f"{mark} {safe(run.came)}", tone),
        "helped": Cell(helped, shade),
        "title": Cell(_text(_table(run.intent, "preview").get("title"))),
        "who": Cell(_text(run.intent.get("user")), "dim"),
    }
    return Row(f"run:{run.id}", cells)


def _came(run: Run) -> tuple[str, Tone]:
    return CAME[Came(run.came)] if run.came in list(Came) else ("?", "warn")


def _helped(run: Run) -> tuple[str, Tone]:
    said = str(run.verdict.get("verdict")) if run.verdict is not None else ""
    if said not in list(Verdict):
        return safe(said), "dim"
    mark, tone = VERDICTS[Verdict(said)]
    return f"{mark} {said}", tone


def _when(intent: dict[str, Any]) -> str:
    return safe(str(intent.get("at"))[:16].replace("T", " "))


def _table(content: dict[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return safe(str(value)) if value is not None else figures.UNKNOWN
