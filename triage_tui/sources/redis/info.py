"""INFO: parsed without trust, and turned into the parts of the model."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.model.redis import Clients, Memory, Persistence, Replication
from triage_tui.text import safe
from triage_tui.text.sanitise import decode

MAX_INFO_BYTES = 1_000_000
"""INFO of a server with hundreds of replicas, modules and databases stays far below."""

_NAME_LIMIT = 80

_COUNTING_ENDED = ("errorstat_ERRORSTATS_OVERFLOW", "errorstat_ERRORSTATS_DISABLED")
"""What a server from 7.2 on says instead of counting more than 128 kinds of errors, which scripts can make up."""


class Info(Mapping[str, str]):
    """Fields of INFO by name, as text. Whoever reads a number says what is unknown by None."""

    def __init__(self, fields: Mapping[str, str], sections: frozenset[str] = frozenset()) -> None:
        self._fields = fields
        self.sections = sections
        """Names of the parts that the server sent, in lower case: some have no field where there is nothing to tell."""

    @classmethod
    def parse(cls, text: bytes | str | None) -> Info:
        """Parse `name:value` lines. Never raises; what is no such line is left out."""
        fields: dict[str, str] = {}
        sections: set[str] = set()
        for line in decode(text)[:MAX_INFO_BYTES].split("\n"):
            if line.startswith("# "):
                sections.add(line[2:].strip().lower())
            name, colon, value = line.rstrip("\r").partition(":")
            if colon and name and not name.startswith("#"):
                fields.setdefault(name, value)
        return cls(fields, frozenset(sections))

    def __getitem__(self, name: str) -> str:
        return self._fields[name]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def whole(self, name: str) -> int | None:
        """A whole number; None where the field is missing or is none."""
        value = self._fields.get(name, "")
        # int() would take other scripts' digits, underscores, and strings of any length.
        if not value.isascii() or len(value) > 20 or not value.removeprefix("-").isdigit():
            return None
        return int(value)

    def number(self, name: str) -> float | None:
        """A decimal number; None where the field is missing or is none."""
        value = self._fields.get(name, "")
        digits = value.removeprefix("-").replace(".", "", 1)
        if not value.isascii() or len(value) > 30 or not digits.isdigit():
            return None
        return float(value)

    def flag(self, name: str) -> bool | None:
        """0 or 1; None where the field is missing or is neither."""
        return {"0": False, "1": True}.get(self._fields.get(name, ""))

    def ok(self, name: str) -> bool | None:
        """`ok` or `err`; None where the field is missing."""
        value = self._fields.get(name)
        return None if value is None else value == "ok"

    def word(self, name: str) -> str | None:
        """Text fit for showing; None where the field is missing or empty."""
        return safe(self._fields.get(name), limit=_NAME_LIMIT) or None


def version(info: Info) -> str:
    """`8.2.3`, `valkey 8.0.1`; `unknown` where the server does not say."""
    forked = info.word("valkey_version")
    if forked is not None:
        return f"valkey {forked}"
    return info.word("redis_version") or "unknown"


def role(info: Info) -> str | None:
    """master, slave or sentinel."""
    return "sentinel" if info.get("redis_mode") == "sentinel" else info.word("role")


def memory(info: Info) -> Memory:
    """mem_fragmentation_ratio is the server's own: resident memory over used memory."""
    return Memory(
        used_bytes=info.whole("used_memory"),
        peak_bytes=info.whole("used_memory_peak"),
        rss_bytes=info.whole("used_memory_rss"),
        max_bytes=info.whole("maxmemory") or None,
        fragmentation=info.number("mem_fragmentation_ratio"),
        policy=info.word("maxmemory_policy"),
    )


def refused_writes(info: Info) -> int | None:
    """Commands refused with OOM since the server started, or since its statistics were reset.

    None where it does not count errors by kind: before 6.2, and where it has stopped since there were too many kinds.
    """
    if "errorstats" not in info.sections or any(name in info for name in _COUNTING_ENDED):
        return None
    said = info.get("errorstat_OOM")
    if said is None:
        return 0
    count = said.removeprefix("count=")
    return int(count) if count != said and count.isascii() and count.isdigit() and len(count) <= 20 else None


def clients(info: Info) -> Clients:
    """Connections; `blocked` are those in a blocking command, idle queue workers among them."""
    return Clients(
        connected=info.whole("connected_clients"),
        blocked=info.whole("blocked_clients"),
        max=info.whole("maxclients"),
    )


def persistence(info: Info, now: float | None) -> Persistence:
    """now: Unix time by the server's clock, for the age of the last save; None where it is unknown."""
    aof = info.flag("aof_enabled")
    aof_results = [info.ok("aof_last_write_status"), info.ok("aof_last_bgrewrite_status")]
    known = [result for result in aof_results if result is not None]
    saved_at = info.whole("rdb_last_save_time")
    loading = info.flag("loading")
    return Persistence(
        loading=loading,
        loading_percent=info.number("loading_loaded_perc") if loading else None,
        loading_eta_s=info.number("loading_eta_seconds") if loading else None,
        rdb_last_ok=info.ok("rdb_last_bgsave_status"),
        rdb_in_progress=info.flag("rdb_bgsave_in_progress"),
        changes_since_save=info.whole("rdb_changes_since_last_save"),
        last_save_age_s=max(0.0, now - saved_at) if now is not None and saved_at else None,
        aof_enabled=aof,
        aof_last_ok=all(known) if aof and known else None,
    )


def replication(info: Info) -> Replication:
    """lag_s: seconds since the master was last heard; while the link is down, since it went down."""
    role_ = role(info)
    if role_ != "slave":
        return Replication(role=role_, replicas=info.whole("connected_slaves"))
    up = info.get("master_link_status")
    host, port = info.word("master_host"), info.word("master_port")
    heard = info.whole("master_last_io_seconds_ago")
    down_for = info.whole("master_link_down_since_seconds")
    lag = heard if up == "up" else down_for
    return Replication(
        role=role_,
        master=f"{host}:{port}" if host and port else None,
        link_up=None if up is None else up == "up",
        lag_s=float(lag) if lag is not None and lag >= 0 else None,
        replicas=info.whole("connected_slaves"),
    )


def keys(info: Info) -> dict[int, int] | None:
    """Number of keys by database; None where INFO has no keyspace section (a Sentinel)."""
    if role(info) == "sentinel" or not info:
        return None
    found: dict[int, int] = {}
    for name, value in info.items():
        digits = name.removeprefix("db")
        if name.startswith("db") and digits.isascii() and digits.isdigit() and len(digits) < 6:
            fields = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
            count = fields.get("keys", "")
            if count.isascii() and count.isdigit() and len(count) < 20:
                found[int(digits)] = int(count)
    return found


def server_time(info: Info) -> float | None:
    """Unix time by the server's clock. Jobs' ages are computed from it: this machine's clock may be wrong."""
    micros = info.whole("server_time_usec")
    return micros / 1e6 if micros is not None else None
