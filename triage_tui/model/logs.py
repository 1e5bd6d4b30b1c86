"""What container logs showed since they are watched."""

from __future__ import annotations

from msgspec import Struct


class LogHit(Struct, frozen=True):
    """Lines of one container that one guide knows.

    entry         id of the guide
    line          the latest of them, sanitised, redacted, and with personal data masked
    count         lines so far, of those that were looked at
    last_at       ISO 8601 by the engine's clock; first_age_s, last_age_s: seconds before the look
    """

    container: str
    entry: str
    line: str
    count: int
    last_at: str
    first_age_s: float | None = None
    last_age_s: float | None = None


class SensitiveHit(Struct, frozen=True):
    """Lines of one container that hold personal data or a secret of one kind.

    kind    e-mail address, phone number, IBAN, card number, social security number, token or password
    sample  the latest, with all masked but what tells its kind: `j…@e…`, `+49…`
    """

    container: str
    kind: str
    sample: str
    count: int
    last_at: str
    first_age_s: float | None = None
    last_age_s: float | None = None


class MissingName(Struct, frozen=True):
    """A variable that a line of a container's log names as missing, and that the container does not have.

    line  the latest such line, made safe
    """

    container: str
    variable: str
    line: str
    count: int
    last_age_s: float | None = None


class VersionNote(Struct, frozen=True):
    """A client program that told a server's version and its own: `server version: 18.1; pg_dump version: 16.2`."""

    container: str
    program: str
    client: str
    server: str
    line: str
    last_age_s: float | None = None


class Logs(Struct, frozen=True):
    """The watch over container logs.

    watched    containers whose log is read
    unwatched  running containers whose log is not: there are too many, or it cannot be read
    lines      lines that came, all together
    waiting    lines among them that wait to be looked at
    dropped    lines among them that were not looked at, because too many came at once
    skipped    times that reading went on at the end of a log, since it was too far behind; how many lines lie between
               nobody knows
    dropped_by container → its part of `dropped`, the greatest first, at most ten
    hits, sensitive, missing, versions  what was found, the latest first, each within bounds
    """

    watched: int = 0
    unwatched: int = 0
    lines: int = 0
    waiting: int = 0
    dropped: int = 0
    skipped: int = 0
    dropped_by: dict[str, int] = {}
    hits: tuple[LogHit, ...] = ()
    sensitive: tuple[SensitiveHit, ...] = ()
    missing: tuple[MissingName, ...] = ()
    versions: tuple[VersionNote, ...] = ()
