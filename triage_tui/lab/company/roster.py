"""Every service of the company as a container: what runs, with which settings, in which project."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.lab.company import images, servers
from triage_tui.lab.company.containers import SERVICES, asked, module, program
from triage_tui.lab.company.premises import LOOPBACK, ROLES, Premises
from triage_tui.lab.engine.spec import ServiceSpec


def roster(premises: Premises) -> tuple[ServiceSpec, ...]:
    """All of them, in the order in which they are started: the two servers first."""
    return (
        servers.postgres(premises),
        servers.redis(premises),
        servers.pgbouncer(premises),
        *_therapy(premises),
        *_revrx(premises),
        *_tradeengage(premises),
        _residency(premises),
        *_platform(premises),
    )


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
    return ("-m", "celery", "--app", f"{SERVICES}.{application}", command, *common, *thrift, *arguments)


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
        health=asked(f"{premises.url('gateway')}/live"),
    )
