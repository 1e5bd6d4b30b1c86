"""What listens on this machine, without connecting to anything: Linux's /proc."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_LISTEN = "0A"
_ANY_OR_LOOPBACK = frozenset(
    {
        "00000000",
        "0100007F",
        "7F000001",
        "00000000000000000000000000000000",
        "00000000000000000000000001000000",
        "00000000000000000000000000000001",
        "0000000000000000FFFF00000100007F",
        "00000000000000000000FFFF7F000001",
    }
)
"""0.0.0.0, 127.0.0.1, ::, ::1 and ::ffff:127.0.0.1 as /proc/net has them: 32-bit words in the machine's byte order."""

_CONTAINED = re.compile(r"docker|libpod|containerd|crio|kubepods|lxc|garden")
MAX_PROCESSES = 20_000
"""Entries of /proc that are looked at; a machine with more has worse problems than an unnoticed Redis."""


def listens(port: int, proc: Path = Path("/proc")) -> bool:
    """Something on this machine accepts TCP connections to a port on the loopback address."""
    return any(port == found for table in ("tcp", "tcp6") for found in _ports(proc / "net" / table))


def runs_outside_containers(commands: frozenset[str], proc: Path = Path("/proc")) -> bool:
    """A process with one of these names runs on the machine itself rather than in a container."""
    try:
        entries = [entry for entry in islice(proc.iterdir(), MAX_PROCESSES) if entry.name.isdecimal()]
    except OSError:
        return False
    for entry in entries:
        try:
            if (entry / "comm").read_text(errors="replace").strip() in commands:
                groups = (entry / "cgroup").read_text(errors="replace")
                if _CONTAINED.search(groups) is None:
                    return True
        except OSError:
            # Processes end while they are looked at.
            continue
    return False


def _ports(table: Path) -> Iterator[int]:
    """Ports that are listened on. The kernel lists those first, so the thousands of connections are not read."""
    try:
        with table.open(encoding="ascii", errors="replace") as lines:
            next(lines, None)
            for line in lines:
                fields = line.split(maxsplit=4)
                if len(fields) < 4 or fields[3] != _LISTEN:
                    return
                address, _, port = fields[1].partition(":")
                if address in _ANY_OR_LOOPBACK:
                    yield int(port, 16)
    except (OSError, ValueError):
        return
