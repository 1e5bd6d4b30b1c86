"""What the company's containers are called, and how one with a program of ours in it is described."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import structs

from triage_tui.lab.company import services
from triage_tui.lab.company.premises import PORTS, Premises, python_path
from triage_tui.lab.engine.spec import HealthCheck, Port, Restart, ServiceSpec, http_check

MIB = 1 << 20

SERVICES = "triage_tui.lab.company.services"
SCRIPTS = Path(services.__file__ or "").parent
_PYTHON = (sys.executable, "-S", "-P")
"""Without site packages, which a path in the environment names: it starts sooner and stays smaller."""

_HEALTH_S = 4.0
_TELL_TWICE = 2


def container(project: str, service: str) -> str:
    """The name that compose gives it."""
    return f"{project}-{service}-1"


POSTGRES = container("platform", "postgres")
REDIS = container("platform", "redis")
GATEWAY = container("platform", "gateway")
WEBHOOK_SENDER = container("platform", "webhook-sender")
PARTNER = container("platform", "partner")
PGBOUNCER = container("therapy", "pgbouncer")
PATIENTS = container("therapy", "patient-service")
THERAPISTS = container("therapy", "therapist-service")
MATCHING = container("therapy", "matching-service")
IMPORTER = container("therapy", "importer")
BACKUP = container("therapy", "backup")
REVRX = container("revrx", "backend")
REVRX_WORKER = container("revrx", "worker")
SYNC_WORKER = container("tradeengage", "worker")
SCHEDULER = container("tradeengage", "scheduler")
RESIDENCY = container("residency", "backend")


def program(
    premises: Premises,
    project: str,
    service: str,
    image: str,
    argv: tuple[str, ...],
    env: Mapping[str, str],
    *,
    port: str | None = None,
    memory_mib: int = 96,
    depends_on: tuple[str, ...] = (),
    path: tuple[Path, ...] = (),
    health: HealthCheck | None = None,
) -> ServiceSpec:
    """A container with one Python program in it. port: listens on that one of the premises, and is asked there."""
    own = {"PYTHONPATH": python_path(*path), "PYTHONUNBUFFERED": "1"}
    ports: tuple[Port, ...] = ()
    if port is not None:
        own["PORT"] = str(premises.ports[port])
        ports = (Port(PORTS[port], premises.ports[port]),)
        health = health or asked(f"{premises.url(port)}/health")
    return ServiceSpec(
        name=container(project, service),
        image=image,
        argv=(*_PYTHON, *argv),
        env=own | dict(env),
        folder=str(premises.folder),
        project=project,
        service=service,
        depends_on=depends_on,
        ports=ports,
        health=health,
        restart=Restart("unless-stopped"),
        memory_limit_bytes=memory_mib * MIB,
        stop_timeout_s=5.0,
    )


def one_off(
    premises: Premises, project: str, service: str, image: str, argv: tuple[str, ...], env: Mapping[str, str]
) -> ServiceSpec:
    """A container that somebody runs once, as `docker compose run` names it."""
    spec = program(premises, project, service, image, argv, env)
    return structs.replace(
        spec,
        name=f"{project}-{service}-run-{secrets.token_hex(6)}",
        labels={"com.docker.compose.oneoff": "True"},
        restart=Restart(),
    )


def module(name: str) -> tuple[str, ...]:
    """Arguments that run one of our services."""
    return ("-m", f"{SERVICES}.{name}")


def check_script(name: str, *arguments: str, interval_s: float = _HEALTH_S) -> HealthCheck:
    """A health check by one of our scripts."""
    test = ("CMD", sys.executable, "-I", "-S", str(SCRIPTS / name), *arguments)
    return HealthCheck(test, interval_s, timeout_s=3.0, retries=_TELL_TWICE, start_period_s=15.0)


def asked(url: str) -> HealthCheck:
    """A health check by HTTP."""
    return http_check(url, interval_s=_HEALTH_S, timeout_s=4.0, retries=_TELL_TWICE, start_period_s=15.0)
