"""`triage guides`: the knowledge base from the shell."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import UTC, datetime

from triage_tui.cli import exits
from triage_tui.cli.refusal import CannotError


def lint(arguments: Namespace) -> int:
    """Every mistake in guides. Mistakes are data and go to standard output; the count goes to standard error."""
    from triage_tui.guides import runs
    from triage_tui.guides.lint import lint as examine
    from triage_tui.guides.places import shipped

    folders = arguments.folders or [shipped()]
    for folder in folders:
        if not folder.is_dir():
            raise CannotError(f"there is no folder {folder}")
    try:
        originals = runs.load(arguments.unlike) if arguments.unlike else frozenset[int]()
    except (OSError, ValueError) as error:
        raise CannotError(f"{arguments.unlike} cannot be used: {error}") from error
    report = examine(folders, today=datetime.now(UTC).date(), beside=[shipped()], originals=originals)
    for remark in report.remarks:
        print(remark)
    wrong = report.remarks if arguments.strict else report.mistakes
    advice = len(report.remarks) - len(report.mistakes)
    print(
        f"triage: {report.files} files, {report.entries} entries, {len(report.mistakes)} to mend, {advice} advised",
        file=sys.stderr,
    )
    return exits.INCOMPLETE if wrong else exits.OK
