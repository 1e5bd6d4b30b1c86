"""What has happened to a container lately, by its history and by the engine's events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from triage_tui.diagnosis.rule import Scene
from triage_tui.model.docker import Container, DockerData

RECENT = "docker.recent_s"
"""The limit within which restarts and kills count as happening now."""


def recent_restarts(scene: Scene, container: Container) -> int:
    """Restarts within docker.recent_s: by the count that has been followed, or by the starts that the engine told of.

    The engine's own count goes back to the day on which the container was made. Where nothing else is known, it
    counts for one that has just been restarted once more.
    """
    series = scene.picture.history.get((scene.target, "docker.restarts", container.name))
    followed = 0
    if series is not None:
        since = scene.picture.taken_at - scene.scope(RECENT)
        counts = [value for at, value in zip(series.times, series.values, strict=True) if at >= since]
        # A container that was made anew counts from zero again.
        steps = (later - earlier for earlier, later in pairwise(counts))
        followed = round(sum(step for step in steps if step > 0))
    deaths = sum(_event_ages(scene, container, "die"))
    unseen = (container.restarts or 0) if followed == 0 and deaths == 0 else 0
    return max(followed, min(deaths, container.restarts or 0), unseen)


def _event_ages(scene: Scene, container: Container, action: str) -> Iterator[bool]:
    """For every event of this kind about the container, whether it is recent."""
    for event in scene.data(DockerData).events:
        if event.action == action and event.container_id == container.id:
            yield _age_s(scene, event.at) <= scene.scope(RECENT)


def event_age_s(scene: Scene, container: Container, action: str) -> float | None:
    """How long ago the latest event of this kind was, seconds; None where none is known."""
    ages = [
        _age_s(scene, event.at)
        for event in scene.data(DockerData).events
        if event.action == action and event.container_id == container.id
    ]
    return min(ages, default=None)


def _age_s(scene: Scene, at: str) -> float:
    now = scene.sighting.wall_at or scene.picture.wall_at
    try:
        return max(0.0, (now - datetime.fromisoformat(at)).total_seconds())
    except ValueError:
        return float("inf")


def last_code(scene: Scene, container: Container) -> int | None:
    """The exit code that the engine told of last; None where it told of none."""
    codes = [
        event.exit_code
        for event in scene.data(DockerData).events
        if event.action == "die" and event.container_id == container.id
    ]
    return codes[-1] if codes else None


def meaning(code: int | None) -> str:
    """What an exit code stands for, in brackets; "" where it is the program's own."""
    match code:
        case 126:
            return " (the command may not be run)"
        case 127:
            return " (there is no such command)"
        case 137:
            return " (SIGKILL)"
        case 139:
            return " (SIGSEGV)"
        case 143:
            return " (SIGTERM)"
        case _:
            return ""
