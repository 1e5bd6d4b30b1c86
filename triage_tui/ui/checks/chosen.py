"""What is worth asking about what the reader has before them."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.actions.checks.answer import Question
from triage_tui.actions.checks.proposed import Selected, of_finding, of_guide, of_row
from triage_tui.guides.entry import Entry
from triage_tui.model import Finding, Picture
from triage_tui.ui.pane import Pane
from triage_tui.ui.problems.listing import Problems


def chosen(
    picture: Picture, problems: Problems, pane: Pane, entry: Entry | None
) -> tuple[str, Sequence[Question]]:
    """What it is called, and the questions. entry: the guide that is being read."""
    finding = problems.finding if problems.has_focus or entry is not None else None
    if entry is not None:
        selected = _of_finding(finding) if finding is not None else _of_row(pane)
        return f"of {entry.id}", of_guide(entry, selected, picture)
    if finding is not None:
        return f"of {finding.target} {finding.subject}".rstrip(), _about(finding, picture)
    selected = _of_row(pane)
    kind = pane.face.kind
    if not selected.target:
        return f"of {kind}", ()
    return f"of {selected.target} {selected.subject}".rstrip(), of_row(
        kind, selected.target, selected.subject
    )


def _about(finding: Finding, picture: Picture) -> Sequence[Question]:
    """What a finding proposes; of one that proposes nothing, what is worth asking about its target."""
    proposed = of_finding(finding)
    sighting = picture.of(finding.target)
    return proposed or (of_row(sighting.target.kind, finding.target) if sighting is not None else ())


def _of_finding(finding: Finding) -> Selected:
    return Selected(finding.target, finding.subject, finding.about)


def _of_row(pane: Pane) -> Selected:
    sighting, row = pane.sighting, pane.table.selected
    if sighting is None:
        return Selected()
    return Selected(sighting.target.name, pane.face.subject(row) if row is not None else "")
