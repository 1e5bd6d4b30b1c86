"""Times, states and images as Docker writes them."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from triage_tui.lab.engine.logbook import stamp

if TYPE_CHECKING:
    from triage_tui.lab.engine.container import Container

NEVER = "0001-01-01T00:00:00Z"


def moment(nanoseconds: int | None) -> str:
    """A time as Go writes it: without zeros at the end of the fraction; the year 1 for never."""
    if nanoseconds is None:
        return NEVER
    seconds, _, fraction = stamp(nanoseconds).removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return f"{seconds}.{fraction}Z" if fraction else f"{seconds}Z"


def human_duration(seconds: float) -> str:
    """How long, for people. Source: docker/go-units `HumanDuration`."""
    whole, minutes, hours = int(seconds), int(seconds / 60), int(seconds / 3600 + 0.5)
    for holds, text in (
        (whole < 1, "Less than a second"),
        (whole == 1, "1 second"),
        (whole < 60, f"{whole} seconds"),
        (minutes == 1, "About a minute"),
        (minutes < 60, f"{minutes} minutes"),
        (hours == 1, "About an hour"),
        (hours < 48, f"{hours} hours"),
        (hours < 24 * 7 * 2, f"{hours // 24} days"),
        (hours < 24 * 30 * 2, f"{hours // 24 // 7} weeks"),
        (hours < 24 * 365 * 2, f"{hours // 24 // 30} months"),
    ):
        if holds:
            return text
    return f"{int(seconds / 3600) // 24 // 365} years"


def status_of(container: Container) -> str:
    """The sentence of `docker ps`: `Up 5 seconds (healthy)`, `Exited (137) 2 minutes ago`."""
    state, now = container.state, time.time_ns()
    up = human_duration((now - (state.started_ns or now)) / 1e9)
    ago = human_duration((now - (state.finished_ns or now)) / 1e9)
    match state.word:
        case "paused":
            return f"Up {up} (Paused)"
        case "restarting":
            return f"Restarting ({state.exit_code}) {ago} ago"
        case "running":
            health = container.health
            if health is None:
                return f"Up {up}"
            return f"Up {up} ({'health: starting' if health.status == 'starting' else health.status})"
        case "exited":
            return f"Exited ({state.exit_code}) {ago} ago"
    return "Created"


def command_of(path: str, arguments: tuple[str, ...]) -> str:
    """A command line for people; arguments with spaces stand in quotes."""
    return " ".join((path, *(f"'{argument}'" if " " in argument else argument for argument in arguments)))


def image_id(name: str) -> str:
    """The same for the same name; there is nothing in it."""
    return f"sha256:{hashlib.sha256(f'image {name}'.encode()).hexdigest()}"


def tagged(name: str) -> str:
    """An image's name with its tag."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"
