"""The practice company as a process of its own: its servers, what goes on in them, and their end.

Started by `demo.company` with a pipe as standard input; what it says on standard output stands in `news`. It ends,
and takes servers and files along, when that pipe closes: its parent is done, or is gone in whatever way.
A process of its own, so that it outlives a killed parent just long enough to tidy up, and keeps its load
off the cockpit's interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

import psycopg

from triage_tui.lab.embedded import EmbeddedServer, StartError
from triage_tui.lab.embedded.postgres import start_postgres
from triage_tui.lab.embedded.redis import binaries, start_redis
from triage_tui.lab.news import Doing, Failed, Moved, News, Up, encode
from triage_tui.lab.workload import cache, database
from triage_tui.lab.workload.shop import run_shop

CLOSE_S = 15
"""Closing takes half a second; this is for a machine on which everything hangs."""


def main() -> int:
    """Open the company and keep it until standard input ends. Returns 1 where it could not start."""
    signal.signal(signal.SIGTERM, _leave)
    folder = Path(tempfile.mkdtemp(prefix="triage-demo-"))
    try:
        _say(Moved(str(folder)))
        with contextlib.ExitStack() as servers:
            try:
                urls, redis_url = _open_servers(folder, servers)
            except (StartError, psycopg.Error) as error:
                _say(Failed(str(error)))
                return 1
            asyncio.run(_trade(urls, redis_url, servers))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _open_servers(folder: Path, servers: contextlib.ExitStack) -> tuple[database.Urls, str]:
    # From the main thread, one after the other: a server may be tied to the thread that started it.
    _say(Doing("starting PostgreSQL"))
    postgres = servers.enter_context(_start_postgres(folder / "postgres"))
    urls = database.make_database(postgres.url)
    _say(Doing("starting Redis"))
    redis = servers.enter_context(_start_redis(folder / "redis"))
    return urls, redis.url


def _start_postgres(folder: Path) -> EmbeddedServer:
    """With statistics of statements where this server brings them along."""
    settings = {"max_connections": str(database.MAX_CONNECTIONS)}
    try:
        server = start_postgres(folder, settings=settings | {"shared_preload_libraries": database.STATISTICS})
    except StartError as error:
        if database.STATISTICS not in str(error):
            raise
        return start_postgres(folder, settings=settings)
    return server


def _start_redis(folder: Path) -> EmbeddedServer:
    """The newest that is here: it can tell the lag of streams."""
    newest = max(binaries().items(), key=lambda found: _numbers(found[0]), default=None)
    binary = newest[1] if newest is not None else None
    return start_redis(folder, binary=binary, settings=cache.SERVER_SETTINGS, tcp=True)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


async def _trade(urls: database.Urls, redis_url: str, servers: contextlib.ExitStack) -> None:
    """Run the shop until the parent closes our standard input, or somebody asks this process to end."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            over.set()

    loop.add_reader(sys.stdin.fileno(), listen)
    loop.add_signal_handler(signal.SIGTERM, over.set)
    shop = asyncio.create_task(
        run_shop(urls.shop, redis_url, lambda http: _say(Up(urls.watcher, redis_url, http)))
    )
    ended = asyncio.create_task(over.wait())
    await asyncio.wait((shop, ended), return_when=asyncio.FIRST_COMPLETED)
    # Nobody is left to end a process that hangs while it closes, so the kernel does; servers follow by themselves.
    signal.alarm(CLOSE_S)
    # Servers first: sessions that lose theirs end at once, where one that is cancelled would ask it to let go.
    servers.close()
    shop.cancel()
    ended.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await shop


def _say(news: News) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(encode(news))
        sys.stdout.buffer.flush()


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
