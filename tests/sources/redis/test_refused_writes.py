"""How many writes were refused for lack of memory, by what real servers said before and after three were."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage_tui.sources.redis.info import Info, refused_writes
from triage_tui.sources.redis.rates import Sample, rates

FIXTURES = Path(__file__).parent / "fixtures"


def said(version: str, when: str) -> Info:
    return Info.parse((FIXTURES / f"info-{version}-{when}.txt").read_bytes())


def sample(info: Info, at: float, run_id: str = "r") -> Sample:
    return Sample.of(info, at=at, run_id=run_id, executed=0, scanned=0)


@pytest.mark.parametrize("version", ["6.2.14", "8.2.3"])
def test_a_server_that_counts_errors_by_kind_tells(version: str) -> None:
    calm, refusing = said(version, "calm"), said(version, "refusing")
    assert refused_writes(calm) == 0, "its section is there, and empty"
    assert refused_writes(refusing) == 3
    first, second, third = sample(calm, 10.0), sample(refusing, 12.0), sample(refusing, 14.0)
    assert rates(first, None, None).refused_writes_per_s is None
    assert rates(second, first, first).refused_writes_per_s == 1.5
    assert rates(third, second, second).refused_writes_per_s == 0.0


def test_an_older_server_does_not_tell() -> None:
    calm, refusing = said("5.0.6", "calm"), said("5.0.6", "refusing")
    assert refused_writes(calm) is None
    assert refused_writes(refusing) is None
    first, second = sample(calm, 10.0), sample(refusing, 12.0)
    assert rates(second, first, first).refused_writes_per_s is None


def test_a_count_that_was_reset_or_is_another_servers_says_nothing() -> None:
    refusing, calm = said("8.2.3", "refusing"), said("8.2.3", "calm")
    before = sample(refusing, 10.0)
    assert rates(sample(calm, 12.0), before, before).refused_writes_per_s is None
    assert rates(sample(refusing, 12.0, "other"), before, before).refused_writes_per_s is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("# Stats\r\nerrorstat_OOM:count=3\r\n", None),
        ("# Errorstats\r\n", 0),
        ("# Errorstats\r\nerrorstat_OOM:count=3\r\n", 3),
        ("# Errorstats\r\nerrorstat_ERR:count=3\r\n", 0),
        # From 7.2 on scripts that make up kinds of errors end the counting.
        ("# Errorstats\r\nerrorstat_ERRORSTATS_DISABLED:count=1\r\n", None),
        ("# Errorstats\r\nerrorstat_ERRORSTATS_OVERFLOW:count=1\r\nerrorstat_OOM:count=3\r\n", None),
        ("# Errorstats\r\nerrorstat_OOM:3\r\n", None),
        ("# Errorstats\r\nerrorstat_OOM:count=-3\r\n", None),
        ("# Errorstats\r\nerrorstat_OOM:count=\r\n", None),
        ("# Errorstats\r\nerrorstat_OOM:count=\u0663\r\n", None),
        (f"# Errorstats\r\nerrorstat_OOM:count={'9' * 21}\r\n", None),
    ],
)
def test_what_is_no_count_is_unknown(text: str, expected: int | None) -> None:
    assert refused_writes(Info.parse(text)) == expected
