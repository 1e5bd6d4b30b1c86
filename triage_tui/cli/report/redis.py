"""Redis and its queues in the plain report."""

from __future__ import annotations

from triage_tui.cli.report.layout import Column, table
from triage_tui.model.redis import Queue, RedisData
from triage_tui.text import figures

_SHOWN_CLIENTS = 3
_WORTH_TELLING_BYTES = 64 * 1024
"""Of answers that a client has not taken. Less than this is between two of its reads."""

_COLUMNS = (
    Column("QUEUE", least=12),
    Column("SYSTEM"),
    Column("WAITING", right=True),
    Column("BUSY", right=True),
    Column("OLDEST", right=True),
    Column("DEAD", right=True),
    Column("WORKERS", right=True),
    Column("TREND", right=True),
    Column("DRAINED IN", right=True),
)


def body(data: RedisData, width: int) -> list[str]:
    """Memory, clients and rates, then queues, the deepest first."""
    memory = data.memory
    limit = f"/{figures.size(memory.max_bytes)} ({figures.percent(memory.ratio)})" if memory.max_bytes else ""
    parts = [
        f"{data.version}{f' {data.role}' if data.role else ''}",
        f"memory {figures.size(memory.used_bytes)}{limit or ', no limit'}",
        memory.policy or "policy unknown",
        f"{figures.count(data.clients.connected)} clients",
        f"{figures.rate(data.ops_per_s)} commands",
        f"{figures.rate(data.evicted_per_s)} evicted",
    ]
    lines = [f"  {', '.join(parts)}", *_clients(data)]
    queues = sorted(data.queues, key=lambda queue: (-(queue.waiting or 0), queue.subject))
    if queues:
        lines += table(_COLUMNS, [_row(queue) for queue in queues], width)
    if data.queues_scan is not None and data.queues_scan < 1:
        lines.append(f"  {figures.percent(data.queues_scan)} of the keys searched for queues")
    return lines


def _clients(data: RedisData) -> list[str]:
    """Clients that do not take their answers: the server keeps those in memory."""
    listed = data.client_list.clients if data.client_list is not None else ()
    slow = [one for one in listed if (one.output_bytes or 0) >= _WORTH_TELLING_BYTES]
    return [
        f"  client {one.id} at {one.address}{f' ({one.name})' if one.name else ''} has not taken"
        f" {figures.size(one.output_bytes)} of answers, last command {one.command or figures.UNKNOWN}"
        for one in slow[:_SHOWN_CLIENTS]
    ]


def _row(queue: Queue) -> tuple[str, ...]:
    at_least = ">=" if queue.dead_capped else ""
    return (
        f"{queue.name}{' (paused)' if queue.paused else ''}",
        queue.system,
        figures.count(queue.waiting),
        figures.count(queue.in_flight),
        _oldest(queue),
        f"{at_least}{figures.count(queue.dead)}",
        figures.count(queue.workers),
        figures.rate(queue.growth_per_s, signed=True),
        figures.duration(queue.drain_s) if queue.drain_s is not None else figures.ABSENT,
    )


def _oldest(queue: Queue) -> str:
    if queue.oldest_age_s is None and queue.head_unchanged_s is not None:
        return f">{figures.duration(queue.head_unchanged_s)}"
    return figures.duration(queue.oldest_age_s)
