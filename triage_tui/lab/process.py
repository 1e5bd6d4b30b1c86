"""The lab as a process of its own: the engine, the company in it, and somebody who listens to the control socket.

What it is told stands in `order`, what it says on standard output while it opens in `news`. Unless it is to stay, it
ends when its standard input does: its parent is done, or is gone in whatever way. Everything that it has started and
written goes with it. It is a process of its own so that it outlives a killed parent just long enough to tidy up, and
keeps its load off the cockpit's interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import psycopg

from triage_tui.lab import home
from triage_tui.lab.breaking import Breaking, BreakingError
from triage_tui.lab.company import configuration
from triage_tui.lab.company.company import Company, found
from triage_tui.lab.drills import all_drills
from triage_tui.lab.embedded import StartError
from triage_tui.lab.engine.api.server import SocketError
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import EngineError
from triage_tui.lab.listening import Listener
from triage_tui.lab.news import Doing, Failed, News, Up, Well, encode
from triage_tui.lab.order import Incident, Order, decode_order
from triage_tui.lab.sessions import going_on

WELL_S = 90.0
"""Everything is well after some five seconds; a machine with much else to do may need far longer."""

CLOSE_S = 15
"""Closing takes half a second; this is for a machine on which everything hangs."""


def main() -> int:
    """Open the company and keep it. Returns 1 where it could not start."""
    order = decode_order(sys.argv[1])
    # Others may get to the folder, see home, but not into anything in it.
    os.umask(0o077)
    try:
        return asyncio.run(_live(order))
    finally:
        home.remove(Path(order.folder))


async def _live(order: Order) -> int:
    code, over = asyncio.Future[int](), asyncio.Event()
    _listen_for_the_end(order, code)
    living = asyncio.create_task(_open_and_keep(Path(order.folder), order.incident, over))
    asked = asyncio.create_task(over.wait())
    await asyncio.wait((living, code, asked), return_when=asyncio.FIRST_COMPLETED)
    # Nobody is left to end a process that hangs while it closes, so the kernel does; services follow by themselves.
    signal.alarm(CLOSE_S)
    # One that was asked to end is closing by itself, and must not be disturbed in that.
    if code.done():
        living.cancel()
    asked.cancel()
    try:
        await living
    except asyncio.CancelledError:
        return code.result()
    except (StartError, EngineError, SocketError, psycopg.Error, OSError) as error:
        _say(Failed(_in_words(error)))
        return 1
    return 0


async def _open_and_keep(folder: Path, incident: Incident | None, over: asyncio.Event) -> None:
    _say(Doing("preparing PostgreSQL and Redis"))
    premises = await asyncio.to_thread(found, folder)
    async with Engine(folder) as engine:
        company = Company(engine, premises)
        await engine.serve(premises.engine_socket)
        await company.open(lambda step: _say(Doing(step)))
        config = folder / home.CONFIGURATION
        configuration.write(premises, config)
        up = Up(str(config), configuration.endpoints(premises))
        breaking = Breaking(company, all_drills())
        async with Listener(company, breaking, up, over).listen(folder / home.CONTROL):
            _say(up)
            async with going_on(_let_it_happen(company, breaking, incident)):
                await over.wait()


async def _let_it_happen(company: Company, breaking: Breaking, incident: Incident | None) -> None:
    """Say when all is well; then, after a while, break what is to be broken."""
    _say(Well(tuple(await company.until_well(WELL_S))))
    if incident is None:
        return
    await asyncio.sleep(incident.calm_s)
    try:
        await breaking.cause(incident.drill, incident.seed)
    except BreakingError as error:
        sys.stderr.write(f"{error}\n")


def _listen_for_the_end(order: Order, code: asyncio.Future[int]) -> None:
    """Says with which exit code to end when somebody signals this process, or when its parent is done or gone."""
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        if not code.done():
            code.set_result(number)

    def listen() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            end(0)

    if not order.stays:
        loop.add_reader(sys.stdin.fileno(), listen)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, end, 128 + number)


def _in_words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the lab'}: {error.strerror}"
    return str(error)


def _say(news: News) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(encode(news))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
