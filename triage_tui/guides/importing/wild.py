"""The problems that a wild guide tells of, each as an entry, with a report of what was seen as what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from msgspec import Struct

from triage_tui.guides.entry import Entry, Examples, FrontMatter, Origin, Section, Signature
from triage_tui.guides.files import Ignored
from triage_tui.guides.front import FrontError, Split, split
from triage_tui.guides.front import read as read_front
from triage_tui.guides.importing import parts as taking
from triage_tui.guides.importing.labels import Role, clean, heading
from triage_tui.guides.importing.outline import Node, outline
from triage_tui.guides.importing.parts import Parts
from triage_tui.guides.importing.repair import repaired
from triage_tui.guides.importing.tables import rows_of
from triage_tui.guides.importing.trouble import complains, is_about_trouble, is_group, may_be_trouble
from triage_tui.text import safe

MAX_ENTRIES = 500
"""Of one file. More of them are a sign that something else was read as a guide."""

MAX_TITLE = 100

_SECTIONS: dict[Role, str] = {
    "symptom": "Symptoms",
    "impact": "Symptoms",
    "cause": "Causes",
    "check": "Checks",
    "fix": "Fix",
    "escalate": "Fix",
    "verify": "Verify",
    "prevention": "Prevention",
}
_ORDER = ("Symptoms", "Causes", "Checks", "Fix", "Verify", "Prevention")


class Imported(Struct, frozen=True):
    """One problem of a wild guide as an entry.

    line        of the file, on which it begins
    recognised  parts that a label names: symptom, cause, …
    guessed     parts that were taken for what they are by their place or form
    """

    entry: Entry
    line: int
    recognised: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()


class Result(Struct, frozen=True):
    """What a file came to: entries, and what of it is in none."""

    entries: tuple[Imported, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def read(text: str, path: str, collection: str) -> Result:
    """The problems that a file tells of. Never raises. collection: the first part of the entries' ids."""
    if not text.strip():
        return Result(ignored=(Ignored(path, 1, "the file is empty"),))
    divided = split(repaired(text))
    title = _front_title(divided) or PurePath(path).stem.replace("-", " ").replace("_", " ")
    root = outline(divided.body, title, divided.body_line)
    reading = _Reading(path, _slug(collection) or "imported", title, bool(_front_title(divided)))
    reading.look_over(root)
    reading.visit(root)
    if not reading.entries and not reading.ignored:
        reading.ignore(1, "no problem is told here")
    return Result(tuple(reading.entries), tuple(reading.ignored))


class _Reading:
    def __init__(self, path: str, collection: str, title: str, titled: bool) -> None:
        self._path = path
        self._collection = collection
        self._title = title
        self._titled = titled
        self._slugs: set[str] = set()
        self._twice: set[str] = set()
        self._trouble = is_about_trouble(f"{title} {PurePath(path).stem}")
        self.entries: list[Imported] = []
        self.ignored: list[Ignored] = []

    def ignore(self, line: int, why: str) -> None:
        """Note something that comes into no entry."""
        self.ignored.append(Ignored(self._path, line, why))

    def look_over(self, root: Node) -> None:
        """Note which titles stand in the file more than once: those are told apart by the heading above."""
        seen: set[str] = set()
        waiting = [root]
        while waiting:
            node = waiting.pop()
            waiting += node.below
            slug = _slug(node.heading.title)
            if slug in seen:
                self._twice.add(slug)
            seen.add(slug)

    def visit(self, node: Node, group: str = "") -> None:
        """Find the problems at and below a heading. group: the heading above."""
        if node.level == 1:
            self._trouble = self._trouble or is_about_trouble(node.heading.title)
        if node.level and (node.heading.boilerplate or node.heading.role == "escalate"):
            name = safe(node.heading.title, limit=60)
            self.ignore(node.number, f"“{name}” tells of no problem: it frames the page, or says whom to ask")
            for child in node.below:
                if child.heading.problem:
                    self.visit(child)
            return
        if self._is_problem(node, group):
            self._emit(node, group)
            return
        self._rows(node)
        inner = group if node.level <= 1 else node.heading.title
        for child in node.below:
            self.visit(child, inner)
        if not node.below and node.level and not rows_of(node):
            said = (
                "no trouble is told here" if node.says_something() else "there is nothing below this heading"
            )
            self.ignore(node.number, f"“{safe(node.heading.title, limit=60)}”: {said}")

    def _is_problem(self, node: Node, group: str) -> bool:
        labelled = taking.labels_in(node.lines) - {"escalate"}
        parts = [child for child in node.below if child.heading.role is not None]
        others = [
            child for child in node.below if child.heading.role is None and not child.heading.boilerplate
        ]
        if node.level <= 1:
            telling = (
                bool(labelled & {"symptom", "cause", "fix"})
                or len({child.heading.role for child in parts}) >= 2
                or (
                    node.level == 1
                    and not node.below
                    and node.says_something()
                    and complains(node.heading.title)
                )
            )
            alone = not any(self._may_be(child) for child in others)
            return telling and alone and (self._titled or node.level == 1 or not others)
        if node.heading.problem:
            return True
        if node.heading.role is not None:
            # A label that stands alone: of a group of problems, or a problem by itself ("Quick diagnostics").
            return (
                not node.below and node.says_something() and node.heading.role != "escalate" and self._trouble
            )
        if any(child.heading.problem for child in others):
            return False
        if parts or labelled & {"symptom", "cause", "fix", "check"}:
            return True
        if others and all(child.heading.step for child in others):
            return True
        if others and complains(node.heading.title) and not is_group(node.heading.title):
            # A trouble whose steps have headings of their own.
            return not any(self._may_be(child) or complains(child.heading.title) for child in others)
        about = self._trouble or is_about_trouble(f"{node.heading.title} {group}")
        return (
            about
            and not others
            and may_be_trouble(node.heading.title, group)
            and node.says_something()
            and not self._is_list_of_links(node)
            and not rows_of(node)
        )

    def _may_be(self, node: Node) -> bool:
        """Whether a heading looks like a problem of its own."""
        return (
            node.heading.problem
            or any(self._may_be(child) for child in node.below)
            or bool(taking.labels_in(node.lines) or any(child.heading.role for child in node.below))
        )

    @staticmethod
    def _is_list_of_links(node: Node) -> bool:
        text = [line.text.strip() for line in node.lines if line.text.strip()]
        links = [line for line in text if re.match(r"(?:[-*+]|\d+[.)])\s+(?:\*\*)?!?\[[^\]]*\]\(", line)]
        return bool(text) and len(links) * 2 > len(text)

    def _rows(self, node: Node) -> None:
        """Each row of a table of troubles is a problem."""
        for line, row in rows_of(node):
            parts = Parts()
            title = ""
            for role, cell in row:
                if role == "problem" or (role == "symptom" and not title):
                    title = title or cell
                if role != "problem":
                    parts.recognise(role)
                    parts.add(role, cell)
                if role in ("problem", "symptom"):
                    parts.errors += [clean(cell), *taking.inline_errors(cell)]
            if title and parts.text:
                self._add(heading(title).title, line, parts)

    def _emit(self, node: Node, group: str) -> None:
        parts = Parts()
        own = [child for child in node.below if not child.heading.problem and not child.heading.boilerplate]
        taking.collect(parts, Node(node.level, node.heading, node.number, node.lines, own), node.heading.role)
        title = node.heading.title
        if node.heading.exact:
            parts.errors.insert(0, title)
        self._rows(node)
        self._add(title, node.number, parts, group)
        for child in node.below:
            if child.heading.problem:
                self.visit(child, group)

    def _add(self, title: str, line: int, parts: Parts, group: str = "") -> None:
        title = safe(clean(title), limit=MAX_TITLE)
        # A title in letters of another script has no slug of its own.
        slug = _slug(title) or (f"problem-{line}" if re.search(r"\w", title) else "")
        if not slug or not any(text for lines in parts.text.values() for text in lines if text.strip()):
            self.ignore(line, f"“{safe(title, limit=60)}”: there is nothing below this heading")
            return
        if (slug in self._slugs or slug in self._twice) and group:
            title = safe(f"{clean(group)}: {title}", limit=MAX_TITLE)
            slug = _slug(title)
        if len(self.entries) >= MAX_ENTRIES:
            if len(self.entries) == MAX_ENTRIES:
                self.ignore(line, f"more than {MAX_ENTRIES} problems in one file; the rest is left out")
            return
        number = 2
        while slug in self._slugs:
            slug = f"{slug.rstrip('0123456789').rstrip('-')}-{number}"
            number += 1
        self._slugs.add(slug)
        known = taking.signatures_of(parts.errors)
        front = FrontMatter(
            id=f"{self._collection}/{slug}",
            title=title,
            tags=tuple({word: None for word in [clean(group)] if word and len(word) < 60}),
            impact=safe(" ".join(parts.text.get("impact", [])), limit=200),
            signatures=tuple(Signature(regex=one) for one in known),
            examples=Examples(matches=tuple(known.values())),
            source=Origin(safe(self._title), section=title),
        )
        entry = Entry(front, tuple(_sections(parts)), self._path)
        self.entries.append(Imported(entry, line, tuple(parts.recognised), tuple(parts.guessed)))


def _sections(parts: Parts) -> Iterator[Section]:
    by_title: dict[str, list[str]] = {}
    for role, lines in parts.text.items():
        by_title.setdefault(_SECTIONS[role], []).extend([*lines, ""])
    if parts.expected:
        by_title.setdefault("Verify", []).extend(f"- {line}" for line in dict.fromkeys(parts.expected))
    for title in _ORDER:
        text = taking.shown(by_title.get(title, ()))
        if text:
            yield Section(title, text, 0)


def _front_title(divided: Split) -> str:
    """The title of the front matter that sites and wikis have; it may hold anything, and is then not looked at."""
    if not divided.front:
        return ""
    try:
        title = read_front(divided.front).at("title").value
    except FrontError:
        found = re.search(r"^title:\s*[\"']?(.+?)[\"']?\s*$", divided.front, re.MULTILINE)
        title = found[1] if found else ""
    return safe(title, limit=MAX_TITLE) if isinstance(title, str) else ""


def _slug(text: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
