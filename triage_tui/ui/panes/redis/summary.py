"""How full the server is, and how busy."""

from __future__ import annotations

from triage_tui.model import Sighting
from triage_tui.model.redis import RedisData
from triage_tui.model.signals import ratio
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance, gauge, labelled

FRAGMENTATION_WARNS_FROM = 1.5
FRAGMENTATION_COUNTS_FROM_BYTES = 50 * 2**20
"""Below 50 MiB the ratio says more about the allocator's start than about wasted memory."""


def data_of(sighting: Sighting) -> RedisData | None:
    """What is known of the server; None where nothing is."""
    return sighting.data if isinstance(sighting.data, RedisData) else None


def memory(glance: Glance, data: RedisData, width: int) -> Line:
    """Memory against its limit."""
    known = data.memory
    if known.max_bytes is None:
        limit = "no limit" if known.used_bytes is not None else "limit unknown"
        used: Line = (Cell("mem ", "dim"), Cell(figures.size(known.used_bytes)), Cell(f", {limit}", "dim"))
    else:
        tone = glance.tone("redis.memory_ratio", known.ratio)
        used = (
            Cell("mem ", "dim"),
            *gauge(known.ratio, max(8, min(24, width // 6)), tone),
            Cell(f" {figures.percent(known.ratio)}", tone),
            Cell(f" {figures.size(known.used_bytes)}/{figures.size(known.max_bytes)}"),
        )
    parts: list[Line] = [used, (Cell(known.policy or "policy unknown", "text" if known.policy else "dim"),)]
    if known.fragmentation is not None and (known.used_bytes or 0) >= FRAGMENTATION_COUNTS_FROM_BYTES:
        fragmented = known.fragmentation > FRAGMENTATION_WARNS_FROM
        parts.append(labelled("frag", f"{known.fragmentation:.1f}", "warn" if fragmented else "text"))
    parts.append((Cell(f"v{data.version} {data.role or ''}".rstrip(), "dim"),))
    return join(parts)


def rates(glance: Glance, data: RedisData) -> Line:
    """What is done in a second, clients, persistence and replication."""
    clients = data.clients
    used = ratio(clients.connected, clients.max)
    parts: list[Line] = [
        labelled("ops", figures.rate(data.ops_per_s)),
        labelled("hit", figures.percent(data.hit_ratio)),
        (
            Cell(f"{figures.count(clients.connected)} clients", glance.tone("redis.clients_ratio", used)),
            Cell(f" ({clients.blocked} waiting)" if clients.blocked else "", "dim"),
        ),
    ]
    if data.evicted_per_s:
        parts.append((Cell(f"evicts {figures.rate(data.evicted_per_s)}", "warn"),))
    if data.rejected_per_s:
        parts.append((Cell(f"rejects {figures.rate(data.rejected_per_s)}", "bad"),))
    persistence = data.persistence
    if persistence.rdb_last_ok is False:
        parts.append((Cell("✗ RDB save failed", "bad"),))
    if persistence.aof_last_ok is False:
        parts.append((Cell("✗ AOF write failed", "bad"),))
    replication = data.replication
    if replication.link_up is False:
        parts.append((Cell("✗ master link down", "bad"),))
    elif replication.lag_s is not None:
        lag = glance.tone("redis.replication_lag_s", replication.lag_s)
        parts.append(labelled("master heard", f"{figures.age(replication.lag_s)} ago", lag))
    if replication.replicas:
        word = "replica" if replication.replicas == 1 else "replicas"
        parts.append((Cell(f"{replication.replicas} {word}", "dim"),))
    if data.slowlog:
        parts.append(labelled("slowest", f"{max(slow.took_ms for slow in data.slowlog):.0f} ms"))
    return join(parts)
