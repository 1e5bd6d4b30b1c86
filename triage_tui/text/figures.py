"""Numbers as people read them at a glance: short, of known width, and never a zero for what is unknown."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN = "?"
"""Nobody knows. Not zero, not "none"."""

ABSENT = "-"
"""There is nothing to know: a container without a health check, a session that waits for nobody."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ELAPSED_STEPS = ((20, 1), (100, 5), (10 * _MINUTE, 10))
"""Below how many seconds `elapsed` counts in which steps; above all of them in minutes."""

_MIB = 1 << 20
_BLOCKS = "▁▂▃▄▅▆▇█"


def duration(seconds: float | None) -> str:
    """At most six characters: `0.4s`, `42s`, `5m12s`, `3h07m`, `12d04h`, `412d`."""
    if seconds is None:
        return UNKNOWN
    # Clocks of two machines differ; an age below zero is one of them being ahead.
    seconds = max(0.0, seconds)
    if seconds < 0.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 100:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"
    days = whole // _DAY
    return f"{days}d{whole % _DAY // _HOUR:02d}h" if days < 100 else f"{days}d"


def age(seconds: float | None) -> str:
    """Like `duration`, in whole seconds from zero on: an age that is shown must not flicker between tenths."""
    return "0s" if seconds is not None and seconds < 0.95 else duration(seconds)


def elapsed(seconds: float | None) -> str:
    """How long something has gone on by now: `7s`, `25s`, `1m40s`, `12m`, `3h07m`.

    For what is shown again at every look. It counts in steps of at most a quarter of itself, rounded down: a column
    of such figures would otherwise be sent whole, again and again, for seconds that nobody reads.
    """
    if seconds is None:
        return UNKNOWN
    seconds = max(0.0, seconds)
    step = next((step for below, step in _ELAPSED_STEPS if seconds < below), _MINUTE)
    whole = int(seconds // step) * step
    return f"{whole // _MINUTE}m" if 10 * _MINUTE <= whole < _HOUR else age(whole)


def instant(iso: str | None) -> str:
    """An ISO 8601 instant to the second, its offset kept: `2026-03-01T02:00:40+00:00`."""
    if iso is None:
        return UNKNOWN
    head, dot, tail = iso.partition(".")
    return head + tail.lstrip("0123456789") if dot else head


def size(count: float | None) -> str:
    """Bytes in powers of 1024, at most five characters: `812B`, `1.2K`, `64M`, `3.9G`."""
    if count is None:
        return UNKNOWN
    value = float(count)
    for unit in ("B", "K", "M", "G", "T"):
        if abs(value) < 999.5:
            return f"{value:.0f}{unit}" if unit == "B" or abs(value) >= 9.95 else f"{value:.1f}{unit}"
        value /= 1024
    return f"{value:.0f}P"


def memory(count: float | None) -> str:
    """Bytes that a process or a container takes, as `size`, but nothing below a tenth of a MiB: `0.1M`, `64M`, `3.9G`.

    Fewer bytes are of no interest, and change at every look.
    """
    if not count or count >= _MIB:
        return size(count)
    return f"{max(0.1, count / _MIB):.1f}M"


def count(number: float | None) -> str:
    """A count in full up to a million (`12,345`), shortened above (`3.4M`)."""
    if number is None:
        return UNKNOWN
    if abs(number) < 999_999.5:
        return f"{number:,.0f}"
    for unit, scale in (("M", 1e6), ("G", 1e9), ("T", 1e12)):
        if abs(number / scale) < 999.95:
            return f"{number / scale:.1f}{unit}"
    return f"{number:.0e}"


def percent(ratio: float | None) -> str:
    """A ratio as a percentage: `0.42` → `42%`. Just below a whole hundred stays below it: `99.9%` is not full."""
    if ratio is None:
        return UNKNOWN
    value = ratio * 100
    if 99.5 <= value < 100:
        return "99.9%"
    return f"{value:.0f}%" if value >= 9.95 or value == 0 else f"{value:.1f}%"


def cpu(points: float | None) -> str:
    """A CPU share that is already a percentage, 100 = one core: `3.1%`, `250%`."""
    return UNKNOWN if points is None else percent(points / 100)


def share(points: float | None) -> str:
    """A CPU share in whole points, as the kernel's clock counts it in two seconds: `<1%`, `3%`, `250%`."""
    if points is None:
        return UNKNOWN
    return "<1%" if points < 0.75 else f"{points:.0f}%"


def rate(per_second: float | None, *, signed: bool = False) -> str:
    """Events per second: `12/s`, `0.3/s`; with `signed` also `+3.0/s`."""
    if per_second is None:
        return UNKNOWN
    sign = "+" if signed else ""
    magnitude = abs(per_second)
    if magnitude < 0.05:
        return "0/s"
    if magnitude < 9.95:
        return f"{per_second:{sign}.1f}/s"
    if magnitude < 9_999.5:
        return f"{per_second:{sign}.0f}/s"
    return f"{per_second / 1000:{sign}.0f}k/s"


def bar(ratio: float | None, width: int) -> str:
    """A bar of exactly `width` cells; unknown is a row of `?`, not an empty bar.

    Any load above zero shows at least one block, and only a full one shows all of them.
    """
    if ratio is None:
        return UNKNOWN * width
    filled = round(max(0.0, min(1.0, ratio)) * width)
    if ratio > 0:
        filled = max(min(1, width), filled)
    if ratio < 1:
        filled = min(filled, max(width - 1, 0))
    return "█" * filled + "░" * (width - filled)


def sparkline(values: Sequence[float | None], width: int, *, top: float | None = None) -> str:
    """The last `width` values as a line of blocks, right-aligned; unknown values and missing ones are spaces.

    top: the value of a full block; None takes the largest of the values shown, so a flat line of zeroes is low.
    """
    shown = list(values)[-width:] if width > 0 else []
    known = [value for value in shown if value is not None]
    ceiling = top if top is not None else max(known, default=0.0)
    line = "".join(" " if value is None else _block(value, ceiling) for value in shown)
    return line.rjust(max(width, 0))


def _block(value: float, ceiling: float) -> str:
    if ceiling <= 0:
        return _BLOCKS[0]
    level = max(0.0, min(1.0, value / ceiling))
    return _BLOCKS[min(len(_BLOCKS) - 1, int(level * len(_BLOCKS)))]
