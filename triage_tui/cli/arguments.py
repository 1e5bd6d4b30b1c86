"""What can be said to `triage`."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from triage_tui.cli import act_parser, check_parser, commands, exits, guides_parser, laboratory

_EXITS = """\
exit codes:
  0  done
  1  doctor: something could not be reached, or only in part; lab: not everything is well
  2  the arguments or the configuration cannot be used, or a file could not be written
  3  snapshot, doctor: no target told anything
act: 0 done; 1 not done; 2 unusable arguments or configuration; 3 unknown; 4 a guard refused, nothing was sent
check: 0 fine; 1 warning; 2 critical; 3 it could not look, or the arguments or the configuration cannot be used
"""

_SNAPSHOT = """\
Looks at everything, twice where there is time, because rates need two looks, and prints what was seen. Ends within
ten seconds however sick a target is: one that has not answered by then is reported as `connecting`.

--json prints one line:
  {"taken_at": ISO 8601 with offset, "environment": name, "read_only": bool, "targets": [
    {"name", "kind": docker|postgres|redis|host|http|pgbouncer|files, "endpoint",
     "state": live|stale|down|denied|connecting, "age_s": seconds since data were taken, "took_s",
     "problem": null | {"kind": dns|refused|timeout|tls|auth|permission|protocol|missing, "message", "next_step"},
     "gaps": [{"part", "problem"}], parts that data lack and why,
     "data": null | object}]}
data by kind (null = unknown, never zero):
  docker    containers[]: id name image project service state health restarts exit_code oom_killed cpu_percent
            memory_bytes memory_limit_bytes network_rx_bytes network_tx_bytes block_read_bytes block_write_bytes
            pids ports started_at
            environments[]: container project service names[] fingerprints{name: keyed} flaws[]: variable kind words
            logs (null = not watched): watched unwatched lines waiting dropped skipped dropped_by{}; hits[]: container
            entry line count last_at first_age_s last_age_s; sensitive[]: container kind sample count; missing[]:
            container variable line; versions[]: container program client server
  postgres  version max_connections reserved_connections connections{state: n} sessions[]: pid backend_start user
            database application client state wait_event_type wait_event transaction_age_s query_age_s state_age_s
            blocked_by[] query; blocking[]: pid depth waits_for victims mode relation wait_s; databases[]
            replication[] statements[] migrations[]: tool database applied[] wanted[] behind[] wanted_by
  redis     version role memory{used_bytes peak_bytes rss_bytes max_bytes fragmentation policy}
            clients{connected blocked max} ops_per_s hit_ratio evicted rejected persistence{} replication{} slowlog[]
            queues[]: name system waiting in_flight delayed retry dead oldest_age_s workers growth_per_s drain_s
            client_list: null | total age_s holders[]: name count, clients[]: id address name user library age_s idle_s
            database command output_bytes memory_bytes query_bytes channels queued flags[]
  host      cpu_percent load memory disks[] network[] processes[]
  http      status latency_s tls_expires_at body_ok
  pgbouncer version pools[]: database user cl_active cl_waiting sv_active sv_idle maxwait_s mode size; linked[]: via
            client backend_pid application user database; traffic[] clients max_clients
  files     path pattern count total_bytes newest newest_at newest_age_s empty_age_s max_age_s at_least

exit codes: 0 at least one target told something; 2 unusable arguments or configuration; 3 no target told anything
"""


_LAB = """\
A real PostgreSQL, a real Redis and fourteen services, as processes of this user behind an engine that speaks Docker's
API. Nothing of it needs Docker, root or a network. One lab for each user; TMPDIR says where.

JSON:
  up      {"config": path of the triage.toml that watches it, "endpoints": {target: address}, "troubles": [..]}
  list    {"drills": [{"id", "title", "finding", "guide", "visible_within_s", "lacks": null | what is missing here}]}
  break   {"drill", "title", "seed", "finding", "guide", "visible_within_s", "age_s",
           "place": {"target", "subject", "by_hand", "fix": null | {"action", "argument"}}}
  status  {"config", "endpoints", "up_s", "pid", "containers": [{"name", "state", "health"}], "troubles",
           "broken": [as break]}
  mend    {"mended": [drill..]}      down  {"ended": whether there was one}

exit codes: 0 done; 1 up, status: not everything is well; 2 it cannot be done
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints name what was probably meant."""

    def __init__(self, **how: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **how)
        self.commands: list[str] = []
        self.options: list[str] = []
        self.argv: Sequence[str] = ()
        self.unusable = exits.USAGE

    def error(self, message: str) -> NoReturn:
        """Print the complaint and leave with the exit code for unusable arguments."""
        self.print_usage(sys.stderr)
        self.exit(self.unusable, f"{self.prog}: {self._with_nearest(message)}\n")

    def options_known(self) -> list[str]:
        """Its long options."""
        return [name for name in self._option_string_actions if name.startswith("--")]

    def _knows(self, word: str) -> bool:
        return word.partition("=")[0] in self.options

    def _with_nearest(self, message: str) -> str:
        from triage_tui.config.errors import did_you_mean

        choice = re.search(r"invalid choice: '([^']*)'", message)
        # `--enviroment prod` is read as an option without a value and a command named prod.
        strange = next((word for word in self.argv if word.startswith("--") and not self._knows(word)), None)
        if choice is not None and strange is not None:
            return f"no option `{strange}`{did_you_mean(strange, self.options)}"
        if choice is not None:
            return f"no command `{choice[1]}`{did_you_mean(choice[1], self.commands)}"
        unknown = re.match(r"unrecognized arguments: (-\S+)", message)
        if unknown is not None and unknown[1] in self.options:
            return f"the option `{unknown[1]}` is not for this command"
        if unknown is not None:
            return f"no option `{unknown[1]}`{did_you_mean(unknown[1], self.options)}"
        return message


class _Version(argparse.Action):
    """Looks the version up when it is asked for, and not at every start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"triage {version('triage-tui')}")
        parser.exit(exits.OK)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with `run` = the function that does what they say."""
    parser = Parser(
        prog="triage",
        description="A terminal cockpit for the first ten minutes of an incident. Without a command: the cockpit.",
        epilog=_EXITS,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    _add_where(parser, default=None)
    parser.set_defaults(run=commands.cockpit)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)

    snapshot = subparsers.add_parser(
        "snapshot", help="one look at everything, as text or JSON", epilog=_SNAPSHOT
    )
    snapshot.add_argument("--json", action="store_true", help="print JSON, on one line")
    snapshot.add_argument(
        "--timeout", type=_seconds, metavar="S", help="seconds to wait for targets (default: %(default)g)"
    )
    snapshot.set_defaults(run=commands.snapshot, timeout=commands.SNAPSHOT_TIMEOUT_S)

    check, explain = check_parser.add(subparsers, _seconds)

    doctor = subparsers.add_parser(
        "doctor", help="what can be reached, with which rights, and what to do about it", epilog=_EXITS
    )
    doctor.set_defaults(run=commands.doctor)

    init = subparsers.add_parser("init", help="write a starter triage.toml from what is here", epilog=_EXITS)
    init.add_argument(
        "--output",
        type=Path,
        default=Path("triage.toml"),
        metavar="FILE",
        help="where to write it, - for standard output (default: %(default)s); a file that is there is not touched",
    )
    init.set_defaults(run=commands.init)

    demo = subparsers.add_parser(
        "demo", help="the cockpit on a small company of real servers, started for it and stopped after it"
    )
    demo.add_argument(
        "drill",
        nargs="?",
        metavar="DRILL",
        help="what breaks, see `triage lab list`; without it something does after a calm minute",
    )
    demo.add_argument("--tour", action="store_true", help="walk through the screens first, with captions")
    demo.set_defaults(run=commands.demo)

    lab = subparsers.add_parser(
        "lab", help="a company to break and to mend: up, down, status, list, break, mend", epilog=_LAB
    )
    lab_commands = _add_lab(lab)

    guides = subparsers.add_parser(
        "guides",
        help="the knowledge base from the shell: search, show, match, import, lint",
        epilog=guides_parser.EPILOG,
    )
    guides_commands = guides_parser.add(guides, Parser, _add_where)

    (act, actions), audit_commands = act_parser.add(subparsers, Parser)

    for subparser in (snapshot, check, explain, doctor, act, actions):
        _add_where(subparser, default=argparse.SUPPRESS)
    parser.commands = list(subparsers.choices)
    everywhere = [
        parser,
        *subparsers.choices.values(),
        *lab_commands.choices.values(),
        *guides_commands.choices.values(),
        *audit_commands,
    ]
    parser.options = [name for each in everywhere for name in each.options_known()]
    parser.argv = argv
    if "check" in argv:
        # Whoever runs it as a probe reads 2 as critical.
        parser.unusable = exits.BLIND
    return parser.parse_args(argv)


def _add_lab(lab: Parser) -> Any:
    """What can be done to the lab. Returns its parsers."""
    parsers = lab.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser, required=True)
    for name, run, what in (
        ("up", laboratory.up, "start it, and wait until every service is well"),
        ("down", laboratory.down, "end it; nothing of it stays"),
        ("status", laboratory.status, "how every container is, and whether something is broken"),
        ("list", laboratory.list_, "all drills"),
        ("break", laboratory.break_, "cause a real fault, in a place and a size that nobody knows before"),
        ("mend", laboratory.mend, "undo it, and say what it was"),
    ):
        parser = parsers.add_parser(name, help=what, epilog=_LAB)
        parser.add_argument("--json", action="store_true", help="print JSON, on one line")
        parser.set_defaults(run=run)
        if name in ("break", "mend"):
            parser.add_argument(
                "drill", nargs="?", metavar="DRILL", help="which; without it: any (break), all (mend)"
            )
        if name == "break":
            parser.add_argument("--seed", type=int, metavar="N", help="choose place and size as before")
    lab.commands = list(parsers.choices)
    return parsers


def _add_where(parser: argparse.ArgumentParser, default: Any) -> None:
    """The options that are understood before a command and after it. After it they default to what stood before."""
    parser.add_argument("--config", type=Path, metavar="FILE", default=default, help="a triage.toml to use")
    parser.add_argument("--env", metavar="NAME", default=default, help="the environment in it to watch")


def _seconds(text: str) -> float:
    """A number of seconds above zero. Raises ArgumentTypeError, from which argparse makes its complaint."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above zero")
    return seconds
