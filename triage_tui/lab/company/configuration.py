"""The triage.toml that watches a lab."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from triage_tui.lab.company.premises import WATCHER, Premises

ENVIRONMENT = "lab"
ENGINE = "lab-engine"
DATABASE = "platform-db"
REDIS = "platform-redis"
HOST = "host"

_HEAD = """\
# What `triage` watches of the lab. Written when it opened; it goes when the lab does.
# It holds passwords, so only its owner may read it.
"""


def endpoints(premises: Premises) -> dict[str, str]:
    """Target → where it is, without passwords."""
    return {
        ENGINE: f"unix://{premises.engine_socket}",
        DATABASE: f"postgresql://{WATCHER}@127.0.0.1:{premises.ports['postgres']}/therapy_platform",
        REDIS: premises.redis_url_without_password,
        **{name: f"{premises.url(service)}/health" for name, service in HTTP.items()},
    }


HTTP = {
    "gateway": "gateway",
    "patients": "patient-service",
    "matching": "matching-service",
    "revrx": "revrx-backend",
    "residency": "residency-backend",
}
"""Target → the service whose health it asks for."""

_NEEDS = {
    "gateway": ("patients", "matching", "revrx", "residency", REDIS),
    "patients": (DATABASE, "matching"),
    "matching": (DATABASE,),
    "revrx": (DATABASE, REDIS),
    "residency": (DATABASE, REDIS),
}


def write(premises: Premises, path: Path) -> None:
    """Write the file, for its owner alone. Raises OSError."""
    path.touch(mode=0o600)
    path.write_text("\n".join(_lines(premises)) + "\n")


def _lines(premises: Premises) -> Iterator[str]:
    yield _HEAD
    yield f"default_environment = {json.dumps(ENVIRONMENT)}"
    yield ""
    yield f"[environments.{ENVIRONMENT}]"
    yield "read_only = false"
    yield "discover = false"
    where = endpoints(premises)
    yield from _target("docker", ENGINE, where[ENGINE])
    watcher = premises.database_url("therapy_platform", role=WATCHER)
    yield from _target("postgres", DATABASE, f"{watcher}?sslmode=disable")
    yield from _target("redis", REDIS, premises.redis.url)
    for name in HTTP:
        yield from _target("http", name, where[name], _NEEDS)
    yield from _target("host", HOST)


def _target(
    kind: str, name: str, url: str | None = None, needs: Mapping[str, tuple[str, ...]] = {}
) -> Iterator[str]:
    yield ""
    yield f"[[environments.{ENVIRONMENT}.targets]]"
    yield f"kind = {json.dumps(kind)}"
    yield f"name = {json.dumps(name)}"
    if url is not None:
        # A `${` would be read as a reference to a variable; JSON's strings are TOML's.
        yield f"url = {json.dumps(url.replace('${', '$${'))}"
    if name in needs:
        yield f"depends_on = {json.dumps(list(needs[name]))}"
