"""What a process takes, as the kernel counts it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Vital(Struct, frozen=True):
    """One process at one instant.

    at_s         since the start of the soak
    uss_bytes    memory that only this process has; pss_bytes: with its share of what it shares
    cpu_s        of all its threads since its start
    connections  that servers have from it
    """

    at_s: float
    uss_bytes: int
    pss_bytes: int
    descriptors: int
    threads: int
    cpu_s: float
    connections: int


def vital(pid: int, at_s: float, connections: int) -> Vital:
    """Read /proc. Raises OSError where the process has ended."""
    process = Path(f"/proc/{pid}")
    memory = (process / "smaps_rollup").read_text()
    after_name = (process / "stat").read_text().rpartition(")")[2].split()
    return Vital(
        at_s=at_s,
        uss_bytes=_kilobytes(memory, "Private_Clean") + _kilobytes(memory, "Private_Dirty"),
        pss_bytes=_kilobytes(memory, "Pss"),
        descriptors=len(list((process / "fd").iterdir())),
        threads=int(after_name[17]),
        cpu_s=(int(after_name[11]) + int(after_name[12])) / _TICKS_PER_S,
        connections=connections,
    )


def _kilobytes(memory: str, name: str) -> int:
    found = re.search(rf"^{name}: +(\d+) kB$", memory, re.MULTILINE)
    assert found is not None, f"{name} is not in {memory}"
    return 1024 * int(found[1])
