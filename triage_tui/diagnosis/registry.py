"""All rules there are, by the finding that they look for."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from triage_tui.diagnosis import rules
from triage_tui.diagnosis.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of every module in rules/ that has RULES, in the order of their ids."""
    names = sorted(found.name for found in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."))
    found = [rule for name in names for rule in getattr(importlib.import_module(name), "RULES", ())]
    return tuple(sorted(found, key=lambda rule: rule.id))


def rules_for(finding: str) -> tuple[Rule, ...]:
    """The rules that look for a finding; empty where there are none."""
    return tuple(rule for rule in all_rules() if rule.id == finding)
