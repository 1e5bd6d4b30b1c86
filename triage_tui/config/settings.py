"""What to watch and how, after every source of configuration has been read and checked."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from triage_tui.config.secret import Secret
from triage_tui.model import Kind

DEFAULT_INTERVAL_S: dict[Kind, float] = {
    Kind.DOCKER: 2.0,
    Kind.POSTGRES: 2.0,
    Kind.REDIS: 2.0,
    Kind.HOST: 2.0,
    Kind.HTTP: 5.0,
    Kind.PGBOUNCER: 2.0,
    Kind.FILES: 10.0,
}
"""Seconds between the end of one look and the start of the next. An HTTP endpoint may run real work per request, and a
folder is watched for what is missing for minutes."""


class DockerSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="docker"):
    """An engine that speaks the Docker API.

    url      `unix:///path`, `tcp://host:port`, `ssh://user@host`; None: the context, or DOCKER_HOST, or the
             default socket
    context  name of a Docker context; an unknown name is an error, never the local engine
    logs     whether containers' logs are read for known errors, personal data and secrets
    require_env  container or compose service → variables that it has to have
    """

    name: str
    url: Secret | None = None
    context: str | None = None
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None
    logs: bool = True
    require_env: dict[str, tuple[str, ...]] = {}


class PostgresSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="postgres"):
    """A PostgreSQL server.

    url         a URL or a libpq keyword string; None: libpq's PG* variables
    migrations  database → folder with the migrations that its code wants: Alembic's `versions`, Prisma's `migrations`,
                or a Django project
    """

    name: str
    url: Secret | None = None
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None
    migrations: dict[str, str] = {}


class RedisSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="redis"):
    """A Redis server.

    url               `redis://`, `rediss://` or `unix://`
    queue_databases   numbers of the databases that are searched for queues; empty: the one in the url
    celery_prefix     Celery's `global_keyprefix`
    celery_separator  kombu's `sep` between queue name and priority
    celery_priorities kombu's `priority_steps`
    bullmq_prefix     BullMQ's `prefix`
    dramatiq_namespace, rq_prefix, sidekiq_namespace: likewise for those systems
    streams           whether consumer groups of streams count as queues
    """

    name: str
    url: Secret
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None
    queue_databases: tuple[int, ...] = ()
    celery_prefix: str = ""
    celery_separator: str = "\x06\x16"
    celery_priorities: tuple[int, ...] = (0, 3, 6, 9)
    bullmq_prefix: str = "bull"
    dramatiq_namespace: str = "dramatiq"
    rq_prefix: str = "rq"
    sidekiq_namespace: str = ""
    streams: bool = True


class HostSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="host"):
    """The machine that this program runs on."""

    name: str = "host"
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None


class HttpSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="http"):
    """An HTTP endpoint, read with GET.

    expect_status  statuses that count as well; empty: 200–399
    expect_body    text that the first 64 KiB of the body must hold
    headers        sent with the request; values are secrets
    ca_file        PEM file with the authorities to trust instead of the system's
    """

    name: str
    url: Secret
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None
    expect_status: tuple[int, ...] = ()
    expect_body: str | None = None
    headers: dict[str, Secret] = {}
    ca_file: str | None = None


class PgbouncerSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pgbouncer"):
    """A PgBouncer. url: as for PostgreSQL, of a user in stats_users or admin_users; its database is always the
    console's own, `pgbouncer`."""

    name: str
    url: Secret
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None


class FilesSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="files"):
    """A folder on this machine that must stay fresh.

    max_age_s  how old its newest file may become; None: its age is shown and never too great
    pattern    which names count, as a shell has it
    """

    name: str
    path: str
    depends_on: tuple[str, ...] = ()
    interval_s: float | None = None
    max_age_s: float | None = None
    pattern: str = "*"


TargetSpec = DockerSpec | PostgresSpec | RedisSpec | HostSpec | HttpSpec | PgbouncerSpec | FilesSpec


class Threshold(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a signal starts to be a warning and where it is critical, in the signal's own unit."""

    warning: float | None = None
    critical: float | None = None


class Hold(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a finding has to hold before it is told, and to be well before it is over. None: as its rule has it."""

    hold_s: float | None = None
    clear_s: float | None = None


class QuietRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Findings that are known: they are kept apart from those that are told.

    finding, target, subject  what it is about; `*` and `?` as in a shell
    reason   why; needed where there is no end
    until    when it ends
    window   the hours of a day in which it holds, UTC: `02:00-03:30`, also over midnight
    days     the days of the week on which the window begins; empty: every day
    """

    finding: str
    target: str = "*"
    subject: str = "*"
    reason: str = ""
    until: datetime | None = None
    window: str | None = None
    days: tuple[str, ...] = ()


class ScreenSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the cockpit makes itself heard.

    bell   the terminal's bell rings for each new critical problem
    title  the terminal's title tells how many critical problems there are
    """

    bell: bool = False
    title: bool = True


class CommandSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A command of the team's own.

    argv        the program and its arguments, one by one; `{NAME}` stands for a parameter. No shell reads them
    about       what it does
    parameters  name → what it is; each has to be given
    safe        it may be run without its name being typed
    timeout_s   after which it is killed
    """

    name: str
    argv: tuple[str, ...]
    about: str = ""
    parameters: dict[str, str] = {}
    safe: bool = False
    timeout_s: float = 60.0


class Settings(Struct, frozen=True):
    """One environment, ready to be watched.

    read_only      no action may leave the process; True for an environment named prod unless the file says otherwise
    read_only_can_be_lifted  read_only may be turned off while the program runs
    origin         what the settings were made from, for people: a path, or "discovered"
    guide_folders  folders with Markdown guides beside the ones that ship
    notes          sentences about what was skipped or assumed, to be shown once
    discover       also watch what running containers publish
    variables      target → the environment variable that its url was taken from as it is, so that a starter file can
                   name the variable and not the value
    quiet          findings that are known and not to be told
    screen         how the cockpit makes itself heard
    commands       the team's own commands
    holds          finding → how long it holds before it is told, and stays
    """

    environment: str
    read_only: bool
    targets: tuple[TargetSpec, ...]
    thresholds: dict[str, Threshold] = {}
    guide_folders: tuple[str, ...] = ()
    origin: str = "discovered"
    notes: tuple[str, ...] = ()
    discover: bool = True
    variables: dict[str, str] = {}
    quiet: tuple[QuietRule, ...] = ()
    screen: ScreenSettings = ScreenSettings()
    read_only_can_be_lifted: bool = False
    commands: tuple[CommandSpec, ...] = ()
    holds: dict[str, Hold] = {}


def kind_of(spec: TargetSpec) -> Kind:
    """The kind of target that a spec describes."""
    match spec:
        case DockerSpec():
            return Kind.DOCKER
        case PostgresSpec():
            return Kind.POSTGRES
        case RedisSpec():
            return Kind.REDIS
        case HostSpec():
            return Kind.HOST
        case HttpSpec():
            return Kind.HTTP
        case PgbouncerSpec():
            return Kind.PGBOUNCER
        case FilesSpec():
            return Kind.FILES


def interval_of(spec: TargetSpec) -> float:
    """Seconds between two looks at the target."""
    return spec.interval_s or DEFAULT_INTERVAL_S[kind_of(spec)]
