"""One look at one target, and what went wrong with it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from triage_tui.model.docker import DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData

Data = DockerData | PostgresData | RedisData | HostData | HttpData | PgbouncerData | FilesData


class Kind(StrEnum):
    """The kinds of target that can be watched. The value is the word used in triage.toml and in JSON."""

    DOCKER = "docker"
    POSTGRES = "postgres"
    REDIS = "redis"
    HOST = "host"
    HTTP = "http"
    PGBOUNCER = "pgbouncer"
    FILES = "files"


class State(StrEnum):
    """How far the latest data about a target can be trusted.

    live        the last look succeeded and is younger than three intervals
    stale       there are data, but they are older than that
    down        the target refused, broke off or is not there
    denied      the target answered and turned us away; it is not asked again until somebody says so
    connecting  nothing is known yet
    """

    LIVE = "live"
    STALE = "stale"
    DOWN = "down"
    DENIED = "denied"
    CONNECTING = "connecting"


class ProblemKind(StrEnum):
    """Why a look failed, in the order in which a connection is made."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS = "tls"
    AUTH = "auth"
    PERMISSION = "permission"
    PROTOCOL = "protocol"
    MISSING = "missing"


class Problem(Struct, frozen=True):
    """A failure in words.

    message    what the server, the driver or the operating system said; sanitised and redacted
    next_step  one sentence: what the reader can do about it
    """

    kind: ProblemKind
    message: str
    next_step: str


class Gap(Struct, frozen=True):
    """A part of a look that could not be had while the rest could.

    part     dotted name of what is missing, e.g. `statements`, `sessions.wait_event_type`, `queues.bullmq`
    problem  why it is missing, and what would bring it back
    """

    part: str
    problem: Problem


class Target(Struct, frozen=True):
    """Something that is watched, as it may be shown: holds no secret.

    name        unique within an environment
    endpoint    where it is, with passwords removed, e.g. `postgresql://app@db:5432/shop`
    depends_on  names of other targets that this one needs
    """

    name: str
    kind: Kind
    endpoint: str
    depends_on: tuple[str, ...] = ()


class Observation(Struct, frozen=True):
    """What one look brought: data, or a problem, never neither.

    target    name of the target
    taken_at  monotonic seconds at which the look ended; ages are computed from this one only
    wall_at   the same instant in UTC, for showing and recording only
    took_s    how long the look lasted
    state     live, down or denied (a single look cannot be stale)
    data      None where the look failed
    problem   None where the look succeeded
    gaps      parts that are missing from data
    """

    target: str
    taken_at: float
    wall_at: datetime
    took_s: float
    state: State
    data: Data | None = None
    problem: Problem | None = None
    gaps: tuple[Gap, ...] = ()
