"""Findings as rows of a list, and the line above them. No widget here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from triage_tui.model import Diagnosis, Finding, Quiet, Severity, State
from triage_tui.model.finding import Key
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance
from triage_tui.ui.palette import Tone
from triage_tui.ui.rows import Column, Row

SEVERITIES: dict[Severity, tuple[str, str, Tone]] = {
    Severity.CRITICAL: ("✗", "critical", "bad"),
    Severity.WARNING: ("▲", "warning", "warn"),
    Severity.INFO: ("·", "info", "dim"),
}
"""Symbol, word and tone: each can do without the others."""

COLUMNS = (
    Column("severity", "", 10, sortable=False),
    Column("since", "", 6, align="right", rank=1, sortable=False),
    Column("what", "", 24, flex=8, most=72, sortable=False),
    Column("evidence", "", 20, rank=4, flex=3, sortable=False),
    Column("target", "", 10, rank=5, flex=1, most=18, sortable=False),
    Column("guide", "", 20, rank=3, flex=2, most=34, sortable=False),
)

Guides = Mapping[Key, Sequence[str]]
"""Finding → ids of the entries that answer it, the best first. One that is missing has not been asked about yet."""


def key_of(finding: Finding) -> str:
    """The key of a finding's row."""
    return "\x1f".join(finding.key)


def problem_rows(glance: Glance, guides: Guides, *, folded: bool) -> list[Row]:
    """Incidents in their order. folded: a root says how many symptoms hang below it; else they follow it, and at the
    end stands what is kept quiet."""
    diagnosis = glance.diagnosis
    rows: list[Row] = []
    for incident in diagnosis.incidents if diagnosis is not None else ():
        rows.append(_row(glance, incident.root, guides, symptoms=len(incident.symptoms) if folded else 0))
        if not folded:
            root = key_of(incident.root)
            rows.extend(_row(glance, symptom, guides, below=root) for symptom in incident.symptoms)
    if diagnosis is not None and not folded:
        rows.extend(_quiet_row(glance, one) for one in diagnosis.quiet)
    return rows


def since_s(glance: Glance, finding: Finding) -> float | None:
    """Seconds since a finding began; None where nobody knows."""
    if finding.since is None:
        return None
    began_s = (glance.picture.wall_at - finding.since).total_seconds()
    return max(0.0, began_s) + glance.elapsed_s


def _row(
    glance: Glance, finding: Finding, guides: Guides, *, symptoms: int = 0, below: str | None = None
) -> Row:
    symbol, word, tone = SEVERITIES[finding.severity]
    more = f" (+{symptoms})" if symptoms else ""
    was = "was: " if finding.stale else ""
    title = f"{'└ ' if below else ''}{was}{finding.title}{more}"
    evidence = next((one.text for one in finding.evidence if one.text not in finding.title), "")
    answered = guides.get(finding.key, ())
    text: Tone = "dim" if finding.stale or below else "strong"
    return Row(
        key=key_of(finding),
        cells={
            "severity": Cell(f"{symbol} {word}", "dim" if finding.stale else tone),
            "since": Cell(figures.age(since_s(glance, finding)), "dim"),
            "what": Cell(title, text),
            "evidence": Cell(evidence, "dim" if finding.stale or below else "text"),
            "target": Cell(finding.target, "dim"),
            "guide": Cell(answered[0] if answered else "", "accent"),
        },
        words=f"{finding.id} {finding.target} {finding.title} {' '.join(answered)}".lower(),
        parent=below,
    )


def _quiet_row(glance: Glance, quiet: Quiet) -> Row:
    finding = quiet.finding
    until = f"until {quiet.until:%d %b %H:%M}Z: " if quiet.until is not None else ""
    by = f", by {quiet.by}" if quiet.by else ""
    return Row(
        key=key_of(finding),
        cells={
            "severity": Cell("‖ quiet", "dim"),
            "since": Cell(figures.age(since_s(glance, finding)), "dim"),
            "what": Cell(finding.title, "dim"),
            "evidence": Cell(f"{until}{quiet.reason}{by}", "dim"),
            "target": Cell(finding.target, "dim"),
        },
        words=f"{finding.id} {finding.target} {finding.title} quiet".lower(),
    )


def headline(glance: Glance | None, *, focused: bool, hidden: int = 0) -> Line:
    """`▸ Problems  ✗ 1 critical  ▲ 2 warnings  3 symptoms`, or what may be said where nothing was found.

    hidden: incidents that there is no room for
    """
    title: Line = (
        Cell("▸ " if focused else "  ", "title"),
        Cell("Problems", "title" if focused else "strong"),
    )
    diagnosis = glance.diagnosis if glance is not None else None
    if glance is None or diagnosis is None:
        return title
    counts = Counter(incident.root.severity for incident in diagnosis.incidents)
    parts: list[Line] = [title]
    for severity in (Severity.CRITICAL, Severity.WARNING, Severity.INFO):
        symbol, word, tone = SEVERITIES[severity]
        number = counts[severity]
        if number:
            plural = "s" if number > 1 and severity is Severity.WARNING else ""
            parts.append((Cell(f"{symbol} {number} {word}{plural}", tone),))
    if not diagnosis.incidents:
        parts.append(_all_quiet(glance))
    symptoms = sum(len(incident.symptoms) for incident in diagnosis.incidents)
    if symptoms:
        parts.append((Cell(f"+{symptoms} symptom{'s' if symptoms > 1 else ''}", "dim"),))
    if diagnosis.pending:
        parts.append((Cell(f"{len(diagnosis.pending)} watched", "dim"),))
    if diagnosis.quiet:
        parts.append((Cell(f"{len(diagnosis.quiet)} kept quiet", "dim"),))
    if diagnosis.notes:
        parts.append((Cell("what is kept quiet is not all known", "warn"),))
    if hidden:
        parts.append((Cell(f"{hidden} more: 0 shows all", "accent"),))
    return join(parts)


def _all_quiet(glance: Glance) -> Line:
    """Nothing was found. That is good news only of what can be seen."""
    sightings = glance.picture.sightings
    known = sum(sighting.known for sighting in sightings)
    if not sightings:
        return (Cell("nothing to look at", "dim"),)
    if known == len(sightings):
        return (Cell("● nothing wrong found", "good"),)
    if all(sighting.state is State.CONNECTING for sighting in sightings):
        return (Cell("… looking", "dim"),)
    unseen = len(sightings) - known
    return (Cell(f"◌ nothing wrong found, but {unseen} of {len(sightings)} cannot be judged", "warn"),)


def counted(diagnosis: Diagnosis | None) -> str:
    """`✗ 2 critical`, `▲ 1 warning`, or nothing: for where there is room for a word or two."""
    if diagnosis is None or diagnosis.worst is None or diagnosis.worst is Severity.INFO:
        return ""
    worst = diagnosis.worst
    symbol, word, _tone = SEVERITIES[worst]
    return f"{symbol} {sum(one.root.severity is worst for one in diagnosis.incidents)} {word}"
