"""`python -m benchmarks`: everything in one run, one table on standard output.

Figures of one run can be compared with each other, not with those of another machine or another day.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.cost import docker_cost, oldest_usage_s, postgres_ms_per_s, redis_cost
from benchmarks.sheet import Sheet
from benchmarks.stage import LARGE, SMALL, Stage, stage
from benchmarks.terminal import Terminal, Usage

HERE = Path(__file__).parent
OWN = Path(sys.executable).parent
STARTS = 7
KEYS = 40
START_WITHIN_S = 60.0
SETTLE_S = 6.0

START = "start"
FIRST_PAINT = "first useful paint"
TURNS = 2
"""Windows of each tool, taken in turn, where a server's wall time is told; the calmer one counts."""


class Peers:
    """Where the other tools are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> str | None:
        """The program, or None where it is not installed."""
        program = self._folder / name
        return str(program) if program.exists() else None


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="length of each steady window (20)")
    parser.add_argument(
        "--peers", type=Path, default=HERE.parent / ".bench" / "bin", help="where glances and others are"
    )
    parser.add_argument(
        "--only", choices=["start", "small", "large"], action="append", help="parts to run; repeatable"
    )
    arguments = parser.parse_args()
    peers = Peers(arguments.peers)
    only = arguments.only or ["start", "small", "large"]
    sheet = Sheet()
    if "start" in only:
        _say("starts")
        _starts(sheet, peers)
    for name, size in (("small", SMALL), ("large", LARGE)):
        if name in only:
            _say(f"preparing the {name} stage")
            with stage(size) as built:
                _scenario(sheet, name, built, peers, arguments.seconds)
    print(sheet.markdown())
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _starts(sheet: Sheet, peers: Peers) -> None:
    host_only = HERE / "host.toml"
    triage = [str(OWN / "triage"), "--config", str(host_only)]
    commands: dict[str, tuple[list[str] | None, str]] = {
        "bare Textual app": ([sys.executable, str(HERE / "bare.py")], "bare ready"),
        "triage": (triage, "Containers"),
        "triage, with this host's figures": (triage, r"load \d"),
        "glances": (_command(peers, "glances", "--disable-check-update", "-t", "2"), "(?i)load"),
    }
    # In turn, since a machine is not as fast in one minute as in the next.
    taken: dict[str, list[tuple[float, float]]] = {}
    for _ in range(STARTS):
        for name, (command, ready) in commands.items():
            if command is not None:
                taken.setdefault(name, []).append(_start(command, ready))
    bare = [statistics.median(each) for each in zip(*taken["bare Textual app"], strict=True)]
    for name in commands:
        for at, measure in enumerate((FIRST_PAINT, f"CPU to the {FIRST_PAINT}")):
            if name in taken:
                median = statistics.median(each[at] for each in taken[name])
                sheet.add(measure, name, START, f"{median:.2f} s, {median / bare[at]:.2f} × bare")
            else:
                sheet.add(measure, name, START, "not installed")


def _start(command: list[str], ready: str) -> tuple[float, float]:
    """Seconds, and CPU seconds."""
    with Terminal(command) as terminal:
        return terminal.until(ready, START_WITHIN_S), terminal.cpu_s()


def _command(peers: Peers, name: str, *arguments: str) -> list[str] | None:
    program = peers.path(name)
    return [program, *arguments] if program is not None else None


def _scenario(sheet: Sheet, name: str, built: Stage, peers: Peers, seconds: float) -> None:
    everything = built.configuration("docker", "postgres", "redis", "host")
    triage = str(OWN / "triage")
    programs: dict[str, tuple[list[str] | None, str]] = {
        "triage, all panes": ([triage, "--config", str(everything)], r"blocks|block "),
        "glances": (_command(peers, "glances", "--disable-check-update", "-t", "2"), "(?i)load"),
        "pg_activity": (
            _command(peers, "pg_activity", "--refresh", "2", built.url_for("peer")),
            "RUNNING QUERIES",
        ),
    }
    if built.docker is not None:
        programs["docker stats"] = (
            ["docker", "-H", f"unix://{built.docker.socket}", "stats"],
            r"service-\d+",
        )
    for program, (command, ready) in programs.items():
        if command is None:
            sheet.add("seconds to first figures", program, name, "not installed")
            continue
        with Terminal(command) as terminal:
            first = terminal.until(ready, START_WITHIN_S)
            terminal.idle(SETTLE_S)
            used: Usage = terminal.steady(seconds)
        sheet.add("seconds to first figures", program, name, f"{first:.2f}")
        sheet.add("CPU, % of a core", program, name, f"{used.cpu_percent:.1f}")
        sheet.add("bytes to the terminal a second", program, name, f"{used.bytes_per_s:,.0f}")
        sheet.add("memory (PSS), MiB", program, name, f"{used.memory_mib:.0f}")
    median, most, worst = _keys(triage, everything, built.docker is not None)
    sheet.add("key to paint: median, 95 % below, worst, ms", "triage", name, f"{median}, {most}, {worst}")
    _costs(sheet, name, built, peers, seconds)


def _keys(triage: str, configuration: Path, containers: bool) -> tuple[str, ...]:
    with Terminal([triage, "--config", str(configuration)]) as terminal:
        terminal.until(r"blocks|block ", START_WITHIN_S)
        terminal.idle(SETTLE_S)
        if not containers:
            # The selection is looked for at the left edge: PostgreSQL alone.
            terminal.type("3")
            terminal.idle(1)
        times = []
        for number in range(KEYS):
            times.append(terminal.reaction_ms("j" if number % 8 < 4 else "k"))
            terminal.idle(0.25)
    times.sort()
    return (f"{statistics.median(times):.0f}", f"{times[int(len(times) * 0.95) - 1]:.0f}", f"{times[-1]:.0f}")


def _costs(sheet: Sheet, name: str, built: Stage, peers: Peers, seconds: float) -> None:
    triage = str(OWN / "triage")
    database = [triage, "--config", str(built.configuration("postgres"))]
    command = _command(peers, "pg_activity", "--refresh", "2", built.url_for("peer"))
    ours, theirs = [], []
    for _ in range(TURNS):
        ours.append(postgres_ms_per_s(built, "triage", _watching(database, r"blocks|block ", seconds)))
        if command is not None:
            theirs.append(postgres_ms_per_s(built, "peer", _watching(command, "RUNNING QUERIES", seconds)))
    spent = "PostgreSQL's time, ms a second"
    sheet.add(spent, "triage", name, f"{min(ours):.2f}")
    sheet.add(spent, "pg_activity", name, f"{min(theirs):.2f}" if theirs else "not installed")
    broker = redis_cost(
        built, _watching([triage, "--config", str(built.configuration("redis"))], "queues", seconds)
    )
    sheet.add(
        "Redis' time, ms a second",
        "triage",
        name,
        f"{broker.ms_per_s:.2f} ({broker.commands_per_s:.0f} commands)",
    )
    sheet.add(
        "a Redis command: 99 % below, slowest, ms",
        "triage",
        name,
        f"{broker.p99_ms:.2f}, {broker.slowest_ms:.2f}",
    )
    if built.docker is not None:
        _docker_costs(sheet, name, built, seconds)


def _docker_costs(sheet: Sheet, name: str, built: Stage, seconds: float) -> None:
    assert built.docker is not None
    idle = docker_cost(built, _waiting(seconds))
    looking = [str(OWN / "triage"), "--config", str(built.configuration("docker"))]
    ours = docker_cost(built, _watching(looking, r"\d+ running", seconds))
    stats = ["docker", "-H", f"unix://{built.docker.socket}", "stats"]
    theirs = docker_cost(built, _watching(stats, r"service-\d+", seconds))
    oldest = oldest_usage_s(built, seconds)
    daemon = "the Docker daemon's CPU, %"
    sheet.add(daemon, "nobody", name, f"{idle.daemon_percent:.1f}")
    together = "the tool's CPU and the Docker daemon's, %"
    for program, cost in (("triage", ours), ("docker stats", theirs)):
        sheet.add(daemon, program, name, f"{cost.daemon_percent:.1f}")
        sheet.add(together, program, name, f"{cost.tool_percent + cost.daemon_percent:.1f}")
    sheet.add(
        "oldest usage of any container, s", "triage", name, "unknown" if oldest is None else f"{oldest:.1f}"
    )


def _watching(command: list[str], ready: str, seconds: float) -> Callable[[], float]:
    """Runs a tool from start to end; gives the CPU seconds that it used."""

    def watch() -> float:
        with Terminal(command) as terminal:
            terminal.until(ready, START_WITHIN_S)
            terminal.idle(seconds)
            return terminal.cpu_s()

    return watch


def _waiting(seconds: float) -> Callable[[], float]:
    def watch() -> float:
        time.sleep(seconds)
        return 0.0

    return watch


if __name__ == "__main__":
    sys.exit(main())
