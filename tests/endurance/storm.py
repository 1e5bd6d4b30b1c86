"""Everything that is thrown at the cockpit, drawn from a seed: faults of servers, keys, sizes, silence."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec import Struct

from tests.faults.proxy import FaultProxy

SIZES = ((140, 45), (80, 24), (200, 60), (100, 30), (40, 10), (1, 1), (500, 200))
"""Columns and rows that a terminal may have; the first is the usual one."""

GESTURES: tuple[tuple[str, ...], ...] = (
    *(("j",), ("k",), ("\x1b[B",), ("\x1b[A",), ("\t",), ("\x1b[Z",), ("\x1b[6~",), ("\x1b[5~",)),
    *((key,) for key in "12345goir[]y"),
    *(("\r", "\x1b"), ("?", "\x1b"), (":", "\x1b"), ("/", "shop", "\r"), ("/", "\x1b"), (" ", " ")),
    ("\x1b[<64;20;10M",),
    ("\x1b[200~pasted\ntext\x1b[201~",),
)
"""Keys that belong together; what opens something closes it. None of them leaves the program or changes anything."""

HOME = ("\x1b", "\x1b", "\x1b", "1")
"""Out of whatever is open, and to all panes."""


class Fault(Struct, frozen=True):
    """What is done to a proxy, in words and as a call."""

    words: str
    strike: Callable[[FaultProxy], None]


def fault(dice: random.Random) -> Fault:
    """Any fault that a network or a server knows, with a strength of its own."""
    seconds = round(dice.uniform(0.02, 3.0), 2)
    rate = dice.choice((200, 2_000, 20_000))
    count = dice.choice((0, 1, 9, 100, 1_500))
    seed = dice.randrange(1000)
    return dice.choice(
        (
            Fault(f"latency of {seconds} s", lambda proxy: proxy.latency(seconds)),
            Fault(f"{rate} bytes a second", lambda proxy: proxy.bandwidth(rate)),
            Fault("blackhole", lambda proxy: proxy.blackhole()),
            Fault("refusal", lambda proxy: proxy.refuse()),
            Fault("reset", lambda proxy: proxy.reset()),
            Fault("slow close", lambda proxy: proxy.slow_close(seconds)),
            Fault(f"garbage {seed}", lambda proxy: proxy.garbage(seed=seed)),
            Fault(f"silence after {count} bytes", lambda proxy: proxy.half_answer(count)),
            Fault(f"cut after {count} bytes", lambda proxy: proxy.cut(count)),
        )
    )
