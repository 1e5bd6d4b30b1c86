"""What can be said to `triage guides`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from triage_tui.cli import guides

EPILOG = """\
Guides are Markdown files: those that ship, and those in the folders that triage.toml names under [guides] folders.

JSON:
  search, match  {"query", "matched": bool, "results": [{"id", "title", "score", "why": [..]}]}, the best first
  show           the entry's front matter, with "path" and "sections": [{"title", "text"}]
  import         {"entries": [{"id", "title", "source", "recognised": [..], "guessed": [..]}],
                  "ignored": [{"source", "line", "why"}]}
  lint           {"files", "entries", "remarks": [{"path", "line", "message", "advice"}]}

exit codes: 0 found, done, nothing to mend; 1 search, match: no guide; import: no entry; lint: something to mend;
2 it cannot be done
"""


def add(parser: Any, make: Any, add_where: Any) -> Any:
    """The commands below `guides`. make: the class of parsers; add_where: gives one --config and --env.

    Returns their parsers.
    """
    parsers = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=make, required=True)
    for name, run, what in (
        ("search", guides.search, "entries for a question in your own words"),
        ("show", guides.show, "one entry in full"),
        ("match", guides.match, "the entry that knows an error line, or a pasted traceback, or no match"),
        ("import", guides.import_, "make entries of guides as they are in the wild"),
        ("lint", guides.lint, "every mistake in guides, with file and line"),
    ):
        one = parsers.add_parser(name, help=what, epilog=EPILOG)
        one.add_argument("--json", action="store_true", help="print JSON, on one line")
        one.set_defaults(run=run)
        add_where(one, default=argparse.SUPPRESS)
        _ARGUMENTS[name](one)
    parser.commands = list(parsers.choices)
    return parsers


def _search(parser: Any) -> None:
    parser.add_argument("words", nargs="+", metavar="WORD")
    _limit(parser, 10)


def _show(parser: Any) -> None:
    parser.add_argument("id", metavar="ID", help="as search and match print it")


def _match(parser: Any) -> None:
    parser.add_argument("line", nargs="+", metavar="LINE", help="the line, or - to read standard input")
    _limit(parser, 5)


def _import(parser: Any) -> None:
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a Markdown file, or a folder of them"
    )
    parser.add_argument("--to", type=Path, metavar="DIR", required=True, help="where entries are written")
    parser.add_argument(
        "--collection", metavar="NAME", help="first part of their ids (default: the file's name)"
    )


def _lint(parser: Any) -> None:
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="where they are (default: those that ship)"
    )
    parser.add_argument("--strict", action="store_true", help="advice counts as mistakes")
    parser.add_argument(
        "--unlike",
        type=Path,
        metavar="FILE",
        help="hashes of runs of nine words that must not occur, made by triage_tui.guides.runs",
    )


def _limit(parser: Any, default: int) -> None:
    parser.add_argument(
        "--limit", type=_positive, default=default, metavar="N", help="entries at most (default: %(default)s)"
    )


def _positive(text: str) -> int:
    """A whole number above zero. Raises ArgumentTypeError, from which argparse makes its complaint."""
    if not text.isdigit() or not 0 < int(text) < 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 999")
    return int(text)


_ARGUMENTS = {"search": _search, "show": _show, "match": _match, "import": _import, "lint": _lint}
