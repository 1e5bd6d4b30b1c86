"""Reading a file that may be anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_bounded(path: Path, limit: int) -> tuple[os.stat_result, bytes]:
    """Status and first `limit` + 1 bytes of the file behind a path; no bytes where it is no regular file.

    Never waits: a FIFO is not waited for, a device is not read. What is judged and what is read are the same
    file, whatever happens to the name meanwhile. Raises OSError, and ValueError where the name cannot be one.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(handle)
        raw = b""
        while stat.S_ISREG(status.st_mode) and len(raw) <= limit:
            part = os.read(handle, limit + 1 - len(raw))
            if not part:
                break
            raw += part
        return status, raw
    finally:
        os.close(handle)
