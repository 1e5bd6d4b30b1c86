"""What drills say of themselves is complete, and wide enough to practise on."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.lab.drills.facts import FACTS
from triage_tui.lab.drill import Drill
from triage_tui.lab.drills import all_drills

DRILLS = all_drills()
SYSTEMS = ("therapy-matching", "revrx", "tradeengage", "residency-scheduler", "svc-infra")
OWN = ("docker", "postgres", "redis", "queues")


def test_there_are_enough_of_them_and_of_each_system() -> None:
    assert len(DRILLS) >= 30
    collections = Counter(drill.guide.partition("/")[0] for drill in DRILLS.values())
    assert set(collections) <= {*SYSTEMS, *OWN}
    assert all(collections[system] >= 5 for system in SYSTEMS)


def test_each_can_be_told_by_a_fact() -> None:
    assert set(FACTS) == set(DRILLS)


@pytest.mark.parametrize("drill", DRILLS.values(), ids=lambda drill: drill.id)
def test_its_words_are_in_order(drill: Drill) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", drill.id)
    assert re.fullmatch(r"(docker|postgres|redis|queue|http|files|logs|config)\.[a-z-]+", drill.finding)
    assert re.fullmatch(r"[a-z-]+/[a-z-]+", drill.guide)
    assert 5 <= drill.visible_within_s <= 120
    assert drill.title[0].isupper()
    assert not drill.title.endswith(".")


def test_titles_do_not_give_the_drill_away_twice() -> None:
    titles = Counter(drill.title for drill in DRILLS.values())
    assert [title for title, times in titles.items() if times > 1] == []
