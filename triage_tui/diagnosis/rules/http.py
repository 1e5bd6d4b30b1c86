"""Endpoints that answer, but not as they should. Those that do not answer are in unreachable.py."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.model import Finding, Kind, Severity
from triage_tui.model.http import HttpData
from triage_tui.text import figures

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


def server_error(scene: Scene) -> Iterator[Finding]:
    """A status of 500 and above, one that nobody hopes for, or an answer without the expected text."""
    data = scene.data(HttpData)
    if not data.ok and data.status not in _REFUSED:
        ours = data.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        yield scene.finding(
            Severity.CRITICAL if ours else Severity.WARNING,
            "",
            f"answers {_status(data.status)}",
            [scene.fact(f"status {data.status} after {figures.duration(data.latency_s)}")],
            against=[] if ours else ["a status below 500 says that the request was wrong, not the server"],
            checks=[scene.deed("http.get", why="what the answer says")],
        )
    elif data.body_ok is False:
        yield scene.finding(
            Severity.CRITICAL,
            "",
            "answers without the expected text",
            [scene.fact(f"status {data.status}, but expect_body is not in the first 64 KiB")],
            checks=[scene.deed("http.get", why="what it answers instead")],
        )


def unauthorized(scene: Scene) -> Iterator[Finding]:
    """401 or 403, where the configuration does not expect it."""
    data = scene.data(HttpData)
    if data.status in _REFUSED and not data.ok:
        yield scene.finding(
            Severity.CRITICAL,
            "",
            f"refuses the credentials: {_status(data.status)}",
            [scene.fact(f"status {data.status}")],
            against=["the endpoint itself is up"],
            checks=[scene.deed("http.get", why="whether it wants a header that is not sent")],
        )


def slow(scene: Scene) -> Iterator[Finding]:
    """Time to the end of the answer's header against the threshold."""
    data = scene.data(HttpData)
    severity = scene.severity("http.latency_s", data.latency_s)
    if severity is None or not data.ok:
        return
    before = scene.picture.values(scene.target, "http.latency_s")[:-1]
    against = []
    if before and sorted(before)[len(before) // 2] >= data.latency_s:
        against.append("it was as slow for most of the time that it has been watched")
    yield scene.finding(
        severity,
        "",
        f"takes {figures.duration(data.latency_s)} to answer",
        [
            scene.measured(
                f"{data.latency_s:.2f} s to the end of the header", "http.latency_s", data.latency_s, severity
            )
        ],
        against=against,
        checks=[scene.deed("http.get", why="whether it is slow again, and in which part")],
    )


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


RULES = (
    Rule(
        "http.server-error",
        (Kind.HTTP,),
        "The status of the last answer, and whether it holds the expected text.",
        "Users see errors, or a page that is not theirs.",
        server_error,
        clear_s=0.0,
    ),
    Rule(
        "http.unauthorized",
        (Kind.HTTP,),
        "Whether the last answer was 401 or 403 where that is not expected.",
        "A token that ran out locks callers out.",
        unauthorized,
        clear_s=0.0,
    ),
    Rule(
        "http.slow",
        (Kind.HTTP,),
        "The time to the end of the answer's header, in looks one after the other.",
        "Callers with a time limit give up, and try again on top of it.",
        slow,
        limits=("http.latency_s",),
        hold_s=4.0,
        clear_s=8.0,
    ),
)
