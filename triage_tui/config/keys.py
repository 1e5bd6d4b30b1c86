"""Every key of triage.toml, once: what the README, `triage init` and the tests make theirs of."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.config.command_keys import COMMAND_KEYS
from triage_tui.config.key import (
    COMMAND,
    ENVIRONMENT,
    GUIDES,
    HOLD,
    LISTS,
    QUIET,
    SCREEN,
    TARGET,
    THRESHOLD,
    TOP,
    Key,
)
from triage_tui.config.target_keys import TARGET_KEYS

__all__ = [
    "COMMAND",
    "ENVIRONMENT",
    "GUIDES",
    "HOLD",
    "KEYS",
    "LISTS",
    "QUIET",
    "SCREEN",
    "TARGET",
    "THRESHOLD",
    "TOP",
    "VALUES",
    "Key",
    "as_markdown",
    "keys_of",
]

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
        "read_only_can_be_lifted",
        "true or false",
        "false",
        "read_only can be turned off in the cockpit, by typing the environment's name",
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
    *TARGET_KEYS,
    *COMMAND_KEYS,
    Key(
        THRESHOLD,
        "warning",
        "number",
        "none",
        "where the signal or limit starts to be a warning, in its own unit",
        "0.8",
    ),
    Key(THRESHOLD, "critical", "number", "none", "where it is critical, in its own unit", "0.9"),
    Key(HOLD, "hold_s", "seconds", "the rule's own", "how long it has to be so before it is told", "60"),
    Key(HOLD, "clear_s", "seconds", "the rule's own", "how long it has to be well before it is over", "120"),
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
