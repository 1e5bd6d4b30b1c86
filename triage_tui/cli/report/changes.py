"""From one diagnosis to the next, as lines: what began, got worse or better, and ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from triage_tui.cli.report.findings import WORDS, finding_json, guides_of, where
from triage_tui.guides.library import Library
from triage_tui.model import Diagnosis, Finding
from triage_tui.model.finding import Key
from triage_tui.text import figures


def differs(before: Mapping[Key, Finding], diagnosis: Diagnosis) -> bool:
    """Whether there is a change to print a line for."""
    known = {key: one.severity for key, one in before.items()}
    return known != {one.key: one.severity for one in diagnosis.findings}


def lines_of(
    before: Mapping[Key, Finding], diagnosis: Diagnosis, library: Library, *, as_json: bool
) -> Iterator[str]:
    """One line for each change, what ended first. Each stands alone, so that the output can be cut anywhere."""
    now = {one.key: one for one in diagnosis.findings}
    at = diagnosis.wall_at.isoformat(timespec="seconds")
    for key, finding in before.items():
        if key not in now:
            yield _line(at, "GONE", finding, _lasted(finding, diagnosis), as_json=as_json)
    changed = [one for key, one in now.items() if key not in before or before[key].severity != one.severity]
    if not changed:
        return
    guides = guides_of(diagnosis, library)
    causes = {one.key: each.root for each in diagnosis.incidents for one in each.symptoms}
    for finding in changed:
        old = before.get(finding.key)
        word = "NEW" if old is None else "WORSE" if finding.severity.rank > old.severity.rank else "BETTER"
        if as_json:
            told = finding_json(finding, guides, 0, causes.get(finding.key))
            del told["incident"]
            yield json.dumps({"at": at, "change": word.lower(), **told}, ensure_ascii=False)
            continue
        cause = causes.get(finding.key)
        if cause is not None:
            extra = f"because of {cause.id} {where(cause)}"
        else:
            extra = f"guide {guides[finding.key][0]}" if guides.get(finding.key) else ""
        yield _line(at, word, finding, extra, as_json=False)


def _line(at: str, word: str, finding: Finding, extra: str, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(
            {
                "at": at,
                "change": word.lower(),
                "id": finding.id,
                "severity": finding.severity,
                "target": finding.target,
                "subject": finding.subject,
                "title": finding.title,
            },
            ensure_ascii=False,
        )
    rest = f"; {extra}" if extra else ""
    return f"{at} {word:6} {WORDS[finding.severity]:8} {finding.id} {where(finding)}: {finding.title}{rest}"


def _lasted(finding: Finding, diagnosis: Diagnosis) -> str:
    if finding.since is None:
        return ""
    return f"after {figures.age((diagnosis.wall_at - finding.since).total_seconds())}"
