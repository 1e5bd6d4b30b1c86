"""Memory: when garbage is looked for, and how the C library keeps what it is given back."""

from __future__ import annotations

import gc

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of mallopt(3), as malloc.h numbers them."""

_LARGE_BYTES = 128 * 1024
"""What both thresholds are at first. Left to themselves they rise with what is asked for."""


def settle() -> None:
    """Called once, after the first paint, before there are many threads.

    What the start has made stays to the end: garbage is looked for from now on, but not among that. Threads share
    one heap instead of having one each, since Python runs them one at a time anyway; and what is large or lies at
    the heap's end goes back to the system when it is freed. A C library without mallopt goes its own ways.
    """
    # Not before the first paint, as the rest of this module is.
    import ctypes

    gc.freeze()
    gc.enable()
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, _LARGE_BYTES)


TIDY_S = 60.0
"""Seconds between two times that garbage is looked for everywhere.

Python itself does so when what is alive has grown by a quarter: here that is 30,000 objects, and while they wait,
what is new lies scattered among them, so that their memory cannot be given back afterwards."""


class Tidying:
    """Called again and again: looks for garbage in all that is alive, and gives back what it took."""

    def __init__(self) -> None:
        self._frozen = False

    def __call__(self) -> None:
        """By the first time everything is loaded, and is looked through once; what is left stays to the end too."""
        _forget()
        give_back()
        if not self._frozen:
            self._frozen = True
            gc.freeze()


def _forget() -> None:
    """Empty what Textual remembers of sizes and colours that may never come again.

    Textual 8.2 remembers colours by the StylesCache that asked, which keeps it, and every line in it, when its widget
    has gone: the palette and the help leave more behind each time that they are closed. Of regions, and of the
    widths of texts, it keeps thousands; those that are on the screen are there again after the next paint.
    """
    from rich.cells import cached_cell_len
    from textual._styles_cache import StylesCache
    from textual.geometry import Region

    cached_cell_len.cache_clear()
    for holder in (StylesCache, Region):
        for one in vars(holder).values():
            if hasattr(one, "cache_clear"):
                one.cache_clear()


def give_back() -> None:
    """Called when much has been freed, or may have been: what lies free in the middle of the heap goes back too.

    It takes some milliseconds.
    """
    import ctypes

    gc.collect()
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)
