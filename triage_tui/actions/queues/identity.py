"""Which queue: two systems and two databases may use the same name."""

from __future__ import annotations

import re

from msgspec import Struct

from triage_tui.actions import guard
from triage_tui.actions.act import Identity, Order, Refused
from triage_tui.config.addresses import urls
from triage_tui.config.settings import RedisSpec
from triage_tui.text import safe

SYSTEMS = ("celery", "rq", "bullmq", "sidekiq", "dramatiq", "arq", "huey", "stream")

_DATABASE = re.compile(r"(.+)@([0-9]{1,5})", re.DOTALL)


class Named(Struct, frozen=True):
    """A queue as `model.redis.Queue.subject` names it."""

    system: str
    name: str
    database: int

    @property
    def identity(self) -> Identity:
        """See queue_identity."""
        return queue_identity(self.system, self.name, self.database)


def queue_identity(system: str, name: str, database: int = 0) -> Identity:
    """A queue's identity, from the fields of the same names of `model.redis.Queue`."""
    where = f" in database {database}" if database else ""
    return Identity(
        shown=f"queue {name} ({system}){where}",
        parts=(("system", system), ("queue", name), ("database", str(database))),
    )


def named(order: Order, spec: RedisSpec) -> Named:
    """The queue that an order names: `rq:mail`, or `rq:mail@3` in database 3. Raises Refused."""
    system, between, name = order.argument.partition(":")
    if system not in SYSTEMS or not between or not name:
        raise Refused(
            "argument",
            "a queue is named by its system and its name, as in rq:mail or celery:default@1",
            f"Systems are {', '.join(SYSTEMS)}.",
        )
    queue = _placed(system, name, spec)
    if safe(name) != name:
        raise Refused("argument", "that name is shown otherwise than it is", "Act on it with redis-cli.")
    guard.same(order.pinned, queue.identity)
    return queue


def _placed(system: str, name: str, spec: RedisSpec) -> Named:
    """A name may end like a database's number itself: only those that are searched for queues count."""
    try:
        databases = spec.queue_databases or (urls.database_of(urls.redis(spec.url.reveal()).url.reveal()),)
    except urls.UrlError as error:
        raise Refused("unavailable", f"the url {error}", "Correct the url of this target.") from None
    match = _DATABASE.fullmatch(name)
    if match is not None and int(match[2]) in databases and int(match[2]):
        return Named(system, match[1], int(match[2]))
    if 0 in databases:
        return Named(system, name, 0)
    raise Refused(
        "argument",
        f"database 0 is not searched for queues; these are: {', '.join(map(str, databases))}",
        f"Name the database too: {safe(order_name(system, name, databases[0]))}",
    )


def order_name(system: str, name: str, database: int) -> str:
    """As an order names a queue."""
    return f"{system}:{name}@{database}" if database else f"{system}:{name}"
