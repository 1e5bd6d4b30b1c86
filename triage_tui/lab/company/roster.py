"""Every service of the company as a container: what runs, with which settings, in which project."""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import structs

from triage_tui.lab.company import images, services
from triage_tui.lab.company.premises import LOOPBACK, PORTS, ROLES, Premises, python_path
from triage_tui.lab.engine.spec import HealthCheck, Port, Restart, ServiceSpec, http_check

MIB = 1 << 20

_SERVICES = "triage_tui.lab.company.services"
_HERE = Path(services.__file__ or "").parent
_PYTHON = (sys.executable, "-S", "-P")
"""Without site packages, which a path in the environment names: it starts sooner and stays smaller."""

_POOLERS = ("/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer")
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


def roster(premises: Premises) -> tuple[ServiceSpec, ...]:
    """All of them, in the order in which they are started: the two servers first."""
    return (
        _postgres(premises),
        _redis(premises),
        _pgbouncer(premises),
        *_therapy(premises),
        *_revrx(premises),
        *_tradeengage(premises),
        _residency(premises),
        *_platform(premises),
    )


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
        health = health or _asked(f"{premises.url(port)}/health")
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
    return ("-m", f"{_SERVICES}.{name}")


def check_script(name: str, *arguments: str, interval_s: float = _HEALTH_S) -> HealthCheck:
    """A health check by one of our scripts."""
    test = ("CMD", sys.executable, "-I", "-S", str(_HERE / name), *arguments)
    return HealthCheck(test, interval_s, timeout_s=3.0, retries=_TELL_TWICE, start_period_s=15.0)


def _asked(url: str) -> HealthCheck:
    return http_check(url, interval_s=_HEALTH_S, timeout_s=4.0, retries=_TELL_TWICE, start_period_s=15.0)


def _as_owner(premises: Premises, argv: tuple[str, ...]) -> tuple[str, ...]:
    """With a change of user before it where a server must not run as this one."""
    owner = premises.postgres.owner
    if owner is None:
        return argv
    return (sys.executable, "-I", "-S", str(_HERE / "as_user.py"), f"{owner[0]}:{owner[1]}", *argv)


def _postgres(premises: Premises) -> ServiceSpec:
    port = premises.ports["postgres"]
    return ServiceSpec(
        name=POSTGRES,
        image=f"postgres:{premises.versions['postgres']}",
        argv=_as_owner(premises, premises.postgres.argv),
        env={"LC_ALL": "C", "TZ": "UTC"},
        folder=str(premises.postgres.home),
        project="platform",
        service="postgres",
        ports=(Port(PORTS["postgres"], port),),
        health=check_script("postgres_check.py", LOOPBACK, str(port), "postgres"),
        restart=Restart("unless-stopped"),
        memory_limit_bytes=512 * MIB,
        # Ends sessions and leaves, as the official image has it.
        stop_signal="SIGINT",
        stop_timeout_s=10.0,
    )


def _redis(premises: Premises) -> ServiceSpec:
    port = premises.ports["redis"]
    return ServiceSpec(
        name=REDIS,
        image=f"redis:{premises.versions['redis']}",
        argv=premises.redis.argv,
        env={"REDIS_PASSWORD": premises.redis.password, "LC_ALL": "C", "TZ": "UTC"},
        folder=str(premises.redis.home),
        project="platform",
        service="redis",
        ports=(Port(PORTS["redis"], port),),
        health=check_script("redis_check.py", LOOPBACK, str(port)),
        restart=Restart("unless-stopped"),
        memory_limit_bytes=128 * MIB,
    )


def pooler() -> str | None:
    """PgBouncer's program, where it is installed."""
    found = shutil.which("pgbouncer")
    return found or next((place for place in _POOLERS if Path(place).is_file()), None)


def _pgbouncer(premises: Premises) -> ServiceSpec:
    installed = pooler()
    port = premises.ports["pgbouncer"]
    user = ROLES["therapy_platform"]
    health = check_script("postgres_check.py", LOOPBACK, str(port), user, "therapy_platform")
    if installed is None:
        env = {"DB_HOST": LOOPBACK, "DB_PORT": str(premises.ports["postgres"])}
        return program(
            premises,
            *("therapy", "pgbouncer", "therapy/pgbouncer-standin:1"),
            module("forwarder"),
            env,
            port="pgbouncer",
            memory_mib=48,
            health=health,
        )
    return ServiceSpec(
        name=PGBOUNCER,
        image="therapy/pgbouncer:1",
        argv=_as_owner(premises, (installed, str(_pooler_configuration(premises)))),
        folder=str(premises.postgres.home),
        project="therapy",
        service="pgbouncer",
        ports=(Port(PORTS["pgbouncer"], port),),
        health=health,
        restart=Restart("unless-stopped"),
        memory_limit_bytes=48 * MIB,
        stop_signal="SIGINT",
    )


def _pooler_configuration(premises: Premises) -> Path:
    """Written anew into the folder that the pooler's user can read."""
    home = premises.postgres.home
    user = ROLES["therapy_platform"]
    users = home / "pgbouncer-users.txt"
    settings = home / "pgbouncer.ini"
    for file in (users, settings):
        file.touch(mode=0o600)
        if premises.postgres.owner is not None:
            shutil.chown(file, *premises.postgres.owner)
    users.write_text(f'"{user}" "{premises.secrets[user]}"\n')
    settings.write_text(
        "[databases]\n"
        f"therapy_platform = host={LOOPBACK} port={premises.ports['postgres']} dbname=therapy_platform\n"
        "[pgbouncer]\n"
        f"listen_addr = {LOOPBACK}\nlisten_port = {premises.ports['pgbouncer']}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\nadmin_users = {user}\n"
        "pool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 60\n"
        "server_connect_timeout = 3\nserver_login_retry = 1\nquery_wait_timeout = 10\n"
        "ignore_startup_parameters = extra_float_digits,options\nlog_connections = 0\nlog_disconnections = 0\n"
        "stats_period = 3600\n"
    )
    return settings


def _therapy(premises: Premises) -> Iterator[ServiceSpec]:
    direct = premises.database_url("therapy_platform")
    pooled = premises.database_url("therapy_platform", through="pgbouncer")
    shared = {"HMAC_SECRET_KEY": premises.secrets["hmac"]}
    yield program(
        premises,
        *("therapy", "therapist-service", "therapy/therapist-service:2.4.0"),
        module("therapists"),
        shared | {"DATABASE_URL": pooled},
        port="therapist-service",
        depends_on=("pgbouncer",),
        path=(images.postcodes_module(premises.images).parent,),
    )
    yield program(
        premises,
        *("therapy", "matching-service", "therapy/matching-service:2.4.0"),
        module("matching"),
        shared
        | {
            "DATABASE_URL": direct,
            "THERAPIST_SERVICE_URL": premises.url("therapist-service"),
            "GEOCODER_URL": f"{premises.url('partner')}/geo",
        },
        port="matching-service",
        depends_on=("therapist-service",),
    )
    yield program(
        premises,
        *("therapy", "patient-service", "therapy/patient-service:2.4.0"),
        module("patients"),
        shared | {"DATABASE_URL": direct, "MATCHING_SERVICE_URL": premises.url("matching-service")},
        port="patient-service",
        depends_on=("matching-service",),
    )
    yield program(
        premises,
        *("therapy", "importer", "therapy/importer:2.4.0"),
        module("importer"),
        {
            "DATABASE_URL": pooled,
            "THERAPIST_IMPORT_FOLDER_PATH": str(premises.deliveries),
            "THERAPIST_IMPORT_ARCHIVE_PATH": str(premises.imported),
            "THERAPIST_IMPORT_CHECK_INTERVAL_SECONDS": "2",
        },
        depends_on=("pgbouncer",),
    )
    yield program(
        premises,
        *("therapy", "backup", f"therapy/postgres-backup:{premises.versions['postgres']}"),
        module("backup"),
        {
            "PG_DUMP": str(premises.postgres.bindir / "pg_dump"),
            "BACKUP_FOLDER": str(premises.backups),
            "DB_HOST": LOOPBACK,
            "DB_PORT": str(premises.ports["postgres"]),
            "DB_USER": ROLES["therapy_platform"],
            "DB_PASSWORD": premises.secrets[ROLES["therapy_platform"]],
            "DB_NAME": "therapy_platform",
        },
        memory_mib=64,
    )


def _revrx(premises: Premises) -> Iterator[ServiceSpec]:
    shared = {
        "DATABASE_URL": premises.database_url("revrx"),
        "REDIS_URL": premises.redis.url,
        "JWT_SECRET_KEY": premises.secrets["jwt"],
    }
    yield program(
        premises,
        *("revrx", "backend", "revrx/backend:1.9.3"),
        module("revrx"),
        shared,
        port="revrx-backend",
    )
    yield program(
        premises,
        *("revrx", "worker", "revrx/backend:1.9.3"),
        _celery("processing", "worker", "--queues", "encounters"),
        shared | {"COMPREHEND_URL": f"{premises.url('partner')}/comprehend"},
        memory_mib=128,
        depends_on=("backend",),
    )


def _tradeengage(premises: Premises) -> Iterator[ServiceSpec]:
    shared = {
        "DATABASE_URL": premises.database_url("integration"),
        "REDIS_URL": premises.redis.url,
        "SERVICETITAN_URL": f"{premises.url('partner')}/servicetitan/customers",
    }
    yield program(
        premises,
        *("tradeengage", "worker", "tradeengage/integration:0.31"),
        _celery("integration", "worker", "--queues", "sync"),
        shared,
        memory_mib=128,
    )
    yield program(
        premises,
        *("tradeengage", "scheduler", "tradeengage/integration:0.31"),
        _celery("integration", "beat", "--schedule", str(premises.folder / "celerybeat-schedule")),
        shared,
        memory_mib=128,
        depends_on=("worker",),
    )


def _celery(application: str, command: str, *arguments: str) -> tuple[str, ...]:
    """Celery's own command line. A worker of one process, that does not talk to others of its kind."""
    thrift = (
        ("--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
        if command == "worker"
        else ("--pidfile=",)
    )
    common = ("--loglevel", "INFO")
    return ("-m", "celery", "--app", f"{_SERVICES}.{application}", command, *common, *thrift, *arguments)


def _residency(premises: Premises) -> ServiceSpec:
    return program(
        premises,
        *("residency", "backend", "residency/backend:local"),
        module("residency"),
        {
            "DATABASE_URL": premises.database_url("residency_scheduler"),
            "REDIS_URL": premises.redis_url_without_password,
            "REDIS_PASSWORD": premises.redis.password,
            "SECRET_KEY": premises.secrets["session"],
            "RATE_LIMIT_STRATEGY": "fixed-window",
            "LIBMAGIC_PATH": str(images.libmagic(premises.images)),
        },
        port="residency-backend",
    )


def _platform(premises: Premises) -> Iterator[ServiceSpec]:
    shared = {"WEBHOOK_SECRET": premises.secrets["webhook"]}
    yield program(
        premises,
        *("platform", "partner", "platform/partner-sandbox:3"),
        module("partner"),
        shared
        | {
            "SANDBOX_TOKEN": premises.secrets["sandbox"],
            "DELIVERY_FOLDER": str(premises.deliveries),
        },
        port="partner",
        memory_mib=64,
    )
    yield program(
        premises,
        *("platform", "webhook-sender", "platform/webhook-sender:1.2"),
        module("webhooks"),
        shared | {"REDIS_URL": premises.redis.url, "WEBHOOK_URL": f"{premises.url('partner')}/webhooks"},
        depends_on=("redis",),
    )
    yield program(
        premises,
        *("platform", "gateway", "platform/gateway:5.1"),
        module("gateway"),
        {
            "HMAC_SECRET_KEY": premises.secrets["hmac"],
            "JWT_SECRET_KEY": premises.secrets["jwt"],
            "REDIS_URL": premises.redis.url,
            "PATIENT_SERVICE_URL": premises.url("patient-service"),
            "MATCHING_SERVICE_URL": premises.url("matching-service"),
            "REVRX_URL": premises.url("revrx-backend"),
            "RESIDENCY_URL": premises.url("residency-backend"),
        },
        port="gateway",
        depends_on=("redis",),
        # Whether those behind it are well is for /health to tell, and no reason to call this one ill.
        health=_asked(f"{premises.url('gateway')}/live"),
    )
