"""The entries that answer a finding: those its own evidence names, then those that are written for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice

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
    {
        *("container", "database", "docker", "host", "http", "postgres", "redis", "server", "service"),
        *("api", "app", "backend", "frontend", "web", "worker"),
    }
)
_ENVIRONMENTS = frozenset({"dev", "local", "prod", "production", "staging", "test"})
"""What a name says of where a service runs."""


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
    after it what knows the words it quotes. Of the entries that are written for findings of this kind one that names
    the very service comes first: it is the team's own word on it. Then the one that treats of the kind as such: it is
    right, if not the closest. The others follow by how many names they share with what it is about, then by how many of
    their words are those of the finding.
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
    ordered = _closest_first(library, finding, written) if len(written) > 1 else list(written.values())
    very = _parts([finding.subject])
    naming = (row for row in ordered if row.id not in found and _names_it(row, very))
    take((row, (*why, f"names {finding.subject}")) for row in islice(naming, 1))
    take((row, why) for row in ordered if row.id in of_its_own)
    take((row, why) for row in ordered)
    return list(found.values())[:limit]


def _closest_first(library: Library, finding: Finding, written: Mapping[int, Row]) -> list[Row]:
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
    return [row for _, row in by_words]


def _names_it(row: Row, subject: frozenset[str]) -> bool:
    """One of its services is the subject: `shop-api` is `shop-api-1`. A name of a single word may be anybody's."""
    services = (_parts([service]) - _ENVIRONMENTS for service in row.services)
    return any(len(words) > 1 and words <= subject for words in services)


def _own_id(finding: str) -> frozenset[str]:
    """Ids of the entry that treats of this kind of finding as such; the room of queues has a name in the plural."""
    room, _, name = finding.partition(".")
    return frozenset({f"{room}/{name}", f"{room}s/{name}"})


def _names(of: Iterable[str]) -> frozenset[str]:
    """Words in names of things, without those that stand in names of everything."""
    return _parts(of) - _EVERYWHERE


def _parts(of: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in of for word in _WORD.findall(name.lower()))


def _words(finding: Finding) -> str:
    texts = (finding.title, finding.subject, *finding.about, *(one.text for one in finding.evidence))
    return " ".join(texts)
