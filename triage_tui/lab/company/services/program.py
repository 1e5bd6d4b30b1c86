"""What every service does in the same way: its log, its settings, its end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn

log = logging.getLogger("service")


def run(name: str, serve: Callable[[], Awaitable[None]]) -> NoReturn:
    """Log to standard output under a name, serve until SIGTERM, and leave with 0; with 1 where it cannot go on."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format=f"%(asctime)s %(levelname)s {name}: %(message)s"
    )
    sys.exit(asyncio.run(_until_term(serve)))


async def _until_term(serve: Callable[[], Awaitable[None]]) -> int:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)  # type: ignore[union-attr]
    try:
        await serve()
    except asyncio.CancelledError:
        log.info("shutting down")
    return 0


def setting(name: str) -> str:
    """A variable that the service cannot do without; it ends where there is none."""
    value = os.environ.get(name)
    if not value:
        log.critical("RuntimeError: %s environment variable is required", name)
        sys.exit(1)
    return value


def number(name: str, default: float) -> float:
    """A variable that holds a number; it ends where it holds something else."""
    text = os.environ.get(name) or str(default)
    try:
        return float(text)
    except ValueError:
        log.critical("ValueError: %s=%r is not a number", name, text)
        sys.exit(1)


def whole_number(name: str, default: int) -> int:
    """Likewise, for whole ones."""
    return int(number(name, default))
