"""One process of the server as it was told, and the session that is shown of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from triage_tui.model.postgres import Session
from triage_tui.sources.postgres.names import Names
from triage_tui.text import safe

HIDDEN = b"<insufficient privilege>"
"""What the server shows in place of a query that may not be seen."""

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""From which PostgreSQL counts the microseconds of a timestamp."""

MICROSECONDS = 1_000_000


class Backend(Struct, frozen=True):
    """A process of the server, from one change of it to the next.

    Instants are the server's, in microseconds since EPOCH, None where there are none or none may be seen. Texts are
    safe to show.

    started  ISO 8601 in UTC, exact: with the process id it tells one session from the next
    hidden   it belongs to a user whose sessions this role may not see
    """

    pid: int
    datid: int | None = None
    usesysid: int | None = None
    application: str = ""
    client: str | None = None
    backend_type: str | None = None
    started: str | None = None
    state: str | None = None
    wait_event_type: str | None = None
    wait_event: str | None = None
    transaction_began: int | None = None
    query_began: int | None = None
    state_changed: int | None = None
    query: str | None = None
    hidden: bool = False

    @property
    def identity(self) -> tuple[int | str | None, ...]:
        """What stays the same while one statement of one session runs; process ids are used again."""
        return self.pid, self.started, self.query_began

    @property
    def waits(self) -> bool:
        """For a lock."""
        return self.wait_event_type == "Lock"

    @property
    def rests(self) -> bool:
        """It does nothing before its client says something: it takes no lock meanwhile, and gives none back."""
        return self.state is not None and self.state.startswith("idle")

    def session(self, now: int, names: Names, blocked_by: tuple[int, ...]) -> Session:
        """As it is shown at an instant of the server's clock."""
        return Session(
            pid=self.pid,
            backend_start=self.started,
            user=names.role(self.usesysid),
            database=names.database(self.datid),
            application=self.application,
            client=self.client,
            backend_type=self.backend_type,
            state=self.state,
            wait_event_type=self.wait_event_type,
            wait_event=self.wait_event,
            transaction_age_s=_age(self.transaction_began, now),
            query_age_s=_age(self.query_began, now) if self.state == "active" else None,
            state_age_s=_age(self.state_changed, now),
            blocked_by=blocked_by,
            query=self.query,
        )


def backend(pid: int, state_changed: int | None, record: bytes) -> Backend:
    """A process from the record in which the statements `activity` and `sessions` tell of it.

    Raises ValueError for bytes that are no such record.
    """
    (
        datid,
        usesysid,
        application,
        address,
        port,
        backend_type,
        started,
        state,
        wait_event_type,
        wait_event,
        transaction_began,
        query_began,
        query,
    ) = fields(record)
    hidden = state is None and query == HIDDEN
    return Backend(
        pid=pid,
        datid=_oid(datid),
        usesysid=_oid(usesysid),
        application=safe(application),
        client=_client(address, _number(port)),
        backend_type=_known(backend_type),
        started=iso(_number(started)),
        state=_known(state),
        wait_event_type=_known(wait_event_type),
        wait_event=_known(wait_event),
        transaction_began=_number(transaction_began),
        query_began=_number(query_began),
        state_changed=state_changed,
        query=None if hidden or query is None else safe(query),
        hidden=hidden,
    )


def fields(record: bytes) -> list[bytes | None]:
    """The fields of a record in PostgreSQL's binary format (record_send): how many, then of each its type, its length
    in bytes (-1: NULL) and its bytes. Numbers have four bytes, the highest first. Raises ValueError where it is none.
    """
    found: list[bytes | None] = []
    at = 4
    for _ in range(int.from_bytes(record[:4], "big")):
        start = at + 8
        if start > len(record):
            break
        length = int.from_bytes(record[at + 4 : start], "big", signed=True)
        found.append(record[start : start + length] if length >= 0 else None)
        at = start + max(0, length)
    if at != len(record):
        raise ValueError("a record that does not end where it should")
    return found


def iso(instant: int | None) -> str | None:
    """Microseconds since EPOCH as ISO 8601 in UTC."""
    return (EPOCH + timedelta(microseconds=instant)).isoformat() if instant is not None else None


def _number(value: bytes | None) -> int | None:
    return int.from_bytes(value, "big", signed=True) if value is not None else None


def _oid(value: bytes | None) -> int | None:
    return int.from_bytes(value, "big") if value is not None else None


def _client(address: bytes | None, port: int | None) -> str | None:
    if address is not None:
        return safe(f"{address.decode()}:{port}")
    # The server says -1 for a Unix socket, and nothing for its own processes and for sessions we may not see.
    return "local" if port == -1 else None


def _known(value: bytes | None) -> str | None:
    return safe(value) if value else None


def _age(since: int | None, now: int) -> float | None:
    """Seconds. What happened after the instant at which the statement began is no younger than it."""
    return max(0.0, (now - since) / MICROSECONDS) if since is not None else None
