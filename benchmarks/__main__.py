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
from benchmarks.stage import LARGE, SMALL, Size, Stage, stage
from benchmarks.terminal import Terminal, Usage

HERE = Path(__file__).parent
OWN = Path(sys.executable).parent
STARTS = 5
KEYS = 40
START_WITHIN_S = 60.0
SETTLE_S = 6.0
TURNS = 2
"""Windows of each tool, taken in turn, where a server's wall time is told; the calmer one counts."""

Rows = list[tuple[str, ...]]


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
    if "start" in only:
        _table(
            "First useful paint (median of five starts, seconds)",
            ("program", "seconds", "against bare Textual"),
            _starts(peers),
        )
    for name, size in (("small", SMALL), ("large", LARGE)):
        if name in only:
            print(f"preparing the {name} stage", file=sys.stderr)
            with stage(size) as built:
                _scenario(built, size, peers, arguments.seconds)
    return 0


def _starts(peers: Peers) -> Rows:
    host_only = HERE / "host.toml"
    commands: dict[str, tuple[list[str] | None, str]] = {
        "bare Textual app": ([sys.executable, str(HERE / "bare.py")], "bare ready"),
        "triage (first paint)": ([str(OWN / "triage"), "--config", str(host_only)], "Containers"),
        "triage (host figures)": ([str(OWN / "triage"), "--config", str(host_only)], r"load \d"),
        "glances": (_command(peers, "glances", "--disable-check-update", "-t", "2"), "(?i)load"),
    }
    rows: Rows = []
    bare = 0.0
    for name, (command, ready) in commands.items():
        if command is None:
            rows.append((name, "not installed", ""))
            continue
        seconds = statistics.median(_start(command, ready) for _ in range(STARTS))
        bare = bare or seconds
        rows.append((name, f"{seconds:.2f}", f"{seconds / bare:.2f} x"))
    return rows


def _start(command: list[str], ready: str) -> float:
    with Terminal(command) as terminal:
        return terminal.until(ready, START_WITHIN_S)


def _command(peers: Peers, name: str, *arguments: str) -> list[str] | None:
    program = peers.path(name)
    return [program, *arguments] if program is not None else None


def _scenario(built: Stage, size: Size, peers: Peers, seconds: float) -> None:
    title = (
        f"{size.containers if built.docker else 0} containers,"
        f" {size.sessions} PostgreSQL sessions ({size.waiting} wait), {size.queues} queues, {size.keys:,} keys"
    )
    everything = built.configuration("docker", "postgres", "redis", "host")
    triage = str(OWN / "triage")
    programs: dict[str, tuple[list[str] | None, str]] = {
        "triage (all panes)": ([triage, "--config", str(everything)], r"blocks|block "),
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
    rows: Rows = []
    for name, (command, ready) in programs.items():
        if command is None:
            rows.append((name, "not installed", "", "", ""))
            continue
        with Terminal(command) as terminal:
            first = terminal.until(ready, START_WITHIN_S)
            terminal.idle(SETTLE_S)
            used: Usage = terminal.steady(seconds)
        rows.append(
            (
                name,
                f"{first:.2f}",
                f"{used.cpu_percent:.1f}",
                f"{used.bytes_per_s:,.0f}",
                f"{used.memory_mib:.0f}",
            )
        )
    _table(title, ("program", "first figures s", "CPU %", "bytes/s", "PSS MiB"), rows)
    _table(
        "Key to paint while everything is busy (ms)",
        ("median", "95th percentile", "worst"),
        [_keys(triage, everything, built.docker is not None)],
    )
    _table("Cost to the servers", ("server", "triage", "peer"), _costs(built, peers, triage, seconds))


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


def _costs(built: Stage, peers: Peers, triage: str, seconds: float) -> Rows:
    rows: Rows = []
    database = [triage, "--config", str(built.configuration("postgres"))]
    command = _command(peers, "pg_activity", "--refresh", "2", built.url_for("peer"))
    ours, spent = [], []
    for _ in range(TURNS):
        ours.append(postgres_ms_per_s(built, "triage", _watching(database, r"blocks|block ", seconds)))
        if command is not None:
            spent.append(postgres_ms_per_s(built, "peer", _watching(command, "RUNNING QUERIES", seconds)))
    theirs = f"{min(spent):.2f} pg_activity" if spent else "pg_activity is not installed"
    rows.append(("PostgreSQL, ms of execution per second", f"{min(ours):.2f}", theirs))
    broker = redis_cost(
        built, _watching([triage, "--config", str(built.configuration("redis"))], "queues", seconds)
    )
    rows.append(
        (
            "Redis, ms of execution per second",
            f"{broker.ms_per_s:.2f} ({broker.commands_per_s:.0f} commands/s)",
            "",
        )
    )
    rows.append(
        (
            "Redis, single command, ms: 99 % below, slowest",
            f"{broker.p99_ms:.2f}, {broker.slowest_ms:.2f}",
            "",
        )
    )
    if built.docker is not None:
        rows += _docker_costs(built, triage, seconds)
    return rows


def _docker_costs(built: Stage, triage: str, seconds: float) -> Rows:
    assert built.docker is not None
    idle = docker_cost(built, _waiting(seconds))
    looking = [triage, "--config", str(built.configuration("docker"))]
    ours = docker_cost(built, _watching(looking, r"\d+ running", seconds))
    stats = ["docker", "-H", f"unix://{built.docker.socket}", "stats"]
    theirs = docker_cost(built, _watching(stats, r"service-\d+", seconds))
    oldest = oldest_usage_s(built, seconds)
    return [
        (
            "Docker daemon and shims, CPU %",
            f"{ours.daemon_percent:.1f} (idle {idle.daemon_percent:.1f})",
            f"{theirs.daemon_percent:.1f} docker stats",
        ),
        (
            "the tool and the Docker daemon, CPU %",
            f"{ours.tool_percent + ours.daemon_percent:.1f}",
            f"{theirs.tool_percent + theirs.daemon_percent:.1f} docker stats",
        ),
        ("oldest usage of any container, s", "unknown" if oldest is None else f"{oldest:.1f}", ""),
    ]


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


def _table(title: str, head: tuple[str, ...], rows: Rows) -> None:
    print(f"\n**{title}**\n")
    print(f"| {' | '.join(head)} |")
    print(f"|{'|'.join('---' for _ in head)}|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
