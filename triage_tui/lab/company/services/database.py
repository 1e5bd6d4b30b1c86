"""One connection of a worker to its database, opened when it is needed and again when it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg


class Database:
    """For one thread."""

    def __init__(self, url: str, application: str) -> None:
        self._url = url
        self._application = application
        self._connection: psycopg.Connection | None = None

    def execute(self, statement: LiteralString, values: Sequence[Any]) -> None:
        """One statement, committed. Raises psycopg.Error."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._url, application_name=self._application, autocommit=True, connect_timeout=3
            )
        self._connection.execute(statement, values)
