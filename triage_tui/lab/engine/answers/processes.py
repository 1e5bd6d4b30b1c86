"""The processes of a container, as `docker top` shows them."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import psutil

from triage_tui.lab.engine.errors import EngineError

_TITLES = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
_DAY_S = 24 * 3600


def the_lines_of(printed: str, processes: Collection[psutil.Process]) -> dict[str, Any]:
    """Of what ps prints, the lines about these. Raises EngineError where they cannot be told.

    The last column takes the rest of the line, with one space between its words. Source: moby `daemon/top_unix.go`.
    """
    lines = printed.splitlines()
    titles = lines[0].split() if lines else []
    if "PID" not in titles:
        raise EngineError("Couldn't find PID field in ps output")
    place, last = titles.index("PID"), len(titles) - 1
    wanted = {str(process.pid) for process in processes}
    table = []
    for line in lines[1:]:
        words = line.split()
        if len(words) > place and words[place] in wanted:
            table.append([*words[:last], " ".join(words[last:])])
    return {"Processes": table, "Titles": titles}


def table_of(processes: Sequence[psutil.Process]) -> dict[str, Any]:
    """The same as `ps -ef` has it, for machines without ps."""
    return {"Processes": [row for process in processes if (row := _row(process))], "Titles": _TITLES}


def _row(process: psutil.Process) -> list[str]:
    try:
        with process.oneshot():
            started, cpu = process.create_time(), process.cpu_times()
            age = max(time.time() - started, 1.0)
            used = int(cpu.user + cpu.system)
            born = datetime.fromtimestamp(started).astimezone()
            return [
                process.username(),
                str(process.pid),
                str(process.ppid()),
                str(int((cpu.user + cpu.system) / age * 100)),
                f"{born:%H:%M}" if age < _DAY_S else f"{born:%b%d}",
                "?",
                f"{used // 3600:02d}:{used // 60 % 60:02d}:{used % 60:02d}",
                " ".join(process.cmdline()) or process.name(),
            ]
    except psutil.Error:
        return []
