"""One finding in full, as lines: what is known, what speaks against it, what to read and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from triage_tui.model import Deed, Finding, Incident, Possible
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, hanging
from triage_tui.ui.glance import Glance
from triage_tui.ui.palette import Tone
from triage_tui.ui.problems.rows import SEVERITIES, since_s

LABEL_CELLS = 10
SYMPTOMS_SHOWN = 5


def finding_lines(
    glance: Glance, finding: Finding, incident: Incident | None, guides: Sequence[str], width: int
) -> list[Line]:
    """All that is known about a finding. guides: entries that answer it, the best first."""
    symbol, word, tone = SEVERITIES[finding.severity]
    lines = hanging((Cell(f"{symbol} {word}  ", tone),), finding.title, width)
    if finding.stale:
        lines += _part(
            "note", ["what this rests on cannot be seen any more; it was so when last seen"], width
        )
    lines += _part("quiet", _quiet(glance, finding), width)
    began = f"{figures.age(since_s(glance, finding))} ago"
    if finding.since is not None:
        began += f", at {finding.since:%H:%M:%SZ}"
    lines += _part("since", [began], width)
    where = finding.target + (f", {finding.subject}" if finding.subject else "")
    lines += _part("where", [where], width)
    lines += _part("evidence", [_evidence(glance, finding, at) for at in range(len(finding.evidence))], width)
    lines += _part("against", finding.against, width, "dim")
    lines += _part(
        "before", [f"{figures.age(one.before_s)} before: {one.text}" for one in finding.before], width
    )
    if incident is not None and incident.root is not finding:
        lines += _part("follows", [incident.root.title], width)
    lines += _part("may be", [_possible(one) for one in finding.causes], width)
    lines += _part("guides", guides, width, "accent")
    lines += _part("check", [_deed(one) for one in finding.checks], width)
    lines += _part("action", [_deed(one) for one in finding.actions], width)
    if incident is not None and incident.root is finding:
        lines += _part("explains", _explained(incident), width, "dim")
    lines += _part("finding", [finding.id], width, "dim")
    return lines


def _quiet(glance: Glance, finding: Finding) -> Iterator[str]:
    """Why it is known, until when, who says so, and how it is told again."""
    one = glance.diagnosis.quiet_of(finding) if glance.diagnosis is not None else None
    if one is not None:
        until = f"until {one.until:%d %b %H:%M}Z: " if one.until is not None else ""
        by = f", by {one.by}; z tells it again" if one.rule is not None else ", by triage.toml"
        yield f"{until}{one.reason}{by}"


def _explained(incident: Incident) -> list[str]:
    """The worst symptoms; all of them stand in the list."""
    shown = [one.title for one in incident.symptoms[:SYMPTOMS_SHOWN]]
    more = len(incident.symptoms) - len(shown)
    return [*shown, f"and {more} more"] if more else shown


def finding_details(finding: Finding) -> list[tuple[str, str]]:
    """A finding as label and value: the first is what a reader would copy."""
    facts = [("evidence", one.text) for one in finding.evidence]
    return [("finding", finding.title), *facts, *(("quote", quote) for quote in finding.quotes)]


def _evidence(glance: Glance, finding: Finding, at: int) -> str:
    one = finding.evidence[at]
    age = f"  ({figures.age(one.age_s + glance.elapsed_s)} old)" if one.age_s is not None else ""
    return one.text + age


def _possible(one: Possible) -> str:
    return f"{figures.percent(one.share)} “{one.id}”: {one.words}"


def _deed(deed: Deed) -> str:
    argument = f" {deed.argument}" if deed.argument else ""
    why = f": {deed.why}" if deed.why else ""
    return f"{deed.id}{argument}{why}"


def _part(label: str, texts: Iterable[str], width: int, tone: Tone = "text") -> list[Line]:
    lines: list[Line] = []
    for number, text in enumerate(texts):
        head = f"{label if number == 0 else '':<{LABEL_CELLS}}"
        for line in hanging((Cell(head, "dim"),), text, width):
            lines.append((line[0], *(Cell(cell.text, tone) for cell in line[1:])))
    return lines
