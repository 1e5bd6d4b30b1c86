"""What stands below a heading, in parts: symptoms, causes, checks, fixes; and the error lines among it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from triage_tui.guides.importing.labels import Role, clean, role_of
from triage_tui.guides.importing.outline import Line, Node
from triage_tui.text import safe

MAX_SIGNATURES = 12
MAX_LINE = 2_000

_LABEL = re.compile(
    r"\s*(?:>\s*)?(?:[-*+]\s+|\d+[.)]\s+)?(?:(?:\*\*|__)\s*(?P<bold>[^*_]{2,60}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:?)"
    r"|(?P<plain>[A-Z][A-Za-z &]{2,40}):)\s*(?P<rest>.*)$"
)
_LOOKS = re.compile(r"(?:check|test|inspect|verify|look at)\s+\w", re.IGNORECASE)
"""How a bold line begins that says what to look at."""

ERROR_WORD = re.compile(
    r"\b\w*(?:Error|Exception|Fault|Failure|Violation|Timeout|Refused|NotFound|Denied)\b"
    r"|\b(?:error|fatal|panic|failed|failure|refused|denied|cannot|can't|could not|couldn't|unable)\b"
    r"|\b(?:no such|not found|not allowed|not exist)\b"
    r"|\b(?:invalid|timed? ?out|unauthorized|forbidden|violates|exceeded|killed|traceback|undefined|missing|rejected)\b"
    r"|\b(?:expired|unexpected|conflict|unhealthy|ERR|errno)\b",
    re.IGNORECASE,
)
"""A word with which programs complain."""

_COMMANDS = re.compile(
    r"\s*(?:\$|>|#!|(?:sudo|docker|docker-compose|kubectl|make|npm|yarn|pip|python3?|psql|redis-cli|curl|git|cd|ls|cat|grep"
    r"|export|systemctl|ssh|helm|aws|poetry|alembic|celery|openssl|brew|apt|apt-get|rm|kill|ps|top|journalctl|select|update"
    r"|delete|insert|create|drop|alter|show|vacuum|set)\b)",
    re.IGNORECASE,
)
_PROGRAM_LANGUAGES = frozenset(
    """
    python py javascript js typescript ts java go rust ruby rb php c cpp csharp kotlin scala tsx jsx graphql html css
    """.split()  # noqa: SIM905
)
_CONFIG_LANGUAGES = frozenset(
    "yaml yml toml ini json env dotenv nginx conf hcl terraform dockerfile xml properties".split()  # noqa: SIM905
)
_COMMAND_LANGUAGES = frozenset(
    "bash sh shell zsh sql powershell ps1 cmd fish psql makefile".split()  # noqa: SIM905
)
_OUTPUT_BEFORE = re.compile(
    r"expected|should (?:return|see|show|print)|output|returns?|result|looks? like|you(?:'ll| will) see",
    re.IGNORECASE,
)
_EXPECTED = re.compile(r"#\s*((?:should|expected?|must|returns?|you should)\b.*)$", re.IGNORECASE)
_INLINE = re.compile(r"`([^`]{6,300})`|\"([^\"]{6,300})\"|“([^”]{6,300})”")
_GAP = re.compile(r"\.{3,}|…|<[A-Za-z][\w \-/]*>|\{\{?[\w .]+\}?\}|\[[a-z][\w \-]*\]|\bX{2,}\b|\*{3,}")


class Parts(Struct):
    """Text by role, in Markdown.

    found      roles in the order in which they were met; by a label in recognised, by place or form in guessed
    errors     lines that look like what a program said
    expected   what commands should answer, as the guide says
    """

    text: dict[Role, list[str]] = field(default_factory=dict)
    recognised: list[Role] = field(default_factory=list)
    guessed: list[Role] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def add(self, role: Role, line: str) -> None:
        """A line more of a part."""
        self.text.setdefault(role, []).append(line)

    def recognise(self, role: Role) -> None:
        """A label named this part."""
        if role not in self.recognised:
            self.recognised.append(role)

    def guess(self, role: Role) -> None:
        """This part has no label."""
        if role not in self.recognised and role not in self.guessed:
            self.guessed.append(role)


def labels_in(lines: Iterable[Line]) -> set[Role]:
    """Roles that labels within lines name."""
    return {label[0] for line in lines if (label := label_of(line)) is not None}


def label_of(line: Line) -> tuple[Role, str] | None:
    """The role that a line begins with, as `**Cause:** rest`, and the rest."""
    if line.fence is not None:
        return None
    match = _LABEL.match(line.text)
    if match is None:
        return None
    said = clean(match["bold"] or match["plain"])
    role = role_of(said)
    if role is not None:
        return role, match["rest"]
    # **Solution: use the other name**, and **Check the logs:**
    name, colon, rest = said.partition(":")
    role = role_of(name.strip()) if colon else None
    if role is not None:
        return role, f"{rest.strip()} {match['rest']}".strip()
    if match["bold"] and _LOOKS.match(said):
        return "check", line.text.strip()
    return None


def collect(parts: Parts, node: Node, role: Role | None) -> None:
    """Take in a node and everything below it. role: of its heading."""
    if role is not None:
        parts.recognise(role)
    _take_lines(parts, node.lines, role)
    for child in node.below:
        if child.heading.boilerplate:
            continue
        own = child.heading.role or role
        if child.heading.role is None:
            current = own or "fix"
            parts.add(current, f"**{child.heading.title}**")
            parts.add(current, "")
            own = current
        collect(parts, child, child.heading.role or own)


def _take_lines(parts: Parts, lines: Sequence[Line], role: Role | None) -> None:
    current = role
    before = ""
    block: list[Line] = []
    for line in [*lines, Line("", 0)]:
        if line.fence is not None:
            block.append(line)
            continue
        if block:
            current = _take_fence(parts, block, current, before)
            block = []
        label = label_of(line)
        if label is not None:
            current = label[0]
            parts.recognise(current)
            text = label[1]
            if current == "symptom":
                parts.errors += inline_errors(text, sure=True)
        else:
            text = line.text
        if text.strip():
            where = current or _guessed(text)
            if current is None:
                parts.guess(where)
            if where == "symptom" and label is None:
                parts.errors += inline_errors(text)
            before = text
            parts.add(where, text)
        elif current is not None and parts.text.get(current):
            parts.add(current, "")


def _guessed(text: str) -> Role:
    """Where unlabelled text belongs: what complains is a symptom, the rest is what to do."""
    return "symptom" if ERROR_WORD.search(text) and not re.match(r"\s*(?:[-*+]|\d+[.)])\s", text) else "fix"


def _take_fence(parts: Parts, block: list[Line], role: Role | None, before: str) -> Role | None:
    kind = classify(block, before, role)
    where: Role = role or {"error": "symptom", "output": "verify"}.get(kind, "fix")  # type: ignore[assignment]
    if role is None:
        parts.guess(where)
    if kind == "error" and where in ("symptom", "cause"):
        parts.errors += [line.text.strip() for line in block if _is_fence_mark(line.text) is False]
    if kind == "command":
        for line in block:
            expected = _EXPECTED.search(line.text)
            if expected is not None:
                parts.expected.append(expected[1].strip())
    for line in block:
        parts.add(where, line.text)
    return role


def classify(block: Sequence[Line], before: str, role: Role | None = None) -> str:
    """What a fence holds: error, output, config, code or command; by its language, the part that it stands in, and the
    line before it."""
    language = (block[0].fence or "").lower() if block else ""
    body = [line.text for line in block if not _is_fence_mark(line.text) and line.text.strip()]
    complaining = sum(ERROR_WORD.search(text) is not None for text in body)
    commanding = sum(_COMMANDS.match(text) is not None for text in body)
    if language in _COMMAND_LANGUAGES and commanding:
        return "command"
    if language in _PROGRAM_LANGUAGES:
        return "code"
    if language in _CONFIG_LANGUAGES and not complaining:
        return "config"
    if role == "symptom" and not commanding:
        return "error"
    if re.search(r"error|symptom|log|message|fail", before, re.IGNORECASE) and complaining and not commanding:
        return "error"
    if _OUTPUT_BEFORE.search(before):
        return "output"
    if complaining and complaining * 2 >= len(body) and not commanding:
        return "error"
    return (
        "command"
        if commanding or language in _COMMAND_LANGUAGES
        else "config"
        if not complaining
        else "error"
    )


def _is_fence_mark(text: str) -> bool:
    return re.match(r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:`{3,}|~{3,})", text) is not None


def inline_errors(text: str, *, sure: bool = False) -> list[str]:
    """Code and quotations that are error lines. sure: a label says so; else they have to complain."""
    return [
        said.strip()
        for match in _INLINE.finditer(text)
        if (said := next(filter(None, match.groups())))
        and (sure or ERROR_WORD.search(said))
        and not _COMMANDS.match(said)
    ]


def signatures_of(errors: Iterable[str]) -> dict[str, str]:
    """Regular expression → the error line that it was made of; anything may stand where the guide leaves a gap."""
    found: dict[str, str] = {}
    for error in errors:
        pieces = [" ".join(piece.split()) for piece in _GAP.split(error)]
        kept = [piece for piece in pieces if len(re.sub(r"\W", "", piece)) >= 4]
        letters = sum(len(re.sub(r"[\W\d_]", "", piece)) for piece in kept)
        said = re.findall(r"[A-Za-z]{2,}", " ".join(kept))
        exact = re.match(r"\w+(?:Error|Exception)\b", error) is not None or (len(said) == 1 and letters >= 12)
        if (
            letters < 10
            or (len(said) < 3 and not exact)
            or error.startswith(("#", "//", "$"))
            or len(error) > 300
        ):
            continue
        expression = ".*".join(r"\s+".join(re.escape(word) for word in piece.split()) for piece in kept[:4])
        found.setdefault(safe(expression, limit=900), safe(error, limit=300))
        if len(found) == MAX_SIGNATURES:
            break
    return found


def shown(lines: Iterable[str]) -> str:
    """Foreign lines as a section's text: each made safe, without blank ones at the ends."""
    made = [safe(line.rstrip(), limit=MAX_LINE) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip("\n")
