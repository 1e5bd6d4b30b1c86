"""Ids that guides, rules and scripts share."""

from __future__ import annotations

import re

import pytest

from triage_tui.model.deeds import ACTIONS, CHECKS
from triage_tui.model.findings import FINDINGS


@pytest.mark.parametrize("ids", [FINDINGS, CHECKS, ACTIONS])
def test_an_id_is_a_kind_and_a_name_with_a_meaning(ids: dict[str, str]) -> None:
    assert [id for id in ids if not re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", id)] == []
    assert all(ids.values())
    assert len(set(ids.values())) == len(ids)


def test_nothing_is_both_a_check_and_an_action() -> None:
    assert CHECKS.keys() & ACTIONS.keys() == set()
