"""`redis.writes-refused` on what real servers said: while they refused, after they had, and where they do not count."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.diagnosis.recorded import recorded
from tests.diagnosis.scenes import found, judged, seen, tells_nothing
from tests.sources.redis.test_refused_writes import FIXTURES
from triage_tui.config.settings import Threshold
from triage_tui.model import Severity, Sighting
from triage_tui.model.redis import RedisData
from triage_tui.sources.redis.info import Info, memory, refused_writes

ID = "redis.writes-refused"
VERSIONS = sorted(
    path.stem.partition("-")[0] for path in (Path(__file__).parent / "fixtures/redis").glob("*-refusing.*")
)


def one(name: str) -> Sighting:
    (sighting,) = recorded(f"redis/{name}").sightings
    return sighting


def data_of(sighting: Sighting) -> RedisData:
    assert isinstance(sighting.data, RedisData)
    return sighting.data


def test_old_and_new_servers_were_recorded() -> None:
    assert VERSIONS == ["6.2.14", "8.2.3"]


@pytest.mark.parametrize("version", VERSIONS)
def test_large_values_are_refused_long_before_memory_is_used_up(version: str) -> None:
    sighting = one(f"{version}-refusing")
    (finding,) = found(ID, sighting)
    ratio = data_of(sighting).memory.ratio
    assert ratio is not None
    assert ratio < 0.95, "the other test would have said nothing"
    assert finding.severity is Severity.CRITICAL
    counted, used, *_ = finding.evidence
    assert counted.signal == "redis.refused_writes_per_s"
    assert counted.value == data_of(sighting).refused_writes_per_s
    assert "commands refused with OOM each second, 3 since the count began" in counted.text
    assert used.text.endswith("of 24M used")
    assert used.signal is None, "its share was compared with nothing"
    assert finding.quotes
    assert tells_nothing(ID, sighting)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_count_that_does_not_grow_is_no_finding(version: str) -> None:
    sighting = one(f"{version}-refused-before")
    assert data_of(sighting).refused_writes == 3
    said = judged(ID, sighting)
    assert said.found == {}
    assert said.well((ID, "shop-redis", ""))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_first_count_of_a_server_says_nothing_about_now(version: str) -> None:
    sighting = one(f"{version}-refusing")
    first = replace(sighting, data=replace(data_of(sighting), refused_writes_per_s=None))
    said = judged(ID, first)
    assert said.found == {}
    assert not said.well((ID, "shop-redis", ""))


def test_where_nothing_is_counted_the_memory_alone_decides() -> None:
    info = Info.parse((FIXTURES / "info-5.0.6-refusing.txt").read_bytes())
    data = RedisData("5.0.6", memory=memory(info), refused_writes=refused_writes(info))
    assert data.refused_writes is None
    assert data.memory.ratio is not None
    assert data.memory.ratio < 0.995
    said = judged(ID, seen(data))
    assert said.found == {}
    assert said.well((ID, "redis", ""))
    full = replace(data, memory=replace(data.memory, used_bytes=data.memory.max_bytes))
    (finding,) = found(ID, seen(full))
    assert [fact.signal for fact in finding.evidence][:1] == ["redis.full_ratio"]


def test_full_without_a_refusal_says_so_against_itself() -> None:
    data = data_of(one("8.2.3-refused-before"))
    full = replace(data, memory=replace(data.memory, used_bytes=data.memory.max_bytes))
    (finding,) = found(ID, seen(full))
    assert finding.against == ("none was refused between the last two looks: perhaps nobody wrote",)


def test_where_something_may_be_evicted_refusals_count_all_the_same() -> None:
    """`volatile-lru` finds nothing to evict where no key has an end."""
    data = data_of(one("8.2.3-refusing"))
    volatile = replace(data, memory=replace(data.memory, policy="volatile-lru"))
    assert [each.severity for each in found(ID, seen(volatile))] == [Severity.CRITICAL]


def test_both_thresholds_can_be_set() -> None:
    sighting = one("6.2.14-refusing")
    rare = {"redis.refused_writes_per_s": Threshold(warning=5, critical=1000)}
    assert [each.severity for each in found(ID, sighting, thresholds=rare)] == [Severity.WARNING]
    assert found(ID, sighting, thresholds={"redis.refused_writes_per_s": Threshold(critical=1000)}) == []
    early = {"redis.full_ratio": Threshold(critical=0.5), "redis.refused_writes_per_s": Threshold()}
    assert [each.severity for each in found(ID, sighting, thresholds=early)] == [Severity.CRITICAL]
