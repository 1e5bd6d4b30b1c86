"""What makes a known finding quiet: the rule, and how it is written into triage.toml."""

from __future__ import annotations

from datetime import datetime, timedelta
from glob import escape

from triage_tui.config.settings import QuietRule
from triage_tui.model import Finding

SNOOZE = timedelta(hours=1)
"""Long enough to mend something, and short enough that nobody finds it quiet on the next day."""


def rule_about(finding: Finding, now: datetime, reason: str = "") -> QuietRule:
    """Exactly this finding, for an hour; with a reason, for good."""
    return QuietRule(
        finding=finding.id,
        target=escape(finding.target),
        subject=escape(finding.subject),
        reason=reason,
        until=None if reason else (now + SNOOZE).replace(microsecond=0),
    )


def said_of(rule: QuietRule) -> str:
    """For the bar: what happens, and where it may be kept."""
    if rule.until is not None:
        return f"quiet until {rule.until:%H:%M}Z, as long as this cockpit is open"
    return "quiet as long as this cockpit is open; its [[quiet]] for triage.toml is in the clipboard"
