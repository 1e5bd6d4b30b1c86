"""How to look: one room per kind of target.

`open_source` imports the room of a kind when it is first needed, so that the screen can paint before any
database or engine client is loaded.
"""

from __future__ import annotations

from collections.abc import Callable

from triage_tui.config.settings import (
    DockerSpec,
    FilesSpec,
    HostSpec,
    HttpSpec,
    PgbouncerSpec,
    PostgresSpec,
    RedisSpec,
    TargetSpec,
)
from triage_tui.sources.source import Look, Source

__all__ = ["Look", "Source", "open_source"]


def open_source(spec: TargetSpec, recognise: Callable[[str], str | None] | None = None) -> Source:
    """Make the source for a target. Nothing is contacted yet, nothing but a programming error is raised.

    recognise  a line of a log, made safe, to the id of the guide that knows it; None: no guide is asked
    """
    match spec:
        case DockerSpec():
            from triage_tui.sources.docker import DockerSource

            return DockerSource(spec, recognise=recognise)
        case PostgresSpec():
            from triage_tui.sources.postgres import PostgresSource

            return PostgresSource(spec)
        case RedisSpec():
            from triage_tui.sources.redis import RedisSource

            return RedisSource(spec)
        case HostSpec():
            from triage_tui.sources.host import HostSource

            return HostSource(spec)
        case HttpSpec():
            from triage_tui.sources.http import HttpSource

            return HttpSource(spec)
        case PgbouncerSpec():
            from triage_tui.sources.pgbouncer import PgbouncerSource

            return PgbouncerSource(spec)
        case FilesSpec():
            from triage_tui.sources.files import FilesSource

            return FilesSource(spec)
