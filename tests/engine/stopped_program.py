"""Runs an engine and answers questions on standard input, for a test that stops the whole process meanwhile."""

from __future__ import annotations

import json
import sys
import time

from tests.engine.steered import Behaviour, Steered, live, settings_of, spec_of
from triage_tui.engine import Engine
from triage_tui.model import Observation
from triage_tui.sources import Look

INTERVAL_S = 0.3


def timed(times: list[float]) -> Behaviour:
    async def look_and_note(look: Look) -> Observation:
        times.append(time.monotonic())
        return await live(look)

    return look_and_note


def main() -> None:
    names = [f"t{n}" for n in range(10)]
    times: dict[str, list[float]] = {name: [] for name in names}
    sources = {name: Steered(name, timed(times[name])) for name in names}
    engine = Engine(
        settings_of(*[spec_of(name, INTERVAL_S) for name in names]), open=lambda spec: sources[spec.name]
    )
    with engine:
        engine.wait_first_looks(30)
        print("ready", flush=True)
        for line in sys.stdin:
            if line == "pause\n":
                engine.pause(True)
            sightings = engine.picture().sightings
            answer = {
                "times": times,
                "ages": [s.age_s for s in sightings],
                "states": [s.state for s in sightings],
            }
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
