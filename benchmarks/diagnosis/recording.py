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
    """Write a picture as lines of JSON, its instant and then each target, without what is empty or
    not known, and without its history."""
    sightings = [_without_nothing(msgspec.to_builtins(one)) for one in picture.sightings]
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"taken_at": picture.taken_at, "wall_at": picture.wall_at.isoformat()}
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in (head, *sightings)]
    path.write_text("".join(f"{_PATHS.sub('/lab', line)}\n" for line in lines))


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
