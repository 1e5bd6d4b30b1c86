"""One guide: what it answers, what speaks for it, what to check, what to do and how to see that it helped.

The structs are the format: a key of the front matter is a field here, under its name or, where Python keeps the name
for itself, under `name=`. Fields that end in `_s` are durations: seconds, or text like `30s`, `5m`, `2h`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct, field

from triage_tui.guides.when import Expression

Severity = Literal["info", "warning", "critical"]
Operator = Literal["<", "<=", "==", "!=", ">=", ">"]
Outcome = Literal["pass", "warn", "fail", "unknown"]
Risk = Literal["low", "medium", "high"]
Choice = Literal[
    "containers",
    "services",
    "projects",
    "sessions",
    "databases",
    "queues",
    "clients",
    "processes",
    "mounts",
    "endpoints",
    "targets",
]
"""What a parameter of an action is chosen from: rows that the cockpit shows."""

Scalar = str | int | float | bool
Argument = Scalar | tuple[Scalar, ...]


class Signature(Struct, frozen=True):
    """Error text that leads here: words as they are, or a regular expression. Exactly one of the two."""

    text: str = ""
    regex: str = ""


class Symptom(Struct, frozen=True):
    """A live signal that speaks for this entry. Where the signal is unknown, nothing is known.

    weight  how much it says, compared with the other symptoms
    for_s   how long it has to hold
    """

    signal: str
    op: Operator
    value: float
    for_s: float = field(default=0.0, name="for")
    weight: float = 1.0


class Cause(Struct, frozen=True):
    """One possible reason. supports, refutes: ids of checks whose failing speaks for it, or against it."""

    id: str
    text: str
    supports: tuple[str, ...] = ()
    refutes: tuple[str, ...] = ()


class CheckOutcome(Struct, frozen=True):
    """What a check's result means. The first whose condition is true counts; none: unknown."""

    when: Expression
    result: Outcome
    message: str = ""


class Check(Struct, frozen=True):
    """Something to look at that changes nothing: a named probe with arguments, or a program with its arguments.

    `{name}` in arguments stands for what the reader has selected.
    """

    id: str
    probe: str = ""
    argv: tuple[str, ...] = ()
    args: dict[str, Argument] = {}
    outcomes: tuple[CheckOutcome, ...] = ()


class Parameter(Struct, frozen=True):
    """A value that the reader chooses before an action runs."""

    from_: Choice = field(name="from")


class EntryAction(Struct, frozen=True):
    """Something that changes things: a named action, or a program with declared parameters."""

    action: str = ""
    argv: tuple[str, ...] = ()
    target: str = ""
    params: dict[str, Parameter] = {}
    risk: Risk = "high"


class Verification(Struct, frozen=True):
    """What has to become true after the fix, within a time, and to stay true for a time."""

    signal: str
    op: Operator
    value: float
    within_s: float = field(default=60.0, name="within")
    hold_s: float = field(default=0.0, name="hold")


class Examples(Struct, frozen=True):
    """Log lines that have to lead here, and lines that must not."""

    matches: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class Origin(Struct, frozen=True):
    """Where the knowledge comes from."""

    title: str
    section: str = ""
    url: str = ""


class FrontMatter(Struct, frozen=True):
    """Everything that stands between the two lines of dashes.

    services   kinds or names of targets, containers and programs that it is about
    findings   ids of what it answers
    excludes   regular expressions: a line that holds one is never led here (`not` in the file)
    """

    id: str
    title: str
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    severity: Severity = "warning"
    impact: str = ""
    findings: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    excludes: tuple[str, ...] = field(default=(), name="not")
    symptoms: tuple[Symptom, ...] = ()
    causes: tuple[Cause, ...] = ()
    checks: tuple[Check, ...] = ()
    actions: tuple[EntryAction, ...] = ()
    verify: tuple[Verification, ...] = ()
    prevention: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    examples: Examples = Examples()
    source: Origin | None = None
    owner: str = ""
    last_verified: date | None = None


class Section(Struct, frozen=True):
    """A part of the body. title: its heading, "" before the first; text: Markdown; line: of the heading, from 1."""

    title: str
    text: str
    line: int


class Entry(Struct, frozen=True):
    """One guide, ready to be found.

    path  the file that it was read from
    """

    front: FrontMatter
    sections: tuple[Section, ...] = ()
    path: str = ""

    @property
    def id(self) -> str:
        """Collection and name: `redis/writes-refused`."""
        return self.front.id

    @property
    def title(self) -> str:
        """What is wrong, in one line."""
        return self.front.title

    def section(self, title: str) -> Section | None:
        """A section by its heading, in any case."""
        wanted = title.casefold()
        return next((one for one in self.sections if one.title.casefold() == wanted), None)
