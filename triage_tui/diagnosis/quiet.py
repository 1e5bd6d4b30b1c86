"""Findings that are known: snoozed until a time, ignored for a reason, or expected at certain hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from msgspec.structs import replace

from triage_tui.config.hush import Hush
from triage_tui.config.settings import QuietRule
from triage_tui.config.toml.quiet import DAYS
from triage_tui.model import Finding, Incident, Quiet

_MINUTES = 60


def split(
    incidents: Sequence[Incident], rules: Sequence[QuietRule], now: datetime
) -> tuple[tuple[Incident, ...], tuple[Quiet, ...]]:
    """What is still told, and what is quiet.

    Where a root is known, so is what it explains. now: UTC, the picture's own instant
    """
    if not rules:
        return tuple(incidents), ()
    told: list[Incident] = []
    quiet: list[Quiet] = []
    for incident in incidents:
        known = rule_for(incident.root, rules, now)
        if known is not None:
            quiet += [_quiet(one, known) for one in (incident.root, *incident.symptoms)]
            continue
        left: list[Finding] = []
        for symptom in incident.symptoms:
            rule = rule_for(symptom, rules, now)
            if rule is None:
                left.append(symptom)
            else:
                quiet.append(_quiet(symptom, rule))
        told.append(replace(incident, symptoms=tuple(left)))
    return tuple(told), tuple(quiet)


def rule_for(finding: Finding, rules: Sequence[QuietRule], now: datetime) -> QuietRule | None:
    """The first rule that makes a finding quiet now; None where it is to be told."""
    return next((rule for rule in rules if _is_about(rule, finding) and _holds(rule, now)), None)


def _is_about(rule: QuietRule, finding: Finding) -> bool:
    return (
        fnmatchcase(finding.id, rule.finding)
        and fnmatchcase(finding.target, rule.target)
        and fnmatchcase(finding.subject, rule.subject)
    )


def _holds(rule: QuietRule, now: datetime) -> bool:
    if rule.until is not None and now >= rule.until:
        return False
    return rule.window is None or _within(rule.window, rule.days, now.astimezone(UTC))


def _within(window: str, days: Sequence[str], now: datetime) -> bool:
    """A window that ends before it begins reaches over midnight, and belongs to the day on which it began."""
    start, end = (int(time[:2]) * _MINUTES + int(time[3:]) for time in window.split("-"))
    minute = now.hour * _MINUTES + now.minute
    if start <= end:
        return start <= minute < end and _is_on(days, now)
    if minute >= start:
        return _is_on(days, now)
    return minute < end and _is_on(days, now - timedelta(days=1))


def _is_on(days: Sequence[str], day: datetime) -> bool:
    return not days or DAYS[day.weekday()] in days


def _quiet(finding: Finding, rule: QuietRule) -> Quiet:
    known = Quiet(finding, rule.reason or "snoozed", rule.until)
    if isinstance(rule, Hush):
        return replace(known, by=rule.by, rule=(rule.finding, rule.target, rule.subject))
    return known
