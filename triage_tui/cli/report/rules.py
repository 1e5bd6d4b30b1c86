"""What a rule looks at, and why, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from triage_tui.cli.report.layout import wrapped
from triage_tui.config import limits
from triage_tui.config.settings import Hold, Threshold
from triage_tui.diagnosis.causes import SPREADS, SUFFERS
from triage_tui.diagnosis.possibilities import SPLITS
from triage_tui.diagnosis.registry import rules_for
from triage_tui.diagnosis.rule import HYSTERESIS, Rule
from triage_tui.diagnosis.separating import HEARD_S
from triage_tui.model.findings import FINDINGS
from triage_tui.text import figures


def explained(
    finding: str, given: Mapping[str, Threshold], holds: Mapping[str, Hold] | None = None
) -> dict[str, Any]:
    """Everything that the rules for a finding say about themselves. given, holds: what triage.toml sets."""
    hold = (holds or {}).get(finding, Hold())
    return {
        "id": finding,
        "meaning": FINDINGS[finding],
        "rules": [_rule(rule, given, hold) for rule in rules_for(finding)],
        "may_be_a_cause": finding in SPREADS,
        "may_be_a_symptom": finding in SUFFERS,
        "causes": _causes(finding),
    }


def _causes(finding: str) -> list[dict[str, Any]]:
    """What it may come from, and the checks that fail where it does."""
    split = SPLITS.get(finding)
    return [
        {"id": one.id, "words": one.words, "fails": sorted(one.fails, key=lambda check: -one.fails[check])}
        for one in (split.causes if split is not None else ())
    ]


def _rule(rule: Rule, given: Mapping[str, Threshold], hold: Hold) -> dict[str, Any]:
    return {
        "targets": [kind.value for kind in rule.kinds],
        "looks_at": rule.looks_at,
        "because": rule.because,
        "needs": rule.needs.value,
        "hold_s": rule.hold_s if hold.hold_s is None else hold.hold_s,
        "clear_s": rule.clear_s if hold.clear_s is None else hold.clear_s,
        "hold_from": "default" if hold == Hold() else "triage.toml",
        "thresholds": [_threshold(name, given) for name in rule.limits],
    }


def _threshold(name: str, given: Mapping[str, Threshold]) -> dict[str, Any]:
    threshold = limits.threshold_of(name, given)
    return {
        "name": name,
        "meaning": limits.meaning_of(name),
        "unit": limits.unit_of(name),
        "warning": threshold.warning,
        "critical": threshold.critical,
        "from": "triage.toml" if name in given else "default",
        "source": limits.source_of(name),
    }


def lines_of(known: Mapping[str, Any], guides: Sequence[str], width: int) -> list[str]:
    """What `explained` says, as text."""
    lines = wrapped(f"{known['id']}: {known['meaning']}", width, "", "    ")
    for rule in known["rules"]:
        lines += ["", *wrapped(f"at {', '.join(rule['targets'])}: {rule['looks_at']}", width, "", "    ")]
        lines += wrapped(f"why it matters: {rule['because']}", width, "  ", "    ")
        lines += wrapped(f"needs: {rule['needs']}", width, "  ", "    ")
        hold = f"told after {figures.duration(rule['hold_s'])}" if rule["hold_s"] else "told at once"
        clear = f"over after {figures.duration(rule['clear_s'])}" if rule["clear_s"] else "over at once"
        lines += wrapped(f"{hold}; {clear} of being well, {rule['hold_from']}", width, "  ", "    ")
        for one in rule["thresholds"]:
            lines += _limit(one, width)
    if any(rule["thresholds"] for rule in known["rules"]):
        slack = (
            f"What was found stays so until it is better than its threshold by {figures.percent(HYSTERESIS)}."
        )
        lines += ["", *wrapped(slack, width, "", "    ")]
    if known["may_be_a_cause"]:
        lines += wrapped(
            "It explains what happens to whatever needs the thing that it is about.", width, "", "    "
        )
    if known["may_be_a_symptom"]:
        lines += wrapped(
            "It stands under a finding about something that it needs, where there is one.", width, "", "  "
        )
    if known["causes"]:
        said = (
            "Several causes are possible. The check that is expected to tell most is proposed first; its answer moves"
            f" what is likely, for {figures.duration(HEARD_S)}:"
        )
        lines += ["", *wrapped(said, width, "", "    ")]
        for one in known["causes"]:
            fails = f"; speaks for it: {', '.join(one['fails'])} failing" if one["fails"] else ""
            lines += wrapped(f"{one['id']}: {one['words']}{fails}", width, "  ", "      ")
    lines += ["", "guides that answer it:" if guides else "no guide answers it"]
    return [*lines, *(f"  {id}" for id in guides)]


def _limit(one: Mapping[str, Any], width: int) -> list[str]:
    values = ", ".join(f"{word} {one[word]:g}" for word in ("warning", "critical") if one[word] is not None)
    said = f"{one['name']} ({one['unit']}): {values or 'switched off'}, {one['from']}"
    lines = wrapped(said, width, "  threshold ", "      ")
    lines += wrapped(one["meaning"], width, "      ", "      ")
    return lines + (wrapped(one["source"], width, "      because: ", "      ") if one["source"] else [])
