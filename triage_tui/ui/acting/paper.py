"""A preview as lines: everything that tells the right thing from the wrong one. Pure."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.actions.act import Danger, Refused
from triage_tui.text import figures, safe
from triage_tui.ui.acting.doer import Planned
from triage_tui.ui.cells import Cell, Line, hanging, wrap
from triage_tui.ui.header import short_endpoint
from triage_tui.ui.palette import Tone

LABEL_CELLS = 17
MOST_AFFECTED = 12

DANGERS: dict[Danger, tuple[str, Tone]] = {
    Danger.MILD: ("it goes on as before afterwards", "text"),
    Danger.DISRUPTIVE: ("somebody notices", "warn"),
    Danger.FINAL: ("this cannot be undone", "bad"),
}


class Where(Struct, frozen=True):
    """Where it would be done. host: the machine that this program runs on."""

    environment: str
    host: str
    target: str


class Question(Struct, frozen=True):
    """What is asked before something is done.

    word    what has to be typed exactly; None: a key is enough
    closed  why it cannot be confirmed; None: it can
    """

    lines: tuple[Line, ...]
    word: str | None
    closed: str | None = None


def labelled(label: str, text: str, width: int, tone: Tone = "text") -> list[Line]:
    """`label       text`, broken at the width."""
    head: Line = (Cell(f"{label:<{LABEL_CELLS}}", "dim"),)
    return [(line[0], *(Cell(cell.text, tone) for cell in line[1:])) for line in hanging(head, text, width)]


def preview_lines(planned: Planned, where: Where, age_s: float, width: int) -> list[Line]:
    """What would be done, where, to what, whom it affects, what is sent, and the way back."""
    preview = planned.preview
    stake, tone = DANGERS[preview.danger]
    lines: list[Line] = [*wrap(preview.title, width, "title"), ()]
    lines += labelled("environment", safe(where.environment), width, "strong")
    lines += labelled("target", f"{safe(where.target)}  {short_endpoint(preview.endpoint)}", width, "strong")
    lines += labelled("from host", safe(where.host), width)
    lines += labelled("identity", preview.identity.shown, width, "strong")
    for label, value in preview.facts:
        lines += labelled(label, value, width)
    lines += labelled("read", f"{figures.age(age_s)} ago", width)
    lines.append(())
    lines += labelled("at stake", stake, width, tone)
    affected = preview.affects or ("nobody else that can be seen from here",)
    lines += labelled("affects", affected[0], width, "warn" if preview.affects else "text")
    for one in affected[1:MOST_AFFECTED]:
        lines += labelled("", one, width)
    if len(affected) > MOST_AFFECTED:
        lines += labelled("", f"and {len(affected) - MOST_AFFECTED} more", width)
    lines += labelled("way back", preview.undo or "none", width, "text" if preview.undo else "bad")
    if preview.order.finding is not None:
        id, _, subject = preview.order.finding
        lines += labelled("watches", f"whether {f'{id} {subject}'.rstrip()} goes away, and stays away", width)
    if planned.history.tried:
        lines += labelled("before", str(planned.history), width, "accent")
    lines.append(())
    for number, one in enumerate(preview.sends):
        lines += labelled("sends" if number == 0 else "", one, width, "accent")
    return lines


def refused_lines(refused: Refused, width: int) -> list[Line]:
    """Why not, and what to do about it."""
    lines: list[Line] = [*wrap(f"✗ {refused.message}", width, "bad")]
    if refused.next_step:
        lines += wrap(f"→ {refused.next_step}", width)
    return [*lines, (), (Cell("Nothing was sent.", "dim"),)]


FORM_FOOT: Line = (
    Cell("Enter", "strong"),
    Cell(" shows what it would do"),
    Cell("   Tab the next   Esc as it was", "dim"),
)


def foot_line(question: Question | None, typed: str) -> Line:
    """How it is confirmed, beside Cancel."""
    if question is None:
        return (Cell("reading what it would do …", "dim"),)
    if question.closed is not None:
        return (Cell(question.closed, "warn"),)
    if question.word is None:
        return (Cell("y", "strong"), Cell(" do it", "warn"), Cell("   Enter and Esc cancel", "dim"))
    if typed == question.word:
        return (
            Cell(f"{safe(typed)} ", "strong"),
            Cell("Ctrl+Y", "strong"),
            Cell(" do it", "warn"),
            Cell("   Esc cancels", "dim"),
        )
    return (
        Cell("type "),
        Cell(safe(question.word), "strong"),
        Cell(" exactly: "),
        Cell(f"{safe(typed)}_", "accent"),
        Cell("   Esc cancels", "dim"),
    )
