"""File systems: the formula of `df`, and one that hangs."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from triage_tui.model import ProblemKind
from triage_tui.sources.host import disks
from triage_tui.sources.host.disks import Mount, RemoteDisks, disk, local_disks, mounts


def test_the_root_is_always_there_and_each_device_once() -> None:
    """Also in a container, where it is an overlay."""
    found = mounts()
    assert "/" in [mount.path for mount in found]
    devices = [mount.device for mount in found if mount.device not in ("", "none", "overlay")]
    assert len(devices) == len(set(devices))


@pytest.mark.skipif(shutil.which("df") is None, reason="no df to compare with")
def test_usage_is_what_df_shows() -> None:
    """Percent is rounded up by df; free is what ordinary users may take."""
    line = subprocess.run(
        ["df", "-P", "-B1", "/"], capture_output=True, text=True, check=True, timeout=10
    ).stdout.splitlines()[-1]
    _device, total, _used, free, percent, _mount = line.split(maxsplit=5)
    (root,) = [one for one in local_disks(mounts()) if one.mount == "/"]
    assert root.total_bytes == int(total)
    assert root.free_bytes == pytest.approx(int(free), rel=0.02)
    assert root.percent == pytest.approx(int(percent.rstrip("%")), abs=1.5)


def test_a_file_system_without_blocks_is_none(tmp_path: Path) -> None:
    """/proc and its kind have nothing that fills."""
    assert disk(Mount("/proc", "proc", "proc"), os.statvfs("/proc")) is None
    real = disk(Mount(str(tmp_path), "dev", "ext4"), os.statvfs(tmp_path))
    assert real is not None
    assert 0 <= real.percent <= 100


async def test_a_mount_that_hangs_keeps_one_thread_and_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As statfs(2) on a file system whose server is gone: it never returns, and cannot be interrupted."""
    released, calls = threading.Event(), 0
    real = os.statvfs

    def hanging(path: str) -> os.statvfs_result:
        nonlocal calls
        if path == "/mnt/gone":
            calls += 1
            released.wait(30)
        return real("/")

    monkeypatch.setattr(disks.os, "statvfs", hanging)
    monkeypatch.setattr(disks, "REMOTE_ANSWERS_WITHIN_S", 0.05)
    remote = RemoteDisks()
    found = [Mount("/mnt/gone", "nas:/gone", "nfs4"), Mount("/mnt/here", "nas:/here", "nfs4")]
    before = threading.active_count()
    try:
        for _ in range(20):
            answered, gaps = await remote.read(found)
            assert [one.mount for one in answered] == ["/mnt/here"]
            assert [gap.part for gap in gaps] == ["disks./mnt/gone"]
            assert gaps[0].problem.kind is ProblemKind.TIMEOUT
            assert "nas:/gone" in gaps[0].problem.next_step
        assert calls == 1
        assert threading.active_count() <= before + 2
    finally:
        released.set()
        remote.close()
    await asyncio.sleep(0)
