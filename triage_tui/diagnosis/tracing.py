"""From each symptom to its cause, through what is one thing and what needs what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from triage_tui.diagnosis.causes import (
    BROKEN_WORKER,
    DEPTH,
    ENDED,
    GONE_WORKER,
    HOLDS_UP,
    SPREADS,
    SUFFERS,
    WITHIN,
    Shared,
    explains_here,
    findings_named_by,
    is_deeper,
    works_on_queues,
)
from triage_tui.diagnosis.echoes import tells_first_hand
from triage_tui.diagnosis.ties import Node, Ties
from triage_tui.model import Finding
from triage_tui.model.finding import Key

NO_WORKERS = "queue.no-workers"
LOG_LINE = "logs.signature"
TURNED_AWAY = frozenset({"postgres.auth-failed", "postgres.database-missing", "redis.auth-failed"})
"""Whoever calls a service that was turned away repeats what it said."""

_MOST_ALIKE = 20
"""Logs with the same error that one is compared with."""

TOLD_TWICE = frozenset({"postgres.connections-exhausted"})

_CAUSES_WITHIN: defaultdict[str, list[str]] = defaultdict(list)
for _cause, _symptom in WITHIN:
    _CAUSES_WITHIN[_symptom].append(_cause)


def causes_of(findings: Sequence[Finding], ties: Ties) -> dict[Key, Key]:
    """Symptom → its cause. findings: the most urgent first; of causes that are as far away the first one counts."""
    traces = _Traces(findings, ties)
    causes: dict[Key, Key] = {}
    for symptom in findings:
        found = list(traces.of(symptom))
        # Whatever else goes on: what has ended does not answer for that reason.
        ended = [one for one in found if one[0] == 0 and findings[one[1]].id == ENDED]
        # The farthest cause is nearest to the root; of those about one thing the deepest is.
        ranked = ((-distance, DEPTH.get(findings[place].id, 0), place) for distance, place in ended or found)
        best = min(ranked, default=None)
        if best is not None:
            causes[symptom.key] = findings[best[-1]].key
    return causes


def root_of(key: Key, causes: dict[Key, Key]) -> Key:
    """The end of the chain of causes. Of a circle the first by name, so that all in it agree."""
    seen = [key]
    known = {key}
    while (following := causes.get(seen[-1])) is not None:
        if following in known:
            return min(seen[seen.index(following) :])
        seen.append(following)
        known.add(following)
    return seen[-1]


class _Traces:
    """The findings by everything that a cause is looked up by: thousands of them are no thousands squared."""

    def __init__(self, findings: Sequence[Finding], ties: Ties) -> None:
        self._findings = findings
        self._ties = ties
        self._nodes: dict[Key, Node] = {}
        self._at: defaultdict[Node, list[int]] = defaultdict(list)
        self._deep: defaultdict[Node, list[int]] = defaultdict(list)
        self._by_id_and_subject: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._spreading: defaultdict[Node, list[int]] = defaultdict(list)
        self._by_id: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_subject: defaultdict[str, list[int]] = defaultdict(list)
        self._by_guide: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._servers: defaultdict[str, list[int]] = defaultdict(list)
        self._targets = {one.target for one in findings}
        self._broken_workers: list[int] = []
        self._no_workers: list[int] = []
        for place, one in enumerate(findings):
            node = self._nodes[one.key] = ties.node_of(one)
            self._at[node].append(place)
            if one.id in DEPTH:
                self._deep[node].append(place)
            self._by_id_and_subject[one.target, one.id, one.subject].append(place)
            self._by_id[one.target, one.id].append(place)
            if one.id in SPREADS:
                self._by_subject[one.subject].append(place)
                if not one.stale:
                    self._spreading[node].append(place)
            if one.subject == "":
                self._servers[one.target].append(place)
            if one.id in BROKEN_WORKER and works_on_queues(one.subject):
                self._broken_workers.append(place)
            if one.id == NO_WORKERS:
                self._no_workers.append(place)
            if one.id == LOG_LINE and one.guides:
                self._by_guide[one.target, one.guides[0]].append(place)

    def of(self, symptom: Finding) -> Iterator[tuple[int, int]]:
        """(distance, place) of everything that explains a symptom."""
        for distance, place in self._all(symptom):
            if symptom.id != ENDED or self._findings[place].id not in HOLDS_UP:
                yield distance, place

    def _all(self, symptom: Finding) -> Iterator[tuple[int, int]]:
        for place in self._near(symptom):
            if self._findings[place].key != symptom.key:
                yield 0, place
        if symptom.id in SUFFERS or (symptom.subject and symptom.id in TURNED_AWAY):
            node = self._nodes[symptom.key]
            reached = dict.fromkeys(self._ties.named_in(symptom), 1) | dict(self._ties.reached_from(node))
            for needed, steps in reached.items():
                if needed != node:
                    yield from ((steps, place) for place in self._spreading.get(needed, ()))
            for name in symptom.about:
                for place in self._by_subject.get(name, ()):
                    # A queue tells of its worker's end, not the other way round: see GONE_WORKER.
                    if name and not (symptom.id == NO_WORKERS and self._findings[place].id in GONE_WORKER):
                        yield 1, place
        if symptom.subject and symptom.id in TOLD_TWICE:
            # Containers say what the server itself says as well.
            for target in self._servers:
                yield from (
                    (1, p) for p in self._by_id.get((target, symptom.id), ()) if not self._findings[p].subject
                )
        if symptom.id == LOG_LINE:
            # A line that tells of what is found elsewhere is its echo.
            for id in findings_named_by(symptom.guides):
                yield from (
                    (1, place) for target in self._targets for place in self._by_id.get((target, id), ())
                )
            yield from ((1, place) for place in self._first_hand(symptom))
        if symptom.id == NO_WORKERS:
            yield from ((1, place) for place in self._broken_workers)
        if symptom.id in GONE_WORKER and works_on_queues(symptom.subject):
            yield from ((1, place) for place in self._no_workers)

    def _first_hand(self, symptom: Finding) -> Iterator[int]:
        """Places of other logs with the error that one guide answers. Where nothing tells who repeats it, the more
        urgent one leads."""
        alike = self._by_guide[symptom.target, symptom.guides[0]] if symptom.guides else []
        own = next((place for place in alike if self._findings[place].key == symptom.key), -1)
        for place in alike[:_MOST_ALIKE]:
            if place != own:
                first = tells_first_hand(self._findings[place], symptom)
                if first or (first is None and place < own):
                    yield place

    def _near(self, symptom: Finding) -> Iterator[int]:
        """Places of findings about the same thing, or about the same server, that explain it."""
        node = self._nodes[symptom.key]
        by_depth = self._deep[node] if symptom.id in DEPTH else []
        beside = self._at[node] if symptom.id == LOG_LINE else by_depth
        for place in beside:
            if is_deeper(self._findings[place], symptom):
                yield place
        candidates = []
        for id in _CAUSES_WITHIN[symptom.id]:
            if WITHIN[id, symptom.id] is Shared.SUBJECT:
                candidates += self._by_id_and_subject[symptom.target, id, symptom.subject]
            else:
                candidates += self._by_id[symptom.target, id]
        if symptom.stale:
            candidates += self._servers[symptom.target]
        for place in candidates:
            if explains_here(self._findings[place], symptom):
                yield place
