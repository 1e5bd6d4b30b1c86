"""What is being done, or was, as a line at the foot. Pure."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.actions.act import Came, Result
from triage_tui.actions.verdict import Judgement, Verdict
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, clip, join
from triage_tui.ui.palette import Tone

STAYS_S = 120.0
"""How long what is over stays on the screen; then it is in `triage audit show`."""

MOST = 3
"""Lines at the foot."""

CAME: dict[Came, tuple[str, Tone]] = {
    Came.DONE: ("●", "good"),
    Came.NOT_DONE: ("✗", "bad"),
    Came.UNKNOWN: ("?", "warn"),
    Came.REFUSED: ("✗", "warn"),
}
VERDICTS: dict[Verdict, tuple[str, Tone]] = {
    Verdict.FIXED: ("●", "good"),
    Verdict.NOT_FIXED: ("✗", "bad"),
    Verdict.CAME_BACK: ("✗", "bad"),
    Verdict.INCONCLUSIVE: ("?", "warn"),
}


class Doing(Struct, frozen=True):
    """One run.

    began_at   monotonic seconds; over_at likewise, None while something is still to come
    waits_for  what is being waited for, in a line
    purge      the name by which a purge can be undone; "" for everything else
    result     what came of it; judgement: whether it helped, where it was to mend a finding
    """

    number: int
    title: str
    began_at: float
    waits_for: str = ""
    result: Result | None = None
    judgement: Judgement | None = None
    over_at: float | None = None
    purge: str = ""


def doing_line(doing: Doing, now: float, width: int) -> Line:
    """`… restart container shop-api  12s  waiting until healthy`."""
    until = doing.over_at if doing.over_at is not None else now
    took: Line = (Cell(figures.age(until - doing.began_at), "dim"),)
    title: Line = (Cell(doing.title, "strong"),)
    result, judgement = doing.result, doing.judgement
    if result is None:
        return clip(join([(Cell(" …", "accent"),), title, took, (Cell(doing.waits_for),)]), width)
    symbol, tone = CAME[result.came]
    said: list[Line] = [(Cell(f" {symbol} {result.came.value}", tone),)]
    if judgement is not None:
        mark, shade = VERDICTS[judgement.verdict]
        said = [(Cell(f" {mark} {judgement.verdict.value}", shade),), title, (Cell(judgement.message),), took]
        return clip(join(said), width)
    said += [title, (Cell(result.message),), took]
    if doing.over_at is None:
        said.append((Cell(f"… {doing.waits_for or 'watching whether it helps'}", "dim"),))
    elif result.tells:
        said.append((Cell(result.tells[0], "dim"),))
    return clip(join(said), width)


def doing_lines(doings: tuple[Doing, ...], now: float, width: int) -> list[Line]:
    """The latest last; what has long been over is not told any more."""
    shown = [one for one in doings if one.over_at is None or now - one.over_at < STAYS_S]
    return [doing_line(one, now, width) for one in shown[-MOST:]]
