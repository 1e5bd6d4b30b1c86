"""Writes down what real Redis servers say of writes that are refused, for the tests of `redis.writes-refused`.

    python -m benchmarks.diagnosis.refusals FOLDER REDIS-SERVER …

For each server: `VERSION-refusing` (a large value was refused between two looks, a small one would be taken) and
`VERSION-refused-before` (none was since).
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import redis

from benchmarks.diagnosis.recording import record
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec, Settings
from triage_tui.engine import Engine
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.model.redis import RedisData

MIB = 1 << 20
PATIENCE_S = 30.0


def main(folder: Path, binaries: list[Path]) -> None:
    """Two recordings of each server."""
    for binary in binaries:
        settings = {"maxmemory": "24mb", "maxmemory-policy": "noeviction"}
        with (
            tempfile.TemporaryDirectory() as home,
            start_redis(Path(home), binary=binary, settings=settings) as server,
            redis.Redis.from_url(server.url, protocol=2) as client,
        ):
            for number in range(16):
                client.set(f"session:{number}", "x" * MIB)
            spec = RedisSpec("shop-redis", Secret(server.url), interval_s=60)
            with Engine(Settings("lab", True, (spec,), discover=False)) as engine:
                name = _look(engine, lambda data: True).version
                for _ in range(3):
                    _refused(server.url)
                _look(engine, lambda data: data.ops_per_s is not None)
                record(engine.picture(), folder / f"{name}-refusing.jsonl")
                client.set("small", "x")
                _look(engine, lambda data: not data.refused_writes_per_s)
                record(engine.picture(), folder / f"{name}-refused-before.jsonl")


def _refused(url: str) -> None:
    """Over a connection of its own: what it has sent is kept in a buffer as long as it is there, and counts."""
    with redis.Redis.from_url(url, protocol=2) as client:
        try:
            client.set("large", "x" * 8 * MIB)
        except redis.ResponseError as error:
            if "maxmemory" not in str(error):
                raise
        else:
            raise SystemExit("the server took what it was to refuse")


def _look(engine: Engine, enough: Callable[[RedisData], bool]) -> RedisData:
    """Look anew until it shows what is wanted."""
    before = engine.picture().sightings[0].wall_at
    engine.refresh()
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        (sighting,) = engine.picture().sightings
        if isinstance(sighting.data, RedisData) and sighting.wall_at != before and enough(sighting.data):
            return sighting.data
        time.sleep(0.05)
    raise SystemExit("no such look")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])
