"""Questions and their answers as lines. No widget here."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.model.outcome import Outcome
from triage_tui.text import figures, safe
from triage_tui.ui.cells import Cell, Line, clip, hanging, join, spread, wrap
from triage_tui.ui.palette import Tone

OUTCOMES: dict[Outcome, tuple[str, str, Tone]] = {
    Outcome.FAIL: ("✗", "fail", "bad"),
    Outcome.WARN: ("▲", "warn", "warn"),
    Outcome.UNKNOWN: ("?", "unknown", "warn"),
    Outcome.PASS: ("●", "pass", "good"),
}
"""Symbol, word and tone: each can do without the others. The worst comes first."""

WORD_CELLS = 10
NAME_CELLS = 34
LEAST_MESSAGE = 24


class Asked(Struct, frozen=True):
    """A round of questions: what they are about, and the answers that have come."""

    about: str
    questions: tuple[Question, ...]
    answers: dict[tuple[str, str, str], Answer]
    done: bool = False

    def answer(self, question: Question) -> Answer | None:
        """None: it has not come yet."""
        return self.answers.get(question.key)


def heading(asked: Asked, width: int, *, focused: bool) -> Line:
    """`▸ Checks  of shop-api  1 fail  2 pass  1 asked`."""
    counts = Counter(one.outcome for one in asked.answers.values())
    parts: list[Line] = [
        (Cell("▸ " if focused else "  ", "title"), Cell("Checks", "title" if focused else "strong")),
        (Cell(asked.about, "dim"),),
    ]
    for outcome, (symbol, word, tone) in OUTCOMES.items():
        if counts[outcome]:
            parts.append((Cell(f"{symbol} {counts[outcome]} {word}", tone),))
    left = len(asked.questions) - len(asked.answers)
    if left and not asked.done:
        parts.append((Cell(f"… {left} asked", "dim"),))
    return clip(join(parts), width)


def answer_lines(asked: Asked, selected: int, now: float, width: int) -> tuple[list[Line], list[int]]:
    """A line for each question, what the selected one says in full below it; and at which line each begins."""
    lines: list[Line] = []
    places: list[int] = []
    if not asked.questions:
        return [*wrap("nothing is proposed here: no check is known for it", width, "dim")], []
    for number, question in enumerate(asked.questions):
        places.append(len(lines))
        answer = asked.answer(question)
        lines.append(_line(question, answer, asked.done, now, width, selected=number == selected))
        if number == selected:
            lines += _in_full(question, answer, width)
    return lines, places


def _line(
    question: Question, answer: Answer | None, done: bool, now: float, width: int, *, selected: bool
) -> Line:
    mark = Cell("▸" if selected else " ", "title")
    name = Cell(f"{name_of(question):<{NAME_CELLS}} " if width >= 100 else f"{name_of(question)}  ", "strong")
    if answer is None:
        word = "? not asked" if done else "… asking"
        return clip((mark, Cell(f"{word:<{WORD_CELLS}} ", "dim"), name, Cell(question.why, "dim")), width)
    symbol, word, tone = OUTCOMES[answer.outcome]
    age = (Cell(f" {figures.age(max(0.0, now - answer.taken_at))} ago", "dim"),)
    left = (mark, Cell(f"{symbol} {word:<{WORD_CELLS - 2}} ", tone), name, Cell(answer.message))
    return spread(clip(left, max(LEAST_MESSAGE, width - 9)), age, width)


def _in_full(question: Question, answer: Answer | None, width: int) -> list[Line]:
    indent = (Cell("   ", "dim"),)
    if answer is None:
        return []
    lines: list[Line] = []
    shown = [answer.message, *answer.lines] if len(answer.message) > width // 2 else answer.lines
    for text in shown:
        lines += hanging(indent, text, width)
    if question.target:
        lines.append((Cell(f"   asked of {question.target}, took {figures.duration(answer.took_s)}", "dim"),))
    return lines


def name_of(question: Question) -> str:
    """The check and what it is asked about, short enough for a line."""
    argument = safe(question.argument or question.target)
    text = f"{question.id} {argument}".rstrip()
    return text if len(text) <= NAME_CELLS else f"{text[: NAME_CELLS - 1]}…"
