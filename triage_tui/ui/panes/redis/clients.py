"""The clients of a Redis server: who does not take its answers, who holds a connection for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.model.redis import CLIENTS, CLIENTS_PART, Client, ClientList
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance, labelled
from triage_tui.ui.palette import Tone
from triage_tui.ui.panes.redis.summary import data_of, memory
from triage_tui.ui.rows import Column, Row

SLOW_FROM_BYTES = 2**20
"""Answers not taken from which a client is slow: less may lie between two of its reads."""

DROPPED_FROM_BYTES = 8 * 2**20
"""Redis' own soft limit for subscribers: one that keeps this many waiting for a minute is disconnected."""

IDLE_FROM_S = 300.0
"""Without a command for longer, a client is not between two of them: pools give connections back after minutes."""

OLD_FROM_S = 1.0
"""A list younger than this was read in the latest look, or as good as."""


class RedisClients:
    """The face of a Redis server with its clients."""

    kind = Kind.REDIS
    title = "Redis clients"
    none = "no server is watched: set REDIS_URL, or run `triage init`"
    whole = CLIENTS
    columns = (
        Column("name", "client", 12, flex=3, most=36),
        Column("address", "address", 18, flex=2, most=46),
        Column("state", "state", 10),
        Column("output", "output", 7, align="right"),
        Column("idle", "idle", 6, align="right"),
        Column("age", "age", 6, align="right", rank=1),
        Column("command", "command", 10, rank=2, flex=1, most=20),
        Column("memory", "memory", 7, align="right", rank=3),
        Column("user", "user", 8, rank=4, flex=1, most=16),
        Column("db", "db", 3, align="right", rank=5),
        Column("id", "id", 7, align="right", rank=6),
    )

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        """`412 clients  2 slow  list 3s old`."""
        listed = _list(sighting)
        if listed is None:
            return ()
        word = "client" if listed.total == 1 else "clients"
        parts: list[Line] = [(Cell(f"{figures.count(listed.total)} {word}"),)]
        if listed.total > len(listed.clients):
            parts.append((Cell(f"{len(listed.clients)} shown", "dim"),))
        slow = sum((client.output_bytes or 0) >= SLOW_FROM_BYTES for client in listed.clients)
        if slow:
            parts.append((Cell(f"{slow} slow", "warn"),))
        if listed.age_s >= OLD_FROM_S:
            parts.append((Cell(f"list {figures.age(listed.age_s)} old", "dim"),))
        return join(parts)

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        """Memory against its limit, then who has the most connections."""
        data, listed = data_of(sighting), _list(sighting)
        if data is None:
            return ()
        used = memory(glance, data, width)
        if low:
            return (used,)
        connected = f"{figures.count(data.clients.connected)} of {figures.count(data.clients.max)}"
        parts: list[Line] = [
            labelled("connected", connected),
            labelled("blocked", figures.count(data.clients.blocked)),
        ]
        if listed is not None and listed.holders:
            most = ", ".join(f"{figures.count(one.count)} {one.name}" for one in listed.holders)
            parts.append(labelled("most from", most))
        return (used, join(parts))

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """One row a client, in the order of the source: who takes no answers first, then the longest idle."""
        listed = _list(sighting)
        return [_row(client) for client in listed.clients] if listed is not None else ()

    def subject(self, row: Row) -> str:
        """A client is known by its id and its address."""
        return row.key

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """Why there is none."""
        if data_of(sighting) is None:
            return ""
        gap = next((gap for gap in sighting.gaps if gap.part == CLIENTS_PART), None)
        if gap is not None:
            return f"unknown: {gap.problem.message} (g tells more)"
        return "no client but triage" if _list(sighting) is not None else "read with the next look"

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """One client with all that the server tells of it."""
        listed = _list(sighting)
        client = next((one for one in listed.clients if one.subject == key), None) if listed else None
        if client is None:
            return ()
        known = [
            ("address", client.address or figures.UNKNOWN),
            ("id", str(client.id)),
            ("name", client.name or figures.ABSENT),
            ("user", client.user or figures.UNKNOWN),
            ("library", client.library or figures.UNKNOWN),
            ("state", ", ".join(client.flags) or "ordinary"),
            ("connected", f"{figures.age(client.age_s)} ago"),
            ("idle", figures.duration(client.idle_s)),
            ("last command", client.command or figures.UNKNOWN),
            ("database", figures.count(client.database)),
            ("output", figures.size(client.output_bytes)),
            ("unread query", figures.size(client.query_bytes)),
            ("memory", figures.size(client.memory_bytes)),
            ("channels", figures.count(client.channels)),
        ]
        if client.queued is not None:
            known.append(("in its MULTI", figures.count(client.queued)))
        return known


def _list(sighting: Sighting) -> ClientList | None:
    data = data_of(sighting)
    return data.client_list if data is not None else None


_STATES: tuple[tuple[str, str, Tone], ...] = (
    ("closing", "… closing", "dim"),
    ("monitor", "▲ monitor", "warn"),
    ("master", "● master", "text"),
    ("replica", "● replica", "text"),
    ("transaction", "● in MULTI", "text"),
    ("blocked", "◌ blocked", "text"),
    ("pubsub", "● listens", "text"),
)
"""Flag → symbol and word. The first that a client has counts. A MONITOR takes most of a server's throughput; one that
is blocked is a worker that waits for work."""


def _state(client: Client) -> tuple[str, Tone]:
    for flag, shown, tone in _STATES:
        if flag in client.flags:
            return shown, tone
    if client.idle_s is None:
        return figures.UNKNOWN, "dim"
    return ("○ idle", "dim") if client.idle_s >= IDLE_FROM_S else ("● active", "text")


def _output_tone(output: int | None) -> Tone:
    if not output:
        return "dim"
    return "bad" if output >= DROPPED_FROM_BYTES else "warn" if output >= SLOW_FROM_BYTES else "text"


def _row(client: Client) -> Row:
    state, tone = _state(client)
    return Row(
        key=client.subject,
        cells={
            "name": Cell(client.name or figures.ABSENT, "text" if client.name else "dim"),
            "address": Cell(client.address or figures.UNKNOWN),
            "state": Cell(state, tone),
            "output": Cell(figures.size(client.output_bytes), _output_tone(client.output_bytes)),
            "idle": Cell(figures.elapsed(client.idle_s)),
            "age": Cell(figures.elapsed(client.age_s), "dim"),
            "command": Cell(client.command or figures.UNKNOWN),
            "memory": Cell(figures.size(client.memory_bytes), "dim"),
            "user": Cell(client.user or figures.UNKNOWN, "dim"),
            "db": Cell(figures.UNKNOWN if client.database is None else str(client.database), "dim"),
            "id": Cell(str(client.id), "dim"),
        },
        sort={
            "name": client.name,
            "address": client.address,
            "state": state,
            "output": client.output_bytes,
            "idle": client.idle_s,
            "age": client.age_s,
            "command": client.command,
            "memory": client.memory_bytes,
            "user": client.user,
            "db": client.database,
            "id": client.id,
        },
        words=" ".join(
            [client.name or "", client.address, state, client.user or "", client.command or "", *client.flags]
        ).lower(),
    )
