"""A diagnosis as text whose first line a probe can read, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage_tui.cli.report.layout import wrapped
from triage_tui.diagnosis.outcomes import outcomes
from triage_tui.guides.answers import answers
from triage_tui.guides.library import Library
from triage_tui.model import Deed, Diagnosis, Finding, Incident, Picture, Severity
from triage_tui.model.finding import Key
from triage_tui.text import figures

Guides = Mapping[Key, tuple[str, ...]]
"""Finding → ids of guides that answer it, the best first."""

WORDS = {Severity.CRITICAL: "CRITICAL", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
_MARKS = {Severity.CRITICAL: "!!", Severity.WARNING: " !", Severity.INFO: " i"}
CAUSES_SHOWN = 2
SYMPTOMS_SHOWN = 8


def guides_of(diagnosis: Diagnosis, library: Library) -> dict[Key, tuple[str, ...]]:
    """The guides of every finding that is told."""
    return {
        finding.key: tuple(answer.id for answer in answers(library, finding))
        for finding in diagnosis.findings
    }


def as_json(diagnosis: Diagnosis, picture: Picture, guides: Guides) -> dict[str, Any]:
    """The shape that `triage check --help` documents."""
    return {
        "taken_at": diagnosis.wall_at.isoformat(timespec="milliseconds"),
        "environment": picture.environment,
        "worst": diagnosis.worst,
        "findings": [
            finding_json(finding, guides, rank, incident.root if finding is not incident.root else None)
            for rank, incident in enumerate(diagnosis.incidents, 1)
            for finding in (incident.root, *incident.symptoms)
        ],
        "checks": [
            {"id": one.id, "target": one.target, "outcome": one.outcome, "message": one.message}
            for one in outcomes(picture, diagnosis.findings)
        ],
        "quiet": [
            {
                "id": one.finding.id,
                "target": one.finding.target,
                "subject": one.finding.subject,
                "reason": one.reason,
                "until": one.until.isoformat() if one.until is not None else None,
                "by": one.by,
            }
            for one in diagnosis.quiet
        ],
        "notes": list(diagnosis.notes),
        "pending": [
            {"id": one.id, "target": one.target, "subject": one.subject} for one in diagnosis.pending
        ],
    }


def finding_json(finding: Finding, guides: Guides, incident: int, cause: Finding | None) -> dict[str, Any]:
    """One finding. cause: the root that it stands under; None for a root."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "target": finding.target,
        "subject": finding.subject,
        "title": finding.title,
        "evidence": [_aged(one.text, one.age_s) for one in finding.evidence],
        "against": list(finding.against),
        "guides": list(guides.get(finding.key, ())),
        "checks": [_deed(deed) for deed in finding.checks],
        "actions": [_deed(deed) for deed in finding.actions],
        "since": finding.since.isoformat(timespec="milliseconds") if finding.since is not None else None,
        "before": [
            {"at": one.at.isoformat(timespec="milliseconds"), "what": one.text} for one in finding.before
        ],
        "stale": finding.stale,
        "incident": incident,
        "cause": None
        if cause is None
        else {"id": cause.id, "target": cause.target, "subject": cause.subject},
    }


def lines_of(diagnosis: Diagnosis, picture: Picture, guides: Guides, width: int) -> list[str]:
    """The first line as Nagios and its kin read it; then every incident with its evidence."""
    lines = [_first(diagnosis, picture)]
    for incident in diagnosis.incidents:
        lines += ["", *_incident(incident, diagnosis, guides, width)]
    held = [one for one in diagnosis.pending if one.key not in {each.key for each in diagnosis.findings}]
    if held:
        names = ", ".join(f"{one.id} {where(one)}" for one in held)
        lines += ["", *wrapped(f"not for long enough yet: {names}", width, "", "    ")]
    for one in diagnosis.quiet:
        until = f" until {figures.instant(one.until.isoformat())}" if one.until is not None else ""
        said = f"quiet{until}: {one.finding.id} {where(one.finding)}: {one.reason}{f', by {one.by}' if one.by else ''}"
        lines += wrapped(said, width, "", "    ")
    unseen = [each for each in picture.sightings if not each.known and each.problem is None]
    for sighting in unseen:
        lines += wrapped(
            f"{sighting.target.name}: {sighting.state}, nothing newer is known", width, "", "    "
        )
    return lines


def where(finding: Finding) -> str:
    """Target and subject."""
    return f"{finding.target} {finding.subject}".rstrip()


def _first(diagnosis: Diagnosis, picture: Picture) -> str:
    worst = diagnosis.worst
    counts = dict.fromkeys(Severity, 0)
    for one in diagnosis.findings:
        counts[one.severity] += 1
    figures_ = f"critical={counts[Severity.CRITICAL]} warning={counts[Severity.WARNING]}"
    figures_ += f" quiet={len(diagnosis.quiet)}"
    hushed = f", {len(diagnosis.quiet)} kept quiet" if diagnosis.quiet else ""
    unseen = [one.target.name for one in picture.sightings if not one.known]
    if worst is None and unseen:
        names = ", ".join(unseen).replace("|", "/")
        return f"TRIAGE UNKNOWN - nothing current is known of {names}, the rest is well{hushed} | {figures_}"
    if worst is None:
        return f"TRIAGE OK - all {len(picture.sightings)} targets are well{hushed} | {figures_}"
    root = diagnosis.incidents[0].root
    more = len(diagnosis.findings) - 1
    rest = f" (and {more} more finding{'s' if more > 1 else ''})" if more else ""
    said = f"{root.id} {where(root)}: {root.title}{rest}".replace("|", "/")
    return f"TRIAGE {'OK' if worst is Severity.INFO else WORDS[worst]} - {said}{hushed} | {figures_}"


def _incident(incident: Incident, diagnosis: Diagnosis, guides: Guides, width: int) -> list[str]:
    root = incident.root
    lines = wrapped(
        f"{WORDS[root.severity]} {root.id} {where(root)}: {root.title}",
        width,
        f"{_MARKS[root.severity]} ",
        "     ",
    )
    if root.since is not None:
        ago = figures.age((diagnosis.wall_at - root.since).total_seconds())
        lines.append(f"     since {figures.instant(root.since.isoformat())}, {ago} ago")
    for one in root.evidence:
        lines += wrapped(_aged(one.text, one.age_s), width, "     + ", "       ")
    for text in root.against:
        lines += wrapped(text, width, "     - ", "       ")
    for change in root.before:
        lines += wrapped(f"{figures.age(change.before_s)} before: {change.text}", width, "     < ", "       ")
    for cause in root.causes[:CAUSES_SHOWN]:
        said = f"may be {cause.id} ({figures.percent(cause.share)}): {cause.words}"
        lines += wrapped(said, width, "     ? ", "       ")
    for id in guides.get(root.key, ())[:2]:
        lines.append(f"     guide: triage guides show {id}")
    for deed in root.checks[:2]:
        lines += wrapped(f"check: {_said(deed)}", width, "     ", "       ")
    for deed in root.actions[:2]:
        lines += wrapped(f"action: {_said(deed)}", width, "     ", "       ")
    for symptom in incident.symptoms[:SYMPTOMS_SHOWN]:
        said = f"{symptom.id} {where(symptom)}: {symptom.title}"
        lines += wrapped(said, width, f"  {_MARKS[symptom.severity]}   └ ", "         ")
    if len(incident.symptoms) > SYMPTOMS_SHOWN:
        lines.append(f"       └ and {len(incident.symptoms) - SYMPTOMS_SHOWN} more below it")
    return lines


def _aged(text: str, age_s: float | None) -> str:
    return text if age_s is None or age_s < 1.0 else f"{text} ({figures.age(age_s)} old)"


def _said(deed: Deed) -> str:
    why = f", {deed.why}" if deed.why else ""
    return f"{deed.id} {deed.target} {deed.argument}".rstrip() + why


def _deed(deed: Deed) -> dict[str, str]:
    return {"id": deed.id, "target": deed.target, "argument": deed.argument, "why": deed.why}
