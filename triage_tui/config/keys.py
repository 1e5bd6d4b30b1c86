"""Every key of triage.toml, once: what the README, `triage init` and the tests make theirs of."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

TOP = ""
ENVIRONMENT = "environments.NAME"
TARGET = "environments.NAME.targets"
THRESHOLD = "thresholds.SIGNAL"
GUIDES = "guides"
QUIET = "quiet"
SCREEN = "screen"
LISTS = frozenset({TARGET, QUIET})
"""Tables that are written with two brackets, as often as needed."""


class Key(Struct, frozen=True):
    """One key.

    table    where it stands; `[[…]]` for targets, `[…]` for the rest
    value    what it takes, in words
    default  what holds where it is left out; "" where it has to be given
    example  a value as it is written, for a line that can be copied
    kinds    the kinds of target that know it; empty: all of them, or no target
    """

    table: str
    name: str
    value: str
    default: str
    meaning: str
    example: str
    kinds: tuple[str, ...] = ()


KEYS: tuple[Key, ...] = (
    Key(
        TOP,
        "default_environment",
        "text",
        "the only one there is",
        "the environment that is watched without --env",
        '"dev"',
    ),
    Key(
        ENVIRONMENT,
        "read_only",
        "true or false",
        "true for prod and production, else false",
        "nothing that is watched can be changed from here",
        "true",
    ),
    Key(
        ENVIRONMENT,
        "discover",
        "true or false",
        "true where no targets are given",
        "also watch what is found here: container engines and what their containers publish, DATABASE_URL, PG*,"
        " REDIS_URL, local sockets, this host",
        "true",
    ),
    Key(
        TARGET,
        "kind",
        "docker, postgres, pgbouncer, redis, http, files or host",
        "",
        "what it is",
        '"postgres"',
    ),
    Key(
        TARGET,
        "name",
        "text, 1 to 64 characters",
        'needed, but for a host: "host"',
        "what it is called here; each name once in an environment",
        '"shop-db"',
    ),
    Key(
        TARGET,
        "url",
        "text or { file = … }",
        "docker: DOCKER_HOST, the current context or the default socket; postgres: libpq's PG* variables",
        "where it is: unix:// tcp:// ssh:// (docker), postgresql:// or libpq keywords (postgres), redis:// rediss://"
        " unix:// (redis), http:// https:// (http); for pgbouncer as for postgres, with a user in its stats_users",
        '"${DATABASE_URL}"',
        ("docker", "postgres", "pgbouncer", "redis", "http"),
    ),
    Key(
        TARGET,
        "password",
        "text or { file = … }",
        "the one in the url, if any",
        "put into the url, with what has to be escaped escaped",
        '{ file = "/run/secrets/db_password" }',
        ("postgres", "pgbouncer", "redis"),
    ),
    Key(
        TARGET,
        "path",
        "path",
        "",
        "the folder",
        '"/var/backups/shop"',
        ("files",),
    ),
    Key(
        TARGET,
        "depends_on",
        "list of names",
        "[]",
        "targets that this one needs; lets a cause rank before its symptoms",
        '["shop-db"]',
    ),
    Key(
        TARGET,
        "interval_s",
        "seconds, 0.2 to 86400",
        "2, for http 5, for files 10",
        "time from the end of one look to the start of the next",
        "5",
    ),
    Key(
        TARGET,
        "context",
        "text",
        "none",
        "name of a Docker context, in place of a url",
        '"staging"',
        ("docker",),
    ),
    Key(
        TARGET,
        "logs",
        "true or false",
        "true",
        "containers' logs are read for errors that a guide knows, for personal data and for secrets",
        "false",
        ("docker",),
    ),
    Key(
        TARGET,
        "require_env",
        "table of lists of names",
        "{}",
        "by container or compose service: variables that it has to have",
        '{ api = ["DATABASE_URL", "SECRET_KEY"] }',
        ("docker",),
    ),
    Key(
        TARGET,
        "migrations",
        "table of paths",
        "{}",
        "by database: the folder with the migrations that its code wants (Alembic's versions, Prisma's migrations, or"
        " a Django project), to tell when the database is behind",
        '{ shop = "/srv/shop/migrations/versions" }',
        ("postgres",),
    ),
    Key(
        TARGET,
        "queue_databases",
        "list of whole numbers",
        "the one in the url",
        "numbers of the databases that are searched for queues",
        "[0, 1]",
        ("redis",),
    ),
    Key(TARGET, "celery_prefix", "text", '""', "Celery's global_keyprefix", '"shop:"', ("redis",)),
    Key(
        TARGET,
        "celery_separator",
        "text",
        r'"\u0006\u0016"',
        "kombu's sep, which stands between a queue's name and a priority",
        r'"\u0006\u0016"',
        ("redis",),
    ),
    Key(
        TARGET,
        "celery_priorities",
        "list of whole numbers",
        "[0, 3, 6, 9]",
        "kombu's priority_steps",
        "[0, 3, 6, 9]",
        ("redis",),
    ),
    Key(TARGET, "bullmq_prefix", "text", '"bull"', "BullMQ's prefix", '"bull"', ("redis",)),
    Key(TARGET, "dramatiq_namespace", "text", '"dramatiq"', "Dramatiq's namespace", '"dramatiq"', ("redis",)),
    Key(TARGET, "rq_prefix", "text", '"rq"', "prefix of RQ's keys", '"rq"', ("redis",)),
    Key(TARGET, "sidekiq_namespace", "text", '""', "Sidekiq's namespace (before 7)", '"shop"', ("redis",)),
    Key(
        TARGET,
        "streams",
        "true or false",
        "true",
        "consumer groups of streams count as queues",
        "false",
        ("redis",),
    ),
    Key(
        TARGET,
        "expect_status",
        "list of whole numbers",
        "[], which is 200 to 399",
        "statuses that count as well",
        "[401]",
        ("http",),
    ),
    Key(
        TARGET,
        "expect_body",
        "text",
        "none",
        "text that the first 64 KiB of the answer have to hold",
        '"ok"',
        ("http",),
    ),
    Key(
        TARGET,
        "headers",
        "table of text or { file = … }",
        "{}",
        "sent with the request",
        '{ Authorization = "Bearer ${HEALTH_TOKEN}" }',
        ("http",),
    ),
    Key(
        TARGET,
        "ca_file",
        "path",
        "the system's authorities",
        "PEM file with the authorities to trust instead of the system's",
        '"~/certs/ca.pem"',
        ("http",),
    ),
    Key(
        TARGET,
        "max_age_s",
        "seconds, from 1 on",
        "none: it is shown and never too old",
        "how old the newest file may become",
        "93600",
        ("files",),
    ),
    Key(TARGET, "pattern", "a name with * and ?", '"*"', "which files count", '"*.dump"', ("files",)),
    Key(
        THRESHOLD,
        "warning",
        "number",
        "none",
        "where the signal or limit starts to be a warning, in its own unit",
        "0.8",
    ),
    Key(THRESHOLD, "critical", "number", "none", "where it is critical, in its own unit", "0.9"),
    Key(
        GUIDES,
        "folders",
        "list of paths",
        "[]",
        "folders with guides in Markdown, beside the ones that ship",
        '["~/runbooks"]',
    ),
    Key(
        QUIET,
        "finding",
        "id of a finding, with * and ?",
        "",
        "what is known and not to be told; `triage explain` lists the ids",
        '"docker.memory-near-limit"',
    ),
    Key(QUIET, "target", "name, with * and ?", '"*"', "only at this target", '"shop-db"'),
    Key(
        QUIET,
        "subject",
        "text, with * and ?",
        '"*"',
        "only about this container, queue, disk, …",
        '"shop-batch-*"',
    ),
    Key(
        QUIET, "reason", "text", "none; needed without until", "why, for whoever meets it later", '"sized so"'
    ),
    Key(
        QUIET,
        "until",
        "date and time with offset",
        "for good",
        "when it is told again",
        "2030-01-31T06:00:00Z",
    ),
    Key(
        QUIET,
        "window",
        "two times of a day, UTC",
        "all day",
        "expected at these hours only; it may reach over midnight",
        '"02:00-03:30"',
    ),
    Key(
        QUIET,
        "days",
        "list of mon tue wed thu fri sat sun",
        "every day",
        "the days on which the window begins",
        '["sat", "sun"]',
    ),
    Key(
        SCREEN,
        "bell",
        "true or false",
        "false",
        "the terminal's bell rings for each new critical problem",
        "true",
    ),
    Key(
        SCREEN,
        "title",
        "true or false",
        "true",
        "the terminal's title tells how many critical problems there are",
        "false",
    ),
)

VALUES = (
    "Text in a target and in guides.folders may hold `${NAME}` or `${NAME:-default}` from the environment; `$${`"
    " stands for a literal `${`. Only kind, name and depends_on are taken as they are.",
    'Where a secret may stand (url, password, values of headers), `{ file = "/run/secrets/db" }` takes it from a file,'
    " without the last line end.",
    "A file that holds a secret itself has to be readable by its owner only (chmod 600). One that only refers to them"
    " need not.",
)
"""How values are written, one rule each."""


def keys_of(kind: str) -> Iterator[Key]:
    """The keys of a target of this kind, in the order in which they are explained."""
    return (key for key in KEYS if key.table == TARGET and (not key.kinds or kind in key.kinds))


def as_markdown() -> str:
    """The table of all keys for a document."""
    rows = ["| table | key | takes | without it | meaning |", "| --- | --- | --- | --- | --- |"]
    for key in KEYS:
        table = f"`[[{key.table}]]`" if key.table in LISTS else f"`[{key.table}]`" if key.table else "top"
        only = f" ({', '.join(key.kinds)})" if key.kinds else ""
        rows.append(
            f"| {table} | `{key.name}`{only} | {key.value} | {key.default or 'needed'} | {key.meaning} |"
        )
    return "\n".join([*rows, "", *(f"- {rule}" for rule in VALUES), ""])
