"""From the command line to the one function that does it, and from what goes wrong to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from triage_tui.cli import exits
from triage_tui.cli.plain import plain
from triage_tui.cli.refusal import CannotError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; ends with SystemExit for --help, --version and unusable arguments."""
    words = sys.argv[1:] if argv is None else argv
    arguments = plain(words)
    if arguments is None:
        from triage_tui.cli.arguments import parse

        arguments = parse(words)
    try:
        code: int = arguments.run(arguments)
        # Here and not at the interpreter's end, where a closed pipe cannot be caught any more.
        sys.stdout.flush()
    except CannotError as error:
        print(f"triage: {error}", file=sys.stderr)
        return exits.USAGE
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        # `triage snapshot | head`: what is still buffered goes nowhere, without a complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.NOBODY_READS
    return code
