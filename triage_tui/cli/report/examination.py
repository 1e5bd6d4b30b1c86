"""What `triage doctor` finds: whether each target can be reached, and what is missing of it."""

from __future__ import annotations

from triage_tui.cli.report.layout import wrapped
from triage_tui.model import Picture, Sighting, State

_WORDS = {
    State.LIVE: "reached",
    State.STALE: "silent",
    State.DOWN: "NOT REACHED",
    State.DENIED: "TURNED AWAY",
    State.CONNECTING: "NO ANSWER",
}


def lines_of(picture: Picture, width: int) -> list[str]:
    """One paragraph a target, in the order of the configuration, with the remedy for everything that is missing."""
    lines: list[str] = []
    for sighting in picture.sightings:
        lines += wrapped(_verdict(sighting), width, "", "    ")
        if sighting.problem is not None:
            lines += _remedy(sighting.problem.message, sighting.problem.next_step, width)
        for gap in sighting.gaps:
            lines += _remedy(f"{gap.part} missing: {gap.problem.message}", gap.problem.next_step, width)
    return lines


def _verdict(sighting: Sighting) -> str:
    target = sighting.target
    took = f" in {sighting.took_s * 1000:.0f} ms" if sighting.known and sighting.took_s is not None else ""
    kind = f" ({sighting.problem.kind})" if sighting.problem is not None else ""
    rights = ", with less than is needed" if sighting.known and sighting.gaps else ""
    return f"{target.name}: {_WORDS[sighting.state]}{took}{kind}{rights}: {target.kind} at {target.endpoint}"


def _remedy(message: str, next_step: str, width: int) -> list[str]:
    return [*wrapped(message, width, "    ", "      "), *wrapped(f"-> {next_step}", width, "    ", "       ")]
