"""An entry as the index has it: its words by field, and the lines that it is known by."""

from __future__ import annotations

import re

from msgspec import Struct

from triage_tui.guides.cut import cut
from triage_tui.guides.entry import Entry
from triage_tui.guides.logline import bare
from triage_tui.guides.mask import mask
from triage_tui.guides.pattern import Pattern
from triage_tui.guides.sections import SYMPTOMS
from triage_tui.guides.signed import signed
from triage_tui.guides.words import stems

FIELDS = ("title", "tags", "signatures", "symptoms", "body")
"""The columns of the index, in their order."""

_MASK = re.compile(r"<[a-z]+>")


class Document(Struct, frozen=True):
    """What is stored of an entry.

    fields     stems of each field, joined with spaces, in the order of FIELDS
    body       the sections as Markdown, for showing where a word stands
    patterns, excludes  its signatures; cut: for lines whose end is lost
    templates  masked lines that belong to it, in small letters, each once
    symptoms   (signal, op, value, weight) of each
    """

    id: str
    title: str
    path: str
    severity: str
    impact: str
    services: tuple[str, ...]
    findings: tuple[str, ...]
    fields: tuple[str, ...]
    body: str
    patterns: tuple[Pattern, ...]
    excludes: tuple[Pattern, ...]
    cut: tuple[Pattern, ...]
    templates: tuple[str, ...]
    symptoms: tuple[tuple[str, str, float, float], ...]


def document(entry: Entry) -> Document:
    """The document of an entry."""
    front = entry.front
    runnable = signed(front)
    templates = tuple(
        dict.fromkeys(
            mask(bare(line))
            for line in (*(one.text for one in front.signatures if one.text), *front.examples.matches)
        )
    )
    first = entry.section(SYMPTOMS)
    symptoms = " ".join([front.impact, first.text if first else "", *(cause.text for cause in front.causes)])
    rest = [section.text for section in entry.sections if section is not first]
    titles = [section.title for section in entry.sections]
    fields = (
        front.title,
        " ".join([front.id, *front.tags, *front.services, *front.findings]),
        " ".join([*(words_of(one) for one in runnable.patterns), *map(without_masks, templates)]),
        symptoms,
        " ".join([*titles, *rest, *front.prevention]),
    )
    return Document(
        id=front.id,
        title=front.title,
        path=entry.path,
        severity=front.severity,
        impact=front.impact,
        services=front.services,
        findings=front.findings,
        fields=tuple(" ".join(stems(text)) for text in fields),
        body="\n".join(
            f"## {section.title}\n{section.text}" if section.title else section.text
            for section in entry.sections
        ),
        patterns=runnable.patterns,
        excludes=runnable.excludes,
        cut=tuple(each for one in runnable.patterns for each in cut(one)),
        templates=tuple(dict.fromkeys(one.lower() for one in templates)),
        symptoms=tuple((one.signal, one.op, one.value, one.weight) for one in front.symptoms),
    )


def without_masks(template: str) -> str:
    """A masked line without `<num>` and its like."""
    return _MASK.sub(" ", template)


def words_of(pattern: Pattern) -> str:
    """The words that stand in an expression, without its signs and classes."""
    bare = re.sub(r"\\[AbBdDsSwWZ]|\(\?[a-zA-Z:=!<]*|\[[^\]]*\]|\{[\d,]+\}", " ", pattern.source)
    return re.sub(r"[^\w\s'-]+", " ", bare.replace("\\", ""))
