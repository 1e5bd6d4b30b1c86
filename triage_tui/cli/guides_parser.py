"""What can be said to `triage guides`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from triage_tui.cli import guides

EPILOG = """\
Guides are Markdown files: those that ship, and those in the folders that triage.toml names under [guides] folders.

exit codes: 0 done, found, or nothing to mend; 1 lint: something to mend; 2 it cannot be done
"""


def add(parser: Any, make: Any, add_where: Any) -> Any:
    """The commands below `guides`. make: the class of parsers; add_where: gives one --config and --env.

    Returns their parsers.
    """
    parsers = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=make, required=True)
    lint = parsers.add_parser("lint", help="every mistake in guides, with file and line", epilog=EPILOG)
    lint.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="where they are (default: those that ship)"
    )
    lint.add_argument("--strict", action="store_true", help="advice counts as mistakes")
    lint.add_argument(
        "--unlike",
        type=Path,
        metavar="FILE",
        help="hashes of runs of nine words that must not occur, made by triage_tui.guides.runs",
    )
    lint.set_defaults(run=guides.lint)
    add_where(lint, default=argparse.SUPPRESS)
    parser.commands = list(parsers.choices)
    return parsers
