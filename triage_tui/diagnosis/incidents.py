"""Findings that hang together made into incidents, and the incidents ranked: the cause first, symptoms under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from triage_tui.diagnosis.causes import (
    BROKEN_WORKER,
    GONE_WORKER,
    SPREADS,
    SUFFERS,
    explains_here,
    is_deeper,
    works_on_queues,
)
from triage_tui.diagnosis.ties import Ties, ties_of
from triage_tui.model import Finding, Incident, Picture
from triage_tui.model.finding import Key

T = TypeVar("T")

MOST_DEEDS = 4
"""Proposals of one finding, those of its symptoms among them."""


def incidents_of(findings: Iterable[Finding], picture: Picture) -> tuple[Incident, ...]:
    """The one to see to first comes first."""
    ranked = sorted(findings, key=_urgency)
    if len(ranked) < 2:
        return tuple(map(Incident, ranked))
    causes = _causes(ranked, ties_of(picture))
    below: defaultdict[Key, list[Finding]] = defaultdict(list)
    roots: list[Finding] = []
    for finding in ranked:
        root = _root(finding.key, causes)
        if root == finding.key:
            roots.append(finding)
        else:
            below[root].append(finding)
    incidents = [_incident(root, below[root.key], causes) for root in roots]
    return tuple(sorted(incidents, key=_rank))


def _causes(findings: Sequence[Finding], ties: Ties) -> dict[Key, Key]:
    """Symptom → its nearest cause."""
    nodes = {finding.key: ties.node_of(finding) for finding in findings}
    causes: dict[Key, Key] = {}
    for symptom in findings:
        node = nodes[symptom.key]
        reached = dict.fromkeys(ties.named_in(symptom), 1) if symptom.id in SUFFERS else {}
        if symptom.id in SUFFERS:
            reached |= ties.reached_from(node)
        best: tuple[int, int] | None = None
        for place, cause in enumerate(findings):
            distance = _distance(cause, symptom, nodes[cause.key] == node, reached.get(nodes[cause.key]))
            # The farthest cause is the root; of two that are as far, the more urgent one.
            if distance is not None and (best is None or (-distance, place) < best):
                best = (-distance, place)
                causes[symptom.key] = cause.key
    return causes


def _distance(cause: Finding, symptom: Finding, same: bool, steps: int | None) -> int | None:
    """How far a cause is from a symptom; None where it is no cause of it."""
    if cause.key == symptom.key:
        return None
    if explains_here(cause, symptom) or (same and is_deeper(cause, symptom)):
        return 0
    if steps is not None and not same and cause.id in SPREADS and not cause.stale:
        return steps
    if symptom.id == "queue.no-workers" and cause.id in BROKEN_WORKER and works_on_queues(cause.subject):
        return 1
    if cause.id == "queue.no-workers" and symptom.id in GONE_WORKER and works_on_queues(symptom.subject):
        return 1
    if symptom.id in SUFFERS and cause.id in SPREADS and cause.subject and cause.subject in symptom.about:
        return 1
    return None


def _root(key: Key, causes: dict[Key, Key]) -> Key:
    """The end of the chain of causes; in a circle, the first that is met again."""
    seen = [key]
    while (following := causes.get(seen[-1])) is not None:
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _incident(root: Finding, symptoms: list[Finding], causes: dict[Key, Key]) -> Incident:
    """With what the nearest symptoms know better: how the container of a server that does not answer is started, and
    which lines of its log the same container wrote."""
    near = [one for one in symptoms if causes.get(one.key) == root.key]
    own = [one for one in near if one.target == root.target and one.subject == root.subject]
    actions = [deed for one in near if one.id in GONE_WORKER for deed in one.actions]
    return Incident(
        replace(
            root,
            actions=_each_once([*root.actions, *actions])[:MOST_DEEDS],
            quotes=_each_once([*root.quotes, *(line for one in own for line in one.quotes)]),
            guides=_each_once([*root.guides, *(id for one in own for id in one.guides)]),
        ),
        tuple(symptoms),
    )


def _each_once(given: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(given))


def _rank(incident: Incident) -> tuple[object, ...]:
    """By the root's own urgency, then by how much hangs on it."""
    severity, stale, *rest = _urgency(incident.root)
    worst = max(one.severity.rank for one in (incident.root, *incident.symptoms))
    return (min(severity, -worst), stale, severity, -len(incident.symptoms), *rest)


def _urgency(finding: Finding) -> tuple[int, bool, float, Key]:
    """What is worse comes first; what is not seen any more after what is; then what began earlier."""
    began = finding.since.timestamp() if finding.since is not None else 0.0
    return (-finding.severity.rank, finding.stale, began, finding.key)
