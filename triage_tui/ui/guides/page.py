"""An entry as lines, one section at a time: a document is never rendered whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from msgspec import Struct

from triage_tui.guides.entry import Entry
from triage_tui.text import safe
from triage_tui.ui.cells import Cell, Line, clip, hanging, wrap
from triage_tui.ui.guides.flow import FENCE, ITEM, MAX_CHARACTERS, RULE, flowing
from triage_tui.ui.palette import Tone

MORE = "More"
"""The last section: what stands in no other."""

MAX_LINES = 400
"""Lines of one section that are shown. Longer ones are read in an editor."""

MAX_CODE = 1_000
"""Characters of one line of code that are shown."""

MAX_COPIED = 4_000
"""Characters of a command that can be copied. Longer ones are no commands, and half of one is worse than none."""

MAX_COMMAND = 60
"""Lines that one command may have: a quotation that is never closed is none."""

_MARKS = re.compile(r"\*\*|__|`")
_CODE = re.compile(r"`([^`]+)`")
_COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*[a-z][\w./-]+ \S")
_NO_COMMAND = frozenset(
    {"", "text", "log", "console", "output", "json", "yaml", "toml", "ini", "python", "py"}
)


class Stop(Struct, frozen=True):
    """Something in a section that a key acts on.

    line  its first line; last: its last
    copy  what is copied; "" for a link
    link  the id of another entry; "" for a command
    """

    line: int
    last: int
    copy: str = ""
    link: str = ""


class Section(Struct, frozen=True):
    """A section as it is shown."""

    title: str
    lines: tuple[Line, ...]
    stops: tuple[Stop, ...]


def titles(entry: Entry) -> list[str]:
    """The names of an entry's sections, in the order of reading."""
    return [section.title or "About" for section in entry.sections] + [MORE]


def section(entry: Entry, number: int, width: int) -> Section:
    """One section of an entry, in lines of at most `width` cells."""
    if number >= len(entry.sections):
        return _more(entry, width)
    one = entry.sections[number]
    lines, stops = _body(one.text, width)
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = [(Cell("… there is more of it in the file", "warn"),)]
    return Section(one.title, tuple(lines), tuple(stop for stop in stops if stop.last < MAX_LINES))


def heading(entry: Entry, number: int, width: int) -> list[Line]:
    """What stands above a section: the entry's title, and the names of its sections, this one pointed at."""
    names = titles(entry)
    tabs = [Cell(f"{name} ", "strong" if at == number else "dim") for at, name in enumerate(names)]
    tabs[number] = Cell(f"▸{names[number]} ", "title")
    return [*wrap(safe(entry.title), width, "strong", limit=3), *_flowing(tabs, width)]


def marked(one: Section, stop: int) -> list[Line]:
    """A section's lines, one of its stops selected."""
    lines = list(one.lines)
    if one.stops:
        selected = one.stops[min(stop, len(one.stops) - 1)]
        for at in range(selected.line, selected.last + 1):
            lines[at] = _selected(lines[at], first=at == selected.line)
    return lines


def _body(text: str, width: int) -> tuple[list[Line], list[Stop]]:
    lines: list[Line] = []
    stops: list[Stop] = []
    fence, code = "", list[str]()
    language = indent = ""
    for written in chain(flowing(text), [""]):
        if len(lines) > MAX_LINES or len(code) > MAX_LINES:
            break
        match = FENCE.match(written)
        if fence:
            if match is None or not match[2].startswith(fence):
                code.append(written.removeprefix(indent))
                continue
            _add_code(code, language, width, lines, stops)
            fence = ""
        elif match is not None:
            indent, fence, language, code = match[1], match[2], match[3].lower(), []
        else:
            first = len(lines)
            # The first cell is the mark's, where the line is selected.
            written = written[:MAX_CHARACTERS]
            lines += [(Cell(" "), *line) if line else () for line in _prose(written, width - 1)]
            stops += [Stop(first, len(lines) - 1, copy=command) for command in _commands_in(written)]
    if fence:
        _add_code(code, language, width, lines, stops)
    while lines and not lines[-1]:
        lines.pop()
    return lines, stops


def _prose(written: str, width: int) -> list[Line]:
    bare = safe(_MARKS.sub("", written).rstrip(), limit=MAX_CHARACTERS)
    if not bare.strip():
        return [()]
    if bare.startswith("#"):
        return [(Cell(bare.lstrip("# "), "strong"),)]
    if RULE.match(bare):
        return []
    if bare.lstrip().startswith("|"):
        first, *rest = [cell.strip() for cell in bare.strip().strip("|").split("|")]
        if len(first) < width // 2:
            return hanging((Cell(f"{first}: ", "strong"),), " · ".join(rest), width)
        return list(wrap(" · ".join([first, *rest]), width))
    item = ITEM.match(bare)
    if item is not None:
        mark = "•" if item[2] in "-*+" else item[2]
        return hanging((Cell(f"{item[1]}{mark} ", "accent"),), item[3], width)
    return list(wrap(bare, width))


def _commands_in(written: str) -> list[str]:
    """Code within a line of text that is a command with its arguments."""
    return [safe(code, limit=MAX_COPIED) for code in _CODE.findall(written) if _COMMAND.match(code)]


def _add_code(code: Sequence[str], language: str, width: int, lines: list[Line], stops: list[Stop]) -> None:
    """Commands are stops; comments say what to expect of them."""
    at = 0
    while at < len(code) and len(lines) <= MAX_LINES:
        end = at + 1
        is_command = language not in _NO_COMMAND and code[at].strip() != "" and not _is_comment(code[at])
        while is_command and end < min(len(code), at + MAX_COMMAND) and _goes_on(code[at:end]):
            end += 1
        first = len(lines)
        for one in code[at:end]:
            shown = safe(one[: 2 * MAX_CODE].rstrip(), limit=MAX_CODE)
            tone: Tone = "dim" if _is_comment(one) else "accent"
            indent = Cell(" " * (1 + min(len(shown) - len(shown.lstrip()), width // 2)))
            wrapped = wrap(shown.lstrip(), width - len(indent.text), tone)
            lines += [(indent, *line) for line in wrapped] if shown else [()]
        if is_command and sum(map(len, code[at:end])) <= MAX_COPIED:
            copied = "\n".join(safe(one.rstrip(), limit=2 * MAX_COPIED) for one in code[at:end])
            stops.append(Stop(first, len(lines) - 1, copy=copied.removeprefix("$ ")))
        at = end


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "--", "//"))


def _goes_on(command: Sequence[str]) -> bool:
    """Whether a command has not ended yet: a backslash at its end, or a quotation that is open."""
    text = "\n".join(command)
    return (
        text.rstrip(" ").endswith(("\\", "|", "&&")) or text.count("'") % 2 == 1 or text.count('"') % 2 == 1
    )


def _more(entry: Entry, width: int) -> Section:
    front = entry.front
    lines: list[Line] = []
    stops: list[Stop] = []
    if front.impact:
        lines += [*wrap(safe(front.impact), width), ()]
    if front.related:
        lines.append((Cell("Related", "strong"),))
        for id in front.related:
            stops.append(Stop(len(lines), len(lines), link=id))
            lines.append((Cell("→ ", "accent"), Cell(safe(id))))
        lines.append(())
    facts = [
        ("severity", front.severity),
        ("findings", ", ".join(front.findings)),
        (
            "source",
            ", ".join(filter(None, [front.source.title, front.source.section])) if front.source else "",
        ),
        ("verified", str(front.last_verified or "")),
        ("file", entry.path),
    ]
    for label, value in facts:
        if value:
            lines += hanging((Cell(f"{label:<10}", "dim"),), safe(value), width)
    return Section(MORE, tuple(lines), tuple(stops))


def _selected(line: Line, *, first: bool) -> Line:
    """A line of the selected command."""
    mark = Cell("▸" if first else "│", "title")
    if not line:
        return (mark,)
    indent, *rest = line
    return (mark, Cell(indent.text[1:]), *(Cell(cell.text, "strong") for cell in rest))


def _flowing(cells: Sequence[Cell], width: int) -> list[Line]:
    """Cells in as many lines as they need; one that is too wide is cut."""
    lines: list[list[Cell]] = [[]]
    used = 0
    for cell in cells:
        if used and used + len(cell.text) > width:
            lines.append([])
            used = 0
        lines[-1].append(cell)
        used += len(cell.text)
    return [clip(tuple(line), width) for line in lines]
