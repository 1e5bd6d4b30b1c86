"""Where everything of one lab is: its folder, its ports, its passwords. Made once, when it opens."""

from __future__ import annotations

import re
import secrets
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from triage_tui.lab.embedded import postgres, redis

LOOPBACK = "127.0.0.1"

PORTS = {
    "postgres": 5432,
    "redis": 6379,
    "pgbouncer": 6432,
    "gateway": 8080,
    "patient-service": 8001,
    "therapist-service": 8002,
    "matching-service": 8003,
    "revrx-backend": 8000,
    "residency-backend": 8000,
    "partner": 9000,
}
"""Service → the port that it has in its own network; on this machine each gets a free one."""

ROLES = {
    "therapy_platform": "curavani",
    "revrx": "revrx",
    "integration": "integration_user",
    "residency_scheduler": "scheduler",
}
"""Database → the role that owns it and that its services log in as."""

WATCHER = "triage"
_SECRETS = ("hmac", "jwt", "webhook", "sandbox", "session", *ROLES.values(), WATCHER)


class Premises(Struct, frozen=True):
    """One lab's place.

    folder    everything that it writes is in here, or in `postgres.home`
    ports     service → port on this machine
    secrets   passwords by role, and the keys that services share, by what they are for
    postgres, redis  the servers, ready to be run
    versions  of the two, e.g. {"postgres": "18", "redis": "8.2.3"}
    """

    folder: Path
    ports: dict[str, int]
    secrets: dict[str, str]
    postgres: postgres.Prepared
    redis: redis.Prepared
    versions: dict[str, str]

    def url(self, service: str) -> str:
        """Where a service speaks HTTP."""
        return f"http://{LOOPBACK}:{self.ports[service]}"

    def database_url(self, database: str, *, role: str | None = None, through: str = "postgres") -> str:
        """For the role that owns the database, or another. through: the server, or `pgbouncer`."""
        user = role or ROLES[database]
        password = quote(self.secrets[user], safe="")
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.ports[through]}/{database}"

    @property
    def redis_url_without_password(self) -> str:
        """For services that are given the password apart."""
        return f"redis://{LOOPBACK}:{self.ports['redis']}/0"

    @property
    def engine_socket(self) -> Path:
        """Where the engine listens."""
        return self.folder / "docker.sock"

    @property
    def images(self) -> Path:
        """What images would hold beside the program, a folder each."""
        return self.folder / "images"

    @property
    def deliveries(self) -> Path:
        """Where files for the importer arrive."""
        return self.folder / "imports" / "incoming"

    @property
    def imported(self) -> Path:
        """Where they are afterwards."""
        return self.folder / "imports" / "archive"

    @property
    def backups(self) -> Path:
        """Where dumps are kept."""
        return self.folder / "backups"


def prepare(folder: Path, *, postgres_settings: dict[str, str], redis_settings: dict[str, str]) -> Premises:
    """Find ports, invent passwords, make the data of both servers, of the newest versions that are here.

    Raises StartError and OSError.
    """
    ports = _free_ports()
    data = folder / "postgres"
    data.mkdir()
    # The server's own folder in it is closed; its user has to get there.
    data.chmod(0o711)
    servers = redis.binaries()
    newest = max(servers, key=_numbers, default=None)
    premises = Premises(
        folder,
        ports,
        {name: secrets.token_urlsafe(24) for name in _SECRETS},
        postgres.prepare_postgres(data, port=ports["postgres"], settings=postgres_settings),
        redis.prepare_redis(
            folder / "redis",
            port=ports["redis"],
            binary=servers[newest] if newest is not None else None,
            settings=redis_settings,
        ),
        {"postgres": str(max(postgres.installations())), "redis": newest or ""},
    )
    for place in (premises.images, premises.deliveries, premises.imported, premises.backups):
        place.mkdir(parents=True)
    return premises


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


def _free_ports() -> dict[str, int]:
    """All held at the same time, so that no two are the same."""
    with ExitStack() as held:
        ports = {}
        for service in PORTS:
            probe = held.enter_context(socket.socket())
            probe.bind((LOOPBACK, 0))
            ports[service] = probe.getsockname()[1]
        return ports


def python_path(*first: Path) -> str:
    """PYTHONPATH of services, which are started without their site packages: what this process finds things on."""
    package = Path(__file__).parents[3]
    places = [*first, package, *(place for place in sys.path if place.endswith("-packages"))]
    return ":".join(dict.fromkeys(map(str, places)))
