"""An engine to test and to measure against: any number of containers, and any way to misbehave.

    python -m triage_tui.lab.engine --socket /tmp/e/docker.sock --containers 500
    DOCKER_HOST=unix:///tmp/e/docker.sock docker ps

Its containers have no processes (see `synthetic`). When it answers it says so in one line of JSON on standard output:
{"socket": PATH, "containers": N, "pid": N}. It ends on SIGTERM and Ctrl-C, and with --until-eof when its standard
input does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import msgspec

from triage_tui.lab.engine.api import Faults, SocketError
from triage_tui.lab.engine.api.faults import Lie
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.synthetic import SyntheticLauncher, populate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to end. Returns 1 where the socket cannot be opened."""
    options = _parser().parse_args(arguments)
    faults = Faults(
        after=options.after,
        slow_s=options.slow,
        silent=options.silent,
        lie=options.lie,
        die=options.die,
        seed=options.seed,
    )
    with tempfile.TemporaryDirectory(prefix="triage-engine-", ignore_cleanup_errors=True) as folder:
        try:
            asyncio.run(
                _run(Path(folder), options.socket.absolute(), options.containers, faults, options.until_eof)
            )
        except SocketError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m triage_tui.lab.engine", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--socket", type=Path, required=True, metavar="PATH", help="where to answer")
    parser.add_argument("--containers", type=int, default=12, metavar="N", help="how many there are (12)")
    parser.add_argument(
        "--slow", type=float, default=0.0, metavar="S", help="every answer comes S seconds later"
    )
    parser.add_argument("--silent", action="store_true", help="take connections and never answer")
    parser.add_argument("--lie", choices=get_args(Lie), help="answer this instead of the truth")
    parser.add_argument("--die", action="store_true", help="be killed in the middle of an answer")
    parser.add_argument(
        "--after", type=int, default=0, metavar="N", help="misbehave after N good answers only"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of what lies choose at random (1)")
    parser.add_argument("--until-eof", action="store_true", help="end with standard input")
    return parser


async def _run(folder: Path, socket: Path, count: int, faults: Faults, until_eof: bool) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    if until_eof:
        loop.add_reader(sys.stdin.fileno(), _listen, over)
    async with Engine(folder, launcher=SyntheticLauncher()) as engine:
        await populate(engine, count)
        await engine.serve(socket, faults=faults)
        ready = {"socket": str(socket), "containers": count, "pid": os.getpid()}
        sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
        sys.stdout.buffer.flush()
        await over.wait()


def _listen(over: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        over.set()


if __name__ == "__main__":
    sys.exit(main())
