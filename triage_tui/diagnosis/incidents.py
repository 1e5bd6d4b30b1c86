"""Findings that hang together made into incidents, and the incidents ranked."""

from __future__ import annotations

from collections.abc import Iterable

from triage_tui.model import Finding, Incident, Picture


def incidents_of(findings: Iterable[Finding], picture: Picture) -> tuple[Incident, ...]:
    """The one to see to first comes first."""
    return tuple(Incident(finding) for finding in sorted(findings, key=_urgency))


def _urgency(finding: Finding) -> tuple[object, ...]:
    """What is worse comes first; what is not seen any more after what is; then what began earlier."""
    began = finding.since.timestamp() if finding.since is not None else 0.0
    return (-finding.severity.rank, finding.stale, began, finding.key)
