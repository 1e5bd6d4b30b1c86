"""CPU time with many entries: made of words of the guides that ship, each with a title, tags and signatures of its own.

All of it is one thread's work, so this is what it takes on a machine that has nothing else to do.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from triage_tui.guides.files import find, text_of
from triage_tui.guides.library import Library
from triage_tui.guides.places import shipped
from triage_tui.guides.words import words

QUESTIONS = (
    "redis refuses writes", "too many connections postgres", "queue grows and nobody works", "out of memory",
    "certificate expired", "conection refsued", "slow queries after deploy", "disk full",
)  # fmt: skip
LINES = (
    "FATAL:  sorry, too many clients already",
    "all is well",
    "OOM command not allowed when used memory > 'maxmemory'",
)
TIMES = 10


def measure(number: int, folder: Path) -> None:
    """Write entries, and print how long what takes. folder: empty."""
    guides, cache = folder / "guides", folder / "cache"
    _write(number, guides)
    library = Library([guides], cache)
    print(f"build the index of {number} entries: {_once(lambda: library.index):.1f} s")
    library.close()
    loads = []
    for _ in range(5):
        again = Library([guides], cache)
        loads.append(_once(partial(getattr, again, "index")))
        again.close()
    print(f"load the cached index: {statistics.median(loads) * 1000:.0f} ms")
    library = Library([guides], cache)
    library.search("warm up")
    library.match("warm up")
    for what, work in (
        ("search", lambda: [library.search(one) for one in QUESTIONS]),
        ("search while typing", lambda: [library.search(one[:-2], typing=True) for one in QUESTIONS]),
    ):
        each = [_once(work) / len(QUESTIONS) for _ in range(TIMES)]
        print(f"{what}: {statistics.median(each) * 1000:.1f} ms")
    for line in LINES:
        took = statistics.median(_once(partial(library.match, line)) for _ in range(TIMES))
        print(f"match {line[:30]!r}: {took * 1000:.1f} ms")
    path = next(guides.rglob("*.md"))
    path.write_text(path.read_text(encoding="utf-8") + "\nvolcano erupts\n", encoding="utf-8")
    print(f"take in one edited file: {_once(library.refresh) * 1000:.0f} ms")
    library.close()


def _once(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _write(number: int, folder: Path) -> None:
    rng = random.Random(7)
    texts = [text_of(Path(found.path)) for found in find(shipped())]
    pool = [word for text in texts for word in words(text) if word.isalpha()]
    for at in range(number):
        said = rng.sample(pool, 250)
        title, sign, prose = " ".join(said[:7]), " ".join(said[7:13]), " ".join(said[13:])
        path = folder / f"c{at % 100}" / f"entry-{at}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\nid: c{at % 100}/entry-{at}\ntitle: {title} {at}\ntags: [{said[0]}x, {said[1]}x]\n"
            f"signatures:\n  - text: {sign} failed\n---\n## Symptoms\n\n{prose[:600]}\n\n## Fix\n\n{prose[600:]}\n",
            encoding="utf-8",
        )
