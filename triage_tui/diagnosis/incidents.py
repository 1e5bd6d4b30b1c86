"""Findings that hang together made into incidents, and the incidents ranked: the cause first, symptoms under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from triage_tui.diagnosis.causes import GONE_WORKER
from triage_tui.diagnosis.ties import Ties
from triage_tui.diagnosis.tracing import causes_of, root_of
from triage_tui.model import Finding, Incident
from triage_tui.model.finding import Key

T = TypeVar("T")

MOST_NAMES = 12
"""Names of what is affected that stand with the root: who meets a guide of its own looks for them."""

MOST_DEEDS = 4
"""Proposals of one finding, those of its symptoms among them."""


def incidents_of(findings: Iterable[Finding], ties: Ties) -> tuple[Incident, ...]:
    """The one to see to first comes first."""
    ranked = sorted(findings, key=_urgency)
    if len(ranked) < 2:
        return tuple(map(Incident, ranked))
    causes = causes_of(ranked, ties)
    below: defaultdict[Key, list[Finding]] = defaultdict(list)
    roots: list[Finding] = []
    for finding in ranked:
        root = root_of(finding.key, causes)
        if root == finding.key:
            roots.append(finding)
        else:
            below[root].append(finding)
    incidents = [_incident(root, below[root.key], causes) for root in roots]
    return tuple(sorted(incidents, key=_rank))


def _incident(root: Finding, symptoms: list[Finding], causes: dict[Key, Key]) -> Incident:
    """With what the nearest symptoms know better: how the container of a server that does not answer is started, and
    which lines of its log the same container wrote."""
    near = [one for one in symptoms if causes.get(one.key) == root.key]
    own = [one for one in symptoms if one.target == root.target and one.subject == root.subject]
    actions = [deed for one in near if one.id in GONE_WORKER for deed in one.actions]
    return Incident(
        replace(
            root,
            actions=_each_once([*root.actions, *actions])[:MOST_DEEDS],
            about=_each_once([*root.about, *(one.subject for one in symptoms if one.subject)])[:MOST_NAMES],
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
