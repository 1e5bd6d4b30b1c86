"""The parts of one look put together, and the gaps that follow from what kind of server this is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.redis import ClientList, RedisData, SlowCommand
from triage_tui.sources.redis import info as fields
from triage_tui.sources.redis.info import Info
from triage_tui.sources.redis.queues.room import Seen
from triage_tui.sources.redis.queues.system import Now
from triage_tui.sources.redis.rates import Rates
from triage_tui.text import safe

_MAX_NUMBERS = 16
_SENTINEL_MASTER = re.compile(r"name=([^,]*).*?address=([^,]*)")


def redis_data(
    info: Info,
    now: Now,
    speed: Rates,
    slowlog: tuple[SlowCommand, ...] | None,
    seen: Seen,
    client_list: ClientList | None,
) -> RedisData:
    """Everything that a look brought. An empty INFO leaves its parts unknown."""
    counts = fields.keys(info)
    uptime = info.whole("uptime_in_seconds")
    return RedisData(
        version=fields.version(info),
        role=fields.role(info),
        memory=fields.memory(info),
        clients=fields.clients(info),
        ops_per_s=speed.ops_per_s,
        hit_ratio=speed.hit_ratio,
        evicted=info.whole("evicted_keys"),
        evicted_per_s=speed.evicted_per_s,
        rejected=info.whole("rejected_connections"),
        rejected_per_s=speed.rejected_per_s,
        refused_writes=fields.refused_writes(info),
        refused_writes_per_s=speed.refused_writes_per_s,
        persistence=fields.persistence(info, now.server),
        replication=fields.replication(info),
        slowlog=slowlog,
        queues=seen.queues,
        keys=sum(counts.values()) if counts is not None else None,
        uptime_s=float(uptime) if uptime is not None else None,
        queues_scan=seen.scan,
        client_list=client_list,
    )


def sentinel_gap(info: Info) -> Gap:
    """A Sentinel has no data; it knows who has."""
    masters = [
        f"{found[1]} at {found[2]}"
        for name, value in info.items()
        if name.startswith("master") and (found := _SENTINEL_MASTER.search(value))
    ]
    watched = safe(", ".join(masters), limit=200)
    return Gap(
        "queues",
        Problem(
            ProblemKind.MISSING,
            "this is a Sentinel: it holds no keys, and no queues",
            f"Point the target's url at a master that it watches: {watched or 'it watches none'}.",
        ),
    )


def loading_gap(info: Info) -> Gap:
    """The server answers INFO and nothing else until it has read its data set."""
    percent, eta = info.number("loading_loaded_perc"), info.number("loading_eta_seconds")
    done = f", {percent:.0f} % done" if percent is not None else ""
    left = f" It says {eta:.0f} s more." if eta is not None and eta > 0 else ""
    return Gap(
        "queues",
        Problem(
            ProblemKind.REFUSED,
            f"the server is loading its data set from disk{done}",
            f"Wait: a restart begins the loading anew.{left}",
        ),
    )


def limits(info: Info, searched: Collection[int], chosen: bool) -> Iterable[Gap]:
    """What a look cannot show however much it may read.

    searched  databases that are searched for queues; chosen: somebody has named them
    """
    if info.flag("cluster_enabled"):
        yield Gap(
            "cluster",
            Problem(
                ProblemKind.MISSING,
                "this is one node of a cluster, and only this node is seen",
                "Add the other masters as targets of their own.",
            ),
        )
    unseen = sorted(number for number in fields.keys(info) or () if number not in searched)
    if unseen and not chosen:
        numbers = ", ".join(map(str, unseen[:_MAX_NUMBERS]))
        together = ", ".join(map(str, sorted({*searched, *unseen})[:_MAX_NUMBERS]))
        yield Gap(
            "queues.databases",
            Problem(
                ProblemKind.MISSING,
                f"databases with keys that are not searched for queues: {numbers}",
                f"Where queues are in them, set queue_databases = [{together}] for this target.",
            ),
        )
