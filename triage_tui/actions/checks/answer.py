"""What is asked, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from triage_tui.guides.entry import CheckOutcome
from triage_tui.model import Problem
from triage_tui.model.outcome import Heard, Outcome
from triage_tui.text import safe
from triage_tui.text.sanitise import cut

MOST_LINES = 60
"""Lines of detail that an answer keeps. Who needs more than a screen of them needs the server's own tools."""

LONGEST_MESSAGE = 240
LONGEST_LINE = 400


BY_HAND = "by hand"
"""In the place of a check's id: a program that a guide names. It is not run: whoever reads the guide runs it."""


class Question(Struct, frozen=True):
    """One check, and what it is asked about.

    id        of model/deeds.py
    target    name of the target that it goes through; "" where it needs none (a host's name, a URL)
    argument  a container, a pid, a queue, a mount, `host:port`, …; "" the target itself
    options   further words that a check understands: `lines`, `names`, `max_age_s`
    why       what it would tell, for people
    meanings  what a guide makes of the answer
    """

    id: str
    target: str = ""
    argument: str = ""
    options: Mapping[str, str] = {}
    why: str = ""
    meanings: tuple[CheckOutcome, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two questions the same one."""
        return self.id, self.target, self.argument


class Said(Struct, frozen=True):
    """What a check found out. All texts have been made safe.

    message  one line, with the numbers in it
    lines    further detail
    age_s    how old what it rests on was when it was said
    """

    outcome: Outcome
    message: str
    lines: tuple[str, ...] = ()
    age_s: float = 0.0


class Answer(Struct, frozen=True):
    """A question, answered. What could not be asked is unknown, with the reason and what to do about it.

    took_s  how long it took; taken_at: monotonic seconds at which what it rests on was true
    """

    id: str
    target: str
    argument: str
    outcome: Outcome
    message: str
    lines: tuple[str, ...]
    took_s: float
    taken_at: float

    @property
    def key(self) -> tuple[str, str, str]:
        """The question's key."""
        return self.id, self.target, self.argument

    @property
    def heard(self) -> Heard:
        """What the diagnosis makes of it."""
        return Heard(self.id, self.target, self.argument, self.outcome, self.message, self.taken_at)


class CannotAskError(Exception):
    """The question cannot be asked. message, next_step: one sentence each, safe to show."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


def said(outcome: Outcome, message: str, lines: Iterable[str] = (), age_s: float = 0.0) -> Said:
    """Bounded: the first lines, each cut, and how many more there were."""
    kept: list[str] = []
    left_out = 0
    for line in lines:
        if len(kept) < MOST_LINES:
            kept.append(cut(line, LONGEST_LINE))
        else:
            left_out += 1
    if left_out:
        kept.append(f"and {left_out} more")
    return Said(outcome, cut(message, LONGEST_MESSAGE), tuple(kept), age_s)


def unknown(message: str, next_step: str = "") -> Said:
    """It could not be seen: why, and what would bring it back."""
    return said(Outcome.UNKNOWN, message, [next_step] if next_step else [])


def unseen(problem: Problem) -> Said:
    """A problem as an answer."""
    return unknown(f"{problem.kind}: {problem.message}", problem.next_step)


def shown(text: str) -> str:
    """A question's own words, which a guide or a shell may have given."""
    return safe(text, limit=120)
