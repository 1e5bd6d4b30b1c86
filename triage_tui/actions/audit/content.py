"""What is written before and after, and by whom. Made safe when it is written."""

from __future__ import annotations

import os
import pwd
import socket
from typing import Any

import psutil

from triage_tui.actions.act import Preview, Result
from triage_tui.actions.verdict import Judgement
from triage_tui.sources.clock import utc_now


def intent_of(preview: Preview, run: str, environment: str) -> dict[str, Any]:
    """The record that is on the disk before anything is sent. run: what ties it to its result."""
    order = preview.order
    return {
        **_headed("intent", run),
        **_who(),
        "environment": environment,
        "action": order.action,
        "target": order.target,
        "argument": order.argument,
        "parameters": dict(order.parameters),
        "finding": list(order.finding) if order.finding else None,
        "endpoint": preview.endpoint,
        "identity": {"shown": preview.identity.shown, "parts": dict(preview.identity.parts)},
        "preview": {
            "title": preview.title,
            "danger": preview.danger.value,
            "facts": [f"{label}: {value}" for label, value in preview.facts],
            "affects": list(preview.affects),
            "sends": list(preview.sends),
            "undo": preview.undo,
        },
    }


def result_of(run: str, result: Result, took_s: float) -> dict[str, Any]:
    """The record that is written after it."""
    return {
        **_headed("result", run),
        "came": result.came.value,
        "message": result.message,
        "tells": list(result.tells),
        "took_s": round(took_s, 3),
    }


def seen_of(run: str) -> dict[str, Any]:
    """The record that somebody was told of a run of which nobody knows what came."""
    return {**_headed("seen", run), **_who()}


def _headed(what: str, run: str) -> dict[str, Any]:
    """What every record begins with."""
    return {"what": what, "run": run, "at": utc_now().isoformat(timespec="milliseconds")}


def _who() -> dict[str, Any]:
    """The user, and who that is behind sudo and SSH; and which program this is, by more than its pid."""
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    try:
        began = psutil.Process().create_time()
    except psutil.Error:
        began = 0.0
    return {
        "user": user,
        "uid": os.geteuid(),
        "sudo_user": os.environ.get("SUDO_USER"),
        "ssh_connection": os.environ.get("SSH_CONNECTION"),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "began": began,
    }


def verdict_of(run: str, judgement: Judgement) -> dict[str, Any]:
    """The record of whether it helped."""
    return {**_headed("verdict", run), **told_of(judgement)}


def told_of(judgement: Judgement) -> dict[str, Any]:
    """A verdict with the signals that it compares, as records and `triage act --json` have it."""
    return {
        "verdict": judgement.verdict.value,
        "message": judgement.message,
        "before": {one.signal: one.value for one in judgement.before},
        "after": {one.signal: one.value for one in judgement.after},
    }
