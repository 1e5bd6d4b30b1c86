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


def said_of(rule: QuietRule, why: str) -> str:
    """For the bar: until when. why: why it is not kept beyond this cockpit; "" where it is."""
    until = f"until {rule.until:%H:%M}Z" if rule.until is not None else "from now on"
    kept = (
        f"as long as this cockpit is open: {why}" if why else "here and in `triage check`; z tells it again"
    )
    copied = "; its [[quiet]] for triage.toml is in the clipboard" if rule.until is None else ""
    return f"quiet {until}, {kept}{copied}"


def lifted(why: str) -> str:
    """For the bar. why: why only this cockpit tells it again; "" where all do."""
    return f"told again, in this cockpit only: {why}" if why else "told again"
