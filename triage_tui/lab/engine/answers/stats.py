"""What a container uses, in the shape that Docker sends where the host has cgroup v2.

Networks are left out, as for containers on the host's network: this machine's interfaces are nobody's own.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import psutil

from triage_tui.lab.engine.answers.words import NEVER, moment
from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.usage import Usage, host_cpu_ns

_NO_LIMIT = (1 << 64) - 1
_NO_CPU: dict[str, Any] = {
    "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
    "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
}
_MEMORY_FIELDS = (
    "active_anon", "active_file", "anon", "anon_thp", "file", "file_dirty", "file_mapped", "file_writeback",
    "inactive_anon", "inactive_file", "kernel_stack", "pgactivate", "pgdeactivate", "pgfault", "pglazyfree",
    "pglazyfreed", "pgmajfault", "pgrefill", "pgscan", "pgsteal", "shmem", "slab", "slab_reclaimable",
    "slab_unreclaimable", "sock", "thp_collapse_alloc", "thp_fault_alloc", "unevictable", "workingset_activate",
    "workingset_nodereclaim", "workingset_refault",
)  # fmt: skip

Frame = dict[str, Any]


def frame_of(container: Container, before: Frame | None = None) -> Frame:
    """One answer of `/containers/{id}/stats`; zeros where it does not run.

    before: the one that was sent last, whose CPU figures go into this one
    """
    usage = container.run.usage() if container.run is not None else None
    before_cpu = before["cpu_stats"] if before is not None else _NO_CPU
    return {
        "read": moment(time.time_ns()) if usage is not None else NEVER,
        "preread": before["read"] if before is not None else NEVER,
        "pids_stats": {"current": usage.threads, "limit": _NO_LIMIT} if usage is not None else {},
        "blkio_stats": {
            "io_service_bytes_recursive": _moved(usage),
            "io_serviced_recursive": None,
            "io_queue_recursive": None,
            "io_service_time_recursive": None,
            "io_wait_time_recursive": None,
            "io_merged_recursive": None,
            "io_time_recursive": None,
            "sectors_recursive": None,
        },
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": _cpu(usage) if usage is not None else _NO_CPU,
        "precpu_stats": before_cpu,
        "memory_stats": _memory(usage, container.spec.memory_limit_bytes) if usage is not None else {},
        "name": f"/{container.name}",
        "id": container.id,
    }


def _cpu(usage: Usage) -> dict[str, Any]:
    return {
        "cpu_usage": {
            "total_usage": usage.user_ns + usage.system_ns,
            "usage_in_kernelmode": usage.system_ns,
            "usage_in_usermode": usage.user_ns,
        },
        "system_cpu_usage": host_cpu_ns(),
        "online_cpus": psutil.cpu_count() or 1,
        "throttling_data": _NO_CPU["throttling_data"],
    }


def _memory(usage: Usage, limit: int | None) -> dict[str, Any]:
    own = usage.memory_bytes - usage.file_bytes
    known = {
        "anon": own,
        "inactive_anon": own,
        "file": usage.file_bytes,
        "file_mapped": usage.file_bytes,
        "active_file": usage.file_bytes,
    }
    return {
        "usage": usage.memory_bytes,
        "stats": {name: known.get(name, 0) for name in _MEMORY_FIELDS},
        "limit": limit or memory_total(),
    }


def _moved(usage: Usage | None) -> list[dict[str, Any]] | None:
    if usage is None or usage.read_bytes is None:
        return None
    moved = (("read", usage.read_bytes), ("write", usage.write_bytes or 0))
    return [{"major": 8, "minor": 0, "op": op, "value": value} for op, value in moved]


@cache
def memory_total() -> int:
    """Bytes of memory that this machine has."""
    return int(psutil.virtual_memory().total)
