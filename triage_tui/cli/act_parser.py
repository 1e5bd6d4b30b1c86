"""What can be said to `triage act`, `triage actions` and `triage audit`."""

from __future__ import annotations

import argparse
from typing import Any

from triage_tui.cli import acting, auditing

LONGEST_S = 120.0
"""The longest wait for a verdict: 90 s for what was wrong to go away, and 30 s for it to stay away."""

_ACT = """\
TARGET is the name of a target, TARGET/ARGUMENT something in it (a container, a pid, a queue), or the name of a
container, project or queue alone where only one target has it. Where there is one target of the kind, ARGUMENT alone
is enough: `triage act postgres.terminate 4711 --confirm 4711`.

The order is the same as in the cockpit: what would be done is read from the server and printed, the guard is asked, the
intent is written to the audit, it is done once, and what came of it is looked at and written. In an environment named
prod, and where it cannot be undone (what `triage actions` lists as final, a process.signal but for STOP and CONT),
--confirm has to repeat ARGUMENT, or TARGET where there is none. Where the environment is read-only nothing is done.
What timed out is never tried again.

Did it help? --for names what it is to mend, as `triage check` does: docker.exited, or docker.exited:web where it is
found of several. It has to be there; then it is done, what was wrong is looked at again until it is clear whether it
went away and stays away (--wait: for so many seconds, 120 at most), and the verdict is written to the audit. --verdict
takes the finding that proposes exactly this. With neither nothing is waited for. Ctrl-C ends the waiting; what was
done stands. How often it worked before stands in the preview.

--json prints one line:
  {"action", "target", "argument", "dry_run", "came": null (dry run) | done | not done | unknown | refused,
   "refusal": null | read-only|confirm|stale|changed|gone|twice|busy|unavailable|permission|audit|argument|…,
   "message", "tells": [..], "next_step", "run": its name in the audit, or null,
   "preview": null | {"title", "endpoint", "identity": {"shown", "parts": {}}, "danger": mild|disruptive|final,
     "facts": [[label, value]..], "affects": [..], "sends": [..], "undo": null | how, "confirm": null | what to type},
   "finding": null | {"id", "target", "subject"},
   "history": [{"finding": id, "tried": times, "worked": times, "last_at": null | iso}..],
   "verdict": null | {"verdict": fixed|not fixed|came back|inconclusive, "message", "before": {signal: value},
     "after": {signal: value}}}

exit codes: 0 done, with --for or --verdict: and fixed, with --dry-run: it could be done; 1 not done: the server
refused, or it did not work; 2 the arguments or the configuration cannot be used; 3 unknown: no answer came, look before
you try again; 4 a guard refused, or the finding is not there; nothing was sent; 5 done, and not fixed, or it came back;
6 done, and whether it helped is not known: inconclusive, or Ctrl-C while it was looked at
"""

_ACTIONS = """\
--json  {"actions": [{"id", "what", "kind", "danger": mild|disruptive|final, "key": in the cockpit,
        "parameters": [{"name", "about", "default": null where it has to be given}]}]}
"""

_AUDIT = """\
The audit is $XDG_STATE_HOME/triage-tui/audit.jsonl, one record a line: an intent before something is sent, a result
after it, a verdict when it is known whether it helped. Each record holds the hash of the one before it.

--json  show: one line for each run: {"intent": {..}, "result": null | {..}, "verdict": null | {..}, "came": done|
        not done|unknown|refused|outcome unknown|under way}
        verify: {"path", "whole", "records", "bad": null | line, "why", "torn": [lines that a crash cut short]}

exit codes: 0 shown, whole; 1 verify: a record was changed, removed or moved; 2 it cannot be read
"""


def add(subparsers: Any, make: Any) -> tuple[Any, ...]:
    """The three commands. make: the class of parsers. Returns those that take --config and --env, then those below."""
    act = subparsers.add_parser(
        "act", help="do something, guarded as in the cockpit, for scripts", epilog=_ACT
    )
    act.add_argument("action", metavar="ACTION", help="its id, see `triage actions`")
    act.add_argument(
        "what",
        nargs="?",
        metavar="TARGET",
        help="what it is done to: TARGET, TARGET/ARGUMENT or ARGUMENT; a command of one's own needs none",
    )
    act.add_argument("--dry-run", action="store_true", help="print what would be sent, and send nothing")
    act.add_argument(
        "--confirm", metavar="NAME", help="repeats what it is done to, where that has to be confirmed"
    )
    act.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a parameter of the action; may be repeated",
    )
    act.add_argument(
        "--for",
        dest="finding",
        metavar="FINDING[:SUBJECT]",
        help="what it is to mend: it is looked at afterwards whether it did",
    )
    act.add_argument(
        "--verdict", action="store_true", help="likewise, for the finding that proposes exactly this"
    )
    act.add_argument(
        "--wait",
        type=_wait,
        default=LONGEST_S,
        metavar="SECONDS",
        help="how long the verdict is waited for at most (default: %(default)g)",
    )
    act.add_argument("--json", action="store_true", help="print JSON, on one line")
    act.set_defaults(run=acting.act)

    actions = subparsers.add_parser(
        "actions", help="what can be done, to what, with which danger", epilog=_ACTIONS
    )
    actions.add_argument("--json", action="store_true", help="print JSON, on one line")
    actions.set_defaults(run=acting.actions)

    audit = subparsers.add_parser("audit", help="who did what; whether the log is whole", epilog=_AUDIT)
    parsers = audit.add_subparsers(title="commands", metavar="COMMAND", parser_class=make, required=True)
    show = parsers.add_parser("show", help="what was done, the latest last", epilog=_AUDIT)
    show.add_argument(
        "--limit", type=_positive, default=20, metavar="N", help="runs at most (default: %(default)s)"
    )
    show.set_defaults(run=auditing.show)
    verify = parsers.add_parser(
        "verify", help="whether a record was changed, removed or moved", epilog=_AUDIT
    )
    verify.set_defaults(run=auditing.verify)
    for one in (show, verify):
        one.add_argument("--json", action="store_true", help="print JSON")
    audit.commands = list(parsers.choices)
    return (act, actions), (show, verify)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _wait(text: str) -> float:
    if not text.isdigit() or not 0 < int(text) <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 1 to {LONGEST_S:g}")
    return float(text)


def _positive(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 99999")
    return int(text)
