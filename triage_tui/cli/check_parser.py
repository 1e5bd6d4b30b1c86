"""What can be said to `triage check` and `triage explain`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from triage_tui.cli import checking, exits

_CHECK = """\
Looks until trends are known and nothing is held back that only has to hold for longer, five seconds at least and
--timeout at most, and tells what is wrong: the cause first, with what it explains below it. The first line is one for
Nagios and its kin. Findings that have to hold for longer than there was time are named at the end.

What is kept quiet does not count, for the exit code and for "worst": by [[quiet]] of triage.toml, and by key in a
cockpit of the same user on the same host (z, x). The first line says how many are (quiet=N), the last lines which,
until when, why and by whom. A file of them that cannot be read is told on standard error, and then all is told.

--watch goes on until it is interrupted, and prints a line for each finding that begins (NEW), gets worse or better,
and ends (GONE).

--json prints one line (with --watch one for each change, with "at" and "change": new|worse|better|gone):
  {"taken_at": ISO 8601 with offset, "environment", "worst": null | info|warning|critical,
   "findings": [{"id", "severity": info|warning|critical, "target", "subject", "title", "evidence": [..],
     "against": [..], "guides": [id.., the best first], "checks", "actions": [{"id", "target", "argument", "why"}],
     "since": ISO 8601, "before": [{"at", "what"}], "stale": it cannot be seen any more,
     "incident": from 1, the one to see to first, "cause": null | {"id", "target", "subject"} of what explains it}],
   "checks": [{"id", "target", "outcome": pass|warn|fail|unknown, "message"}],
   "quiet": [{"id", "target", "subject", "reason", "until", "by": "" for [[quiet]]}],
   "notes": what is not known of them, "pending": [{"id", "target", "subject"}]}

--only asks single read-only checks anew, and nothing else. WHERE is a target, a target and what in it, or what the
check takes alone (a host, host:port, a URL, a folder); without it every target of its kind. --list lists them.
  triage check --only docker.logs-tail docker/shop-api      triage check --only tcp.connect db.internal:5432
--json then prints {"taken_at", "checks": [{"id", "target", "argument", "outcome", "message", "lines", "took_s"}]}, and
the exit code is 0 where all pass, 1 where one warns, 2 where one fails, 3 where one could not be asked.

exit codes: 0 fine; 1 the worst finding is a warning; 2 it is critical; 3 nothing is wrong as far as can be seen, but
not everything could be, or the arguments or the configuration cannot be used. What is less than --fail-on is fine.
"""

_EXPLAIN = """\
Tells what a finding looks at, with its thresholds and where they come from, what it needs, when it is told and when it
is over, and which guides answer it. Without a finding: all that there are. [thresholds] and [holds] of triage.toml
change the numbers: "docker.exited" = { hold_s = 10, clear_s = 60 }.

--json  {"id", "meaning", "rules": [{"targets", "looks_at", "because", "needs", "hold_s", "clear_s", "hold_from",
        "thresholds": [{"name", "meaning", "unit", "warning", "critical", "from", "source"}]}],
        "may_be_a_cause", "may_be_a_symptom",
        "causes": [{"id", "words", "fails": [the checks that fail where it is the cause]}], "guides"}
"""


def add(subparsers: Any, seconds: Callable[[str], float]) -> tuple[Any, Any]:
    """Both commands. seconds: reads a number of them. Returns their parsers."""
    check = subparsers.add_parser("check", help="what is wrong, the cause first, as a probe", epilog=_CHECK)
    check.add_argument("--json", action="store_true", help="print JSON, on one line")
    check.add_argument(
        "--fail-on",
        choices=("info", "warning", "critical"),
        default="warning",
        metavar="SEVERITY",
        help="the least that is not fine: info, warning (the default) or critical",
    )
    check.add_argument("--only", action="append", metavar="ID", help="ask this check alone; may be repeated")
    check.add_argument(
        "where", nargs="?", metavar="WHERE", help="with --only: TARGET[/ARGUMENT], or an argument"
    )
    check.add_argument("--list", action="store_true", help="list the checks that --only takes")
    check.add_argument("--watch", action="store_true", help="go on, and print what changes as lines")
    check.add_argument(
        "--timeout", type=seconds, metavar="S", help="seconds to look at most (default: %(default)g)"
    )
    check.set_defaults(run=checking.check, timeout=checking.CHECK_TIMEOUT_S)
    check.unusable = exits.BLIND

    explain = subparsers.add_parser(
        "explain", help="what a finding looks at, its thresholds and its guides", epilog=_EXPLAIN
    )
    explain.add_argument("finding", nargs="?", metavar="FINDING", help="its id; without it: all of them")
    explain.add_argument("--json", action="store_true", help="print JSON, on one line")
    explain.set_defaults(run=checking.explain)
    return check, explain
