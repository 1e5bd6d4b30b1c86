"""Findings with more than one possible cause, and what each cause lets a check say.

The numbers are judgements, in round figures: how often a finding has a cause, and how often a check fails where it is
the cause. They order what is worth asking; no finding begins or ends by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct


class About(Enum):
    """What a check is asked about: the finding's target, its subject there, the container that it concerns, the only
    PostgreSQL server that is watched, or this host."""

    TARGET = "target"
    SUBJECT = "subject"
    CONTAINER = "container"
    DATABASE = "database"
    HOST = "host"


class Cause(Struct, frozen=True):
    """One cause.

    weight  how often it is the cause, compared with the others; by the kind of the problem where one is known
            (model.ProblemKind), "" for the rest. One that is not named there is rare
    fails   check → how often it does not pass (warn or fail) where this is the cause; a check that is not named passes
    guides  entries that answer it
    """

    id: str
    words: str
    weight: Mapping[str, float]
    fails: Mapping[str, float]
    guides: tuple[str, ...] = ()


class Split(Struct, frozen=True):
    """The causes of a finding, and the checks that may tell them apart."""

    checks: Mapping[str, About]
    causes: tuple[Cause, ...]


RARE = 0.01
"""Weight of a cause whose weight does not name the kind of problem that is seen."""

PASSES = 0.05
"""How often a check does not pass that has nothing to do with the cause."""


def _server(what: str, ended: tuple[str, ...], hung: str) -> tuple[Cause, ...]:
    """Of whatever does not answer on a port."""
    return (
        Cause(
            "ended",
            f"{what} has ended, or listens elsewhere",
            {"": 4, "refused": 8, "timeout": 0.5},
            {"tcp.connect": 0.95, "docker.health": 0.85, "docker.top": 0.9},
            ended,
        ),
        Cause(
            "hung",
            f"{what} takes connections and does not answer: {hung}",
            {"": 2, "timeout": 5, "protocol": 3, "refused": 0.5},
            {"tcp.connect": 0.1, "docker.health": 0.6, "docker.logs-tail": 0.5},
        ),
        Cause(
            "way",
            "something between here and there drops what is sent: a firewall, a route, a host that is down",
            {"": 1, "timeout": 4, "refused": 0.5},
            {"tcp.connect": 0.97},
        ),
        Cause(
            "name",
            "its name leads nowhere, or to another place",
            {"": 1, "dns": 20, "refused": 0.3, "timeout": 0.3},
            {"dns.resolve": 0.95, "tcp.connect": 0.9},
        ),
    )


_REACH = {"tcp.connect": About.TARGET, "dns.resolve": About.TARGET, "docker.health": About.CONTAINER}

_QUEUE = Split(
    {
        "queue.workers": About.SUBJECT,
        "redis.slowlog": About.TARGET,
        "redis.memory": About.TARGET,
        "postgres.locks": About.DATABASE,
        "process.list": About.HOST,
    },
    (
        Cause("no-workers", "nobody works on it", {"": 4}, {"queue.workers": 0.95}, ("queues/no-workers",)),
        Cause("flood", "more comes in than before, and the workers do what they can", {"": 3}, {}),
        Cause(
            "database",
            "jobs take long because they wait for the database",
            {"": 2},
            {"postgres.locks": 0.8},
            ("postgres/blocked-sessions",),
        ),
        Cause(
            "redis",
            "Redis itself is slow or full",
            {"": 1},
            {"redis.slowlog": 0.7, "redis.memory": 0.6},
            ("redis/slow-commands",),
        ),
        Cause(
            "host",
            "the machine has no processor or memory left for the workers",
            {"": 1},
            {"process.list": 0.9},
        ),
    ),
)

_ENDS = Split(
    {
        "env.present": About.SUBJECT,
        "docker.logs-tail": About.SUBJECT,
        "postgres.ping": About.DATABASE,
        "disk.free": About.HOST,
    },
    (
        Cause("code", "the program itself is broken", {"": 3}, {"docker.logs-tail": 0.9}),
        Cause(
            "variable",
            "a variable is missing or malformed",
            {"": 2},
            {"env.present": 0.8, "docker.logs-tail": 0.8},
            ("config/env-missing",),
        ),
        Cause(
            "database",
            "it cannot start without its database",
            {"": 2},
            {"postgres.ping": 0.9, "docker.logs-tail": 0.8},
            ("postgres/unreachable",),
        ),
        Cause(
            "disk",
            "the disk is full",
            {"": 0.5},
            {"disk.free": 0.95, "docker.logs-tail": 0.6},
            ("host/disk-full",),
        ),
    ),
)

_LOGIN = Split(
    {"env.present": About.CONTAINER, "docker.logs-tail": About.CONTAINER},
    (
        Cause("rotated", "the password was changed on one side only", {"": 4}, {"docker.logs-tail": 0.7}),
        Cause(
            "variable",
            "the variable that holds it is missing, empty or malformed",
            {"": 2},
            {"env.present": 0.9, "docker.logs-tail": 0.7},
            ("config/env-missing",),
        ),
    ),
)

SPLITS: dict[str, Split] = {
    "http.down": Split(
        {**_REACH, "tls.certificate": About.TARGET},
        (
            *_server("the program behind it", (), "it is stuck, or has no worker left"),
            Cause("tls", "its certificate is refused", {"": 0.5, "tls": 20}, {"tls.certificate": 0.95}),
        ),
    ),
    "postgres.unreachable": Split(
        {**_REACH, "disk.free": About.HOST},
        (
            *_server("the server", ("postgres/unreachable",), "it is overloaded, or its disk hangs"),
            Cause(
                "disk",
                "it has stopped because its disk is full",
                {"": 0.5, "refused": 1},
                {"disk.free": 0.95, "tcp.connect": 0.9, "docker.health": 0.8},
                ("host/disk-full",),
            ),
        ),
    ),
    "redis.unreachable": Split(
        _REACH, _server("the server", ("redis/unreachable",), "one command holds it up")
    ),
    "pgbouncer.unreachable": Split(_REACH, _server("the pooler", (), "it is stuck")),
    "queue.growing": _QUEUE,
    "queue.stalled": _QUEUE,
    "queue.old-job": _QUEUE,
    "docker.restart-loop": _ENDS,
    "docker.exited": _ENDS,
    "postgres.auth-failed": _LOGIN,
    "redis.auth-failed": _LOGIN,
}
"""Finding → what it may come from."""
