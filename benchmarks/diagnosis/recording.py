"""Pictures written down, to be judged again by tests: what real servers said while something was wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from triage_tui.model import Picture

_PATHS = re.compile(r"/(?:tmp|var/tmp|work|home|root|srv)/[^\s\"'\\,;:)\]]*")
"""Where this was measured is nobody's business, and differs each time."""


def record(picture: Picture, path: Path) -> None:
    """Write the targets of a picture as JSON, without what is empty or not known, and without its history."""
    sightings = [_without_nothing(msgspec.to_builtins(one)) for one in picture.sightings]
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"taken_at": picture.taken_at, "wall_at": picture.wall_at.isoformat(), "sightings": sightings}
    path.write_text(_PATHS.sub("/lab", json.dumps(whole, ensure_ascii=False, indent=1)) + "\n")


def _without_nothing(value: Any) -> Any:
    match value:
        case dict():
            kept = {name: _without_nothing(each) for name, each in value.items()}
            return {
                name: each for name, each in kept.items() if each is not None and each != [] and each != {}
            }
        case list():
            return [_without_nothing(each) for each in value]
        case float():
            return round(value, 4)
        case _:
            return value
