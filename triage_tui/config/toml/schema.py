"""The tables of triage.toml, as msgspec checks them. Targets are the specs of settings.py and a few keys more."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from triage_tui.config.secret import Secret
from triage_tui.config.settings import (
    DockerSpec,
    FilesSpec,
    Hold,
    HostSpec,
    HttpSpec,
    PgbouncerSpec,
    PostgresSpec,
    RedisSpec,
    ScreenSettings,
    TargetSpec,
    Threshold,
)

SPECS: dict[str, type[TargetSpec]] = {
    "docker": DockerSpec,
    "postgres": PostgresSpec,
    "redis": RedisSpec,
    "host": HostSpec,
    "http": HttpSpec,
    "pgbouncer": PgbouncerSpec,
    "files": FilesSpec,
}
"""The kinds of target by the word that stands in the file."""


class FileTable(Struct, frozen=True):
    """The top of the file."""

    default_environment: str | None = None
    environments: dict[str, EnvironmentTable] = {}
    thresholds: dict[str, Threshold] = {}
    holds: dict[str, Hold] = {}
    guides: GuidesTable | None = None
    quiet: tuple[dict[str, Any], ...] = ()
    screen: ScreenSettings | None = None


class EnvironmentTable(Struct, frozen=True):
    """`[environments.NAME]`."""

    read_only: bool | None = None
    read_only_can_be_lifted: bool | None = None
    discover: bool | None = None
    targets: tuple[dict[str, Any], ...] = ()
    commands: tuple[dict[str, Any], ...] = ()


class TargetKeys(Struct, frozen=True):
    """Keys of `[[environments.NAME.targets]]` beside those of the specs: `password` goes into the url, escaped."""

    kind: str
    password: Secret | None = None


class GuidesTable(Struct, frozen=True):
    """`[guides]`."""

    folders: tuple[str, ...] = ()


KINDS_WITH_PASSWORD = frozenset({"postgres", "redis", "pgbouncer"})
"""Kinds that know the key `password`."""
