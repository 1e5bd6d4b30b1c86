"""The entries that answer a finding: those its own evidence names, then those that are written for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from triage_tui.guides.index import Row
from triage_tui.guides.library import Library
from triage_tui.guides.search import ranking
from triage_tui.model import Finding

MAX_ANSWERS = 4

_SEARCHED = 60
"""Entries among which the words of a finding are looked for."""

_WORD = re.compile(r"[a-z][a-z0-9]{2,}")
_EVERYWHERE = frozenset(
    {"container", "database", "docker", "host", "http", "postgres", "redis", "server", "service"}
)


class Answer(Struct, frozen=True):
    """An entry that answers a finding, and why it is thought to."""

    row: Row
    why: tuple[str, ...]

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.row.id


def answers(library: Library, finding: Finding, limit: int = MAX_ANSWERS) -> list[Answer]:
    """Entries for a finding, the best first.

    A log line with the entry's signature in it says what is the matter, so what the finding itself names leads, and
    after it what knows the words it quotes. Of the entries that are written for findings of this kind the one that
    treats of the kind as such comes first: it is right, if not the closest. The others follow by how many names they
    share with what it is about, then by how many of their words are those of the finding, so that the second is the
    closest.
    """
    found: dict[str, Answer] = {}

    def take(rows: Iterable[tuple[Row, tuple[str, ...]]]) -> None:
        for row, why in rows:
            found.setdefault(row.id, Answer(row, why))

    named = (library.row(id) for id in finding.guides)
    take((row, ("its signature is in the log",)) for row in named if row is not None)
    for quote in finding.quotes:
        take((one.row, one.why) for one in library.match(quote) if one.how == "signature")
    written = library.index.rows(library.index.answering(finding.id))
    of_its_own = _own_id(finding.id)
    why = (f"answers {finding.id}",)
    take((row, why) for row in written.values() if row.id in of_its_own)
    if len(written) > 1:
        closest = {number: at for at, number in enumerate(ranking(library.index, _words(finding), _SEARCHED))}
        names = _names([finding.target, finding.subject, *finding.about])
        by_words = sorted(
            written.items(),
            key=lambda one: (
                -len(names & _names([one[1].id, *one[1].services])),
                closest.get(one[0], _SEARCHED),
                one[1].id,
            ),
        )
        take((row, why) for _, row in by_words)
    else:
        take((row, why) for row in written.values())
    return list(found.values())[:limit]


def _own_id(finding: str) -> frozenset[str]:
    """Ids of the entry that treats of this kind of finding as such; the room of queues has a name in the plural."""
    room, _, name = finding.partition(".")
    return frozenset({f"{room}/{name}", f"{room}s/{name}"})


def _names(of: Iterable[str]) -> frozenset[str]:
    """Words in names of things, without those that stand in names of everything."""
    return frozenset(word for name in of for word in _WORD.findall(name.lower())) - _EVERYWHERE


def _words(finding: Finding) -> str:
    texts = (finding.title, finding.subject, *finding.about, *(one.text for one in finding.evidence))
    return " ".join(texts)
