"""File systems that can fill up. One that does not answer must not take the others with it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import psutil
from msgspec import Struct

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.host import Disk
from triage_tui.sources.worker import StillBusyError, Worker
from triage_tui.text import safe

MOST_DISKS = 24
"""File systems that are read. A host with more is a host of bind mounts, and these are left out anyway."""

REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "lustre", "9p", "fuse.sshfs", "afs"}
)
"""File systems whose server may be gone: statfs(2) then hangs in the kernel and cannot be interrupted."""

MOST_REMOTE = 8
REMOTE_ANSWERS_WITHIN_S = 1.0

READ_ONLY_IMAGES = frozenset({"squashfs", "iso9660", "udf", "erofs"})
"""Always full by nature."""


class Mount(Struct, frozen=True):
    """A mounted file system."""

    path: str
    device: str
    fstype: str

    @property
    def remote(self) -> bool:
        """It lives on another machine."""
        return self.fstype in REMOTE


def mounts() -> tuple[Mount, ...]:
    """File systems worth reading: disks and remote ones, each device once, at its shortest path; `/` always."""
    local = {partition.mountpoint for partition in psutil.disk_partitions(all=False)}
    found: dict[str, Mount] = {}
    for partition in psutil.disk_partitions(all=True):
        mount = Mount(partition.mountpoint, partition.device, partition.fstype)
        wanted = mount.path == "/" or mount.path in local or mount.remote
        if not wanted or mount.fstype in READ_ONLY_IMAGES:
            continue
        # The same device again is a bind mount, such as the files that an engine mounts into its containers.
        key = mount.device if mount.device not in ("", "none", "overlay") else mount.path
        known = found.get(key)
        if known is None or len(mount.path) < len(known.path):
            found[key] = mount
    return tuple(sorted(found.values(), key=lambda mount: mount.path))[:MOST_DISKS]


def disk(mount: Mount, stat: os.statvfs_result) -> Disk | None:
    """What `df` shows of a file system: used against what ordinary users may fill; None where it has no blocks."""
    if not stat.f_blocks:
        return None
    used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize
    free = stat.f_bavail * stat.f_frsize
    inodes = 100.0 * (stat.f_files - stat.f_ffree) / stat.f_files if stat.f_files else None
    return Disk(
        mount=safe(mount.path, limit=120),
        device=safe(mount.device, limit=120),
        total_bytes=stat.f_blocks * stat.f_frsize,
        used_bytes=used,
        free_bytes=free,
        percent=100.0 * used / (used + free) if used + free else 100.0,
        inodes_percent=inodes,
    )


def local_disks(found: Sequence[Mount]) -> tuple[Disk, ...]:
    """The local file systems; one that vanished or may not be read is left out."""
    disks: list[Disk] = []
    for mount in found:
        if mount.remote:
            continue
        try:
            one = disk(mount, os.statvfs(mount.path))
        except OSError:
            continue
        if one is not None:
            disks.append(one)
    return tuple(disks)


class RemoteDisks:
    """Asks each remote file system on a thread of its own; one that hangs keeps that thread and is not asked again."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}

    async def read(self, found: Sequence[Mount]) -> tuple[tuple[Disk, ...], tuple[Gap, ...]]:
        """What answered in time, and a gap for each that did not."""
        remote = [mount for mount in found if mount.remote][:MOST_REMOTE]
        answers = await asyncio.gather(*(self._ask(mount) for mount in remote))
        disks = tuple(answer for answer in answers if isinstance(answer, Disk))
        gaps = tuple(answer for answer in answers if isinstance(answer, Gap))
        return disks, gaps

    async def _ask(self, mount: Mount) -> Disk | Gap | None:
        worker = self._workers.get(mount.path)
        if worker is None:
            worker = self._workers[mount.path] = Worker(f"statfs {mount.path}")
        try:
            stat = await asyncio.wait_for(worker.run(lambda: os.statvfs(mount.path)), REMOTE_ANSWERS_WITHIN_S)
        except (TimeoutError, StillBusyError):
            return _gap(
                mount,
                ProblemKind.TIMEOUT,
                f"{mount.fstype} file system at {safe(mount.path)} does not answer",
            )
        except OSError as error:
            return _gap(mount, ProblemKind.PROTOCOL, safe(str(error)))
        return disk(mount, stat)

    def close(self) -> None:
        """Let the threads end; those that hang end with the program."""
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()


def _gap(mount: Mount, kind: ProblemKind, message: str) -> Gap:
    server = safe(mount.device, limit=120)
    return Gap(
        f"disks.{safe(mount.path, limit=80)}",
        Problem(
            kind,
            message,
            f"Check that the server behind {server} is up; programs that use the mount hang as well.",
        ),
    )
