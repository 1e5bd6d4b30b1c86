"""The triage.toml that watches a lab."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from triage_tui.lab.company.images import migrations
from triage_tui.lab.company.premises import WATCHER, Premises
from triage_tui.lab.company.servers import pooler

ENVIRONMENT = "lab"
ENGINE = "lab-engine"
DATABASE = "platform-db"
REDIS = "platform-redis"
HOST = "host"
POOLER = "pooler"
IMPORTS = "imports"
BACKUPS = "backups"

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
        **({POOLER: _console(premises, WATCHER)} if pooler() is not None else {}),
        **{name: f"{premises.url(service)}/health" for name, service in HTTP.items()},
        IMPORTS: str(premises.imported),
        BACKUPS: str(premises.backups),
    }


def _console(premises: Premises, login: str) -> str:
    return f"postgresql://{login}@127.0.0.1:{premises.ports['pgbouncer']}/pgbouncer"


HTTP = {
    "gateway": "gateway",
    "patients": "patient-service",
    "matching": "matching-service",
    "revrx": "revrx-backend",
    "residency": "residency-backend",
}
"""Target → the service whose health it asks for."""

FOLDERS: dict[str, tuple[str, float]] = {
    # A delivery comes every few seconds, a dump every half minute.
    IMPORTS: ("*.json", 25.0),
    BACKUPS: ("backup_*.dump", 100.0),
}
"""Target → which files count in the folder, and how old the newest may become, in seconds."""

_NEEDS = {
    POOLER: (DATABASE,),
    IMPORTS: (DATABASE,),
    BACKUPS: (DATABASE,),
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
    yield from _target("docker", ENGINE, url=where[ENGINE])
    watcher = premises.database_url("therapy_platform", role=WATCHER)
    yield from _target("postgres", DATABASE, url=f"{watcher}?sslmode=disable")
    stacks = {"therapy_platform": "therapy", "residency_scheduler": "residency"}
    folders = {database: str(migrations(premises.images, stack)) for database, stack in stacks.items()}
    yield f"migrations = {{ {', '.join(f'{name} = {_text(path)}' for name, path in folders.items())} }}"
    if POOLER in where:
        login = f"{WATCHER}:{quote(premises.secrets[WATCHER], safe='')}"
        yield from _target("pgbouncer", POOLER, url=_console(premises, login))
    yield from _target("redis", REDIS, url=premises.redis.url)
    for name in HTTP:
        yield from _target("http", name, url=where[name])
    for name, (pattern, max_age_s) in FOLDERS.items():
        yield from _target("files", name, path=where[name], pattern=pattern)
        yield f"max_age_s = {max_age_s}"
        yield "interval_s = 2"
    yield from _target("host", HOST)


def _target(kind: str, name: str, **texts: str) -> Iterator[str]:
    yield ""
    yield f"[[environments.{ENVIRONMENT}.targets]]"
    yield f"kind = {_text(kind)}"
    yield f"name = {_text(name)}"
    for key, value in texts.items():
        yield f"{key} = {_text(value)}"
    if name in _NEEDS:
        yield f"depends_on = {json.dumps(list(_NEEDS[name]))}"


def _text(value: str) -> str:
    # A `${` would be read as a reference to a variable; JSON's strings are TOML's.
    return json.dumps(value.replace("${", "$${"))
