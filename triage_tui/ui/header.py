"""The line at the top: which environment, may anything be changed, and what is watched where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from triage_tui.model import Kind, Sighting, State
from triage_tui.model.http import HttpData
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join, spread
from triage_tui.ui.glance import STATES, Glance

WORST_FIRST = (State.DOWN, State.DENIED, State.STALE, State.CONNECTING, State.LIVE)


def header_line(glance: Glance, width: int, paused_s: float | None) -> Line:
    """Environment, read-only or not, states of all targets, their endpoints, the time in UTC."""
    picture = glance.picture
    now = picture.wall_at + timedelta(seconds=glance.elapsed_s)
    guard: Line = (Cell("READ-ONLY", "good") if picture.read_only else Cell("read-write", "warn"),)
    parts: list[Line] = [
        (Cell(" triage ", "title"), Cell(picture.environment, "strong")),
        guard,
        _states(picture.sightings),
    ]
    if paused_s is not None:
        parts.insert(2, (Cell(f"‖ PAUSED {figures.age(paused_s)} ago", "warn"),))
    parts.append(_endpoints(picture.sightings))
    return spread(join(parts), (Cell(f"{now:%H:%M:%SZ} ", "dim"),), width)


def endpoint_strip(glance: Glance, width: int) -> Line:
    """HTTP endpoints on one line, those in trouble first; empty where none is watched."""
    sightings = glance.picture.of_kind(Kind.HTTP)
    if not sightings:
        return ()
    parts = sorted((_endpoint_state(glance, sighting) for sighting in sightings), key=lambda part: part[0])
    return join([(Cell("  HTTP", "strong"),), *(line for _rank, line in parts)], "  ")


def _endpoint_state(glance: Glance, sighting: Sighting) -> tuple[int, Line]:
    name = Cell(f"{sighting.target.name} ", "text")
    data = sighting.data
    if sighting.state is not State.LIVE or not isinstance(data, HttpData):
        symbol, word, tone = STATES[sighting.state]
        said = f": {sighting.problem.message}" if sighting.problem is not None else ""
        return (3 if sighting.state is State.CONNECTING else 0), (
            Cell(f"{symbol} ", tone),
            name,
            Cell(word + said, tone),
        )
    fine = data.ok and data.body_ok is not False
    slow = glance.tone("http.latency_s", data.latency_s)
    words = f"{data.status} {data.latency_s * 1000:.0f}ms"
    if data.ok and data.body_ok is False:
        words += " wrong body"
    if not fine:
        return 1, (Cell("✗ ", "bad"), name, Cell(words, "bad"))
    return (2 if slow != "text" else 4), (Cell("● ", "good"), name, Cell(words, slow))


def _states(sightings: Sequence[Sighting]) -> Line:
    parts: list[Line] = []
    for state in WORST_FIRST:
        number = sum(sighting.state is state for sighting in sightings)
        symbol, word, tone = STATES[state]
        if number:
            parts.append((Cell(f"{symbol} {number} {word}", tone),))
    return join(parts, " ")


def _endpoints(sightings: Sequence[Sighting]) -> Line:
    shown = [s.target.endpoint for kind in (Kind.DOCKER, Kind.POSTGRES, Kind.REDIS, Kind.HTTP) for s in sightings
             if s.target.kind is kind]  # fmt: skip
    return join([(Cell(short_endpoint(endpoint), "dim"),) for endpoint in shown], " · ")


def short_endpoint(endpoint: str) -> str:
    """An endpoint without what its place on the screen says already, or nobody needs: `unix:///run/docker.sock` → its
    path, `redis://:[redacted]@db:6379/0` → `redis:db:6379/0`."""
    scheme, separator, rest = endpoint.partition("://")
    if not separator:
        return endpoint
    if scheme in ("unix", "npipe"):
        return rest
    if scheme.startswith(("postgres", "redis")):
        user, at, place = rest.rpartition("@")
        user = user.partition(":")[0]
        return f"{scheme.removesuffix('ql')}:{user}{at if user else ''}{place}"
    return endpoint
