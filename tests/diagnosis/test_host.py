"""Findings about the machine."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.scenes import found, judged, seen, tells_nothing
from triage_tui.config.settings import Threshold
from triage_tui.model import Severity
from triage_tui.model.host import Disk, HostData, HostMemory, Process

GIB = 1 << 30

DISK = Disk("/var", "/dev/sda2", 100 * GIB, 70 * GIB, 25 * GIB, 73.7, inodes_percent=12.0)
MEMORY = HostMemory(16 * GIB, 6 * GIB, 10 * GIB, 37.5, swap_total_bytes=GIB, swap_used_bytes=0)
CALM = HostData(
    "db1",
    cpu_percent=12.0,
    cpu_count=4,
    load=(0.4, 0.5, 0.6),
    memory=MEMORY,
    disks=(DISK,),
    processes=(Process(7, "postgres", cpu_percent=80.0, memory_bytes=3 * GIB), Process(9, "sh")),
    open_files=2000,
    open_files_max=100_000,
)


def disk(percent: float, inodes: float | None = 12.0) -> HostData:
    return replace(CALM, disks=(replace(DISK, percent=percent, inodes_percent=inodes),))


@pytest.mark.parametrize(
    "finding", ["host.disk-full", "host.memory-pressure", "host.load-high", "host.open-files"]
)
class TestEach:
    def test_a_calm_host_is_well(self, finding: str) -> None:
        said = judged(finding, seen(CALM))
        assert said.well((finding, "host", ""))

    def test_old_data_say_nothing(self, finding: str) -> None:
        full = replace(
            disk(99.0),
            memory=replace(MEMORY, percent=99.0),
            load=(40.0, 40.0, 40.0),
            open_files=99_999,
        )
        assert found(finding, seen(full))
        assert tells_nothing(finding, seen(full))

    def test_a_host_that_tells_nothing_has_nothing(self, finding: str) -> None:
        assert found(finding, seen(HostData("db1"))) == []


@pytest.mark.parametrize(
    ("percent", "expected"), [(84.9, None), (85.0, Severity.WARNING), (95.0, Severity.CRITICAL)]
)
def test_a_disk_is_full_from_its_threshold_on(percent: float, expected: Severity | None) -> None:
    findings = found("host.disk-full", seen(disk(percent)))
    assert [one.severity for one in findings] == ([expected] if expected else [])
    if findings:
        (one,) = findings
        assert one.subject == "/var"
        assert one.evidence[0].signal == "host.disk_ratio"
        assert one.evidence[0].age_s == 0.5


def test_inodes_fill_a_disk_too_and_unknown_ones_do_not() -> None:
    (one,) = found("host.disk-full", seen(disk(20.0, inodes=97.0)))
    assert (one.severity, one.evidence[0].signal) == (Severity.CRITICAL, "host.inode_ratio")
    assert found("host.disk-full", seen(disk(20.0, inodes=None))) == []


def test_thresholds_are_those_of_the_file() -> None:
    given = {"host.disk_ratio": Threshold(warning=0.5)}
    (one,) = found("host.disk-full", seen(disk(60.0)), thresholds=given)
    assert (one.severity, one.evidence[0].limit) == (Severity.WARNING, 0.5)


def test_what_is_on_the_edge_does_not_flicker() -> None:
    assert judged("host.disk-full", seen(disk(84.0))).found == {}
    key = ("host.disk-full", "host", "/var")
    assert key in judged("host.disk-full", seen(disk(84.0)), active={key: Severity.WARNING}).found
    assert judged("host.disk-full", seen(disk(80.0)), active={key: Severity.WARNING}).found == {}


@pytest.mark.parametrize("before", [Severity.WARNING, Severity.CRITICAL])
def test_near_the_edge_to_critical_it_stays_what_it_was(before: Severity) -> None:
    key = ("host.disk-full", "host", "/var")
    assert judged("host.disk-full", seen(disk(94.0)), active={key: before}).found[key].severity is before


def test_memory_names_who_takes_it_and_what_speaks_against_it() -> None:
    (one,) = found("host.memory-pressure", seen(replace(CALM, memory=replace(MEMORY, percent=96.0))))
    assert one.severity is Severity.CRITICAL
    assert any("postgres (pid 7)" in fact.text for fact in one.evidence)
    assert one.against == ("swap is not full: 0% in use",)


def test_full_swap_alone_is_old_news() -> None:
    swapped = replace(MEMORY, swap_used_bytes=GIB)
    assert found("host.memory-pressure", seen(replace(CALM, memory=swapped))) == []


def test_load_without_work_waits_for_something_else() -> None:
    (one,) = found("host.load-high", seen(replace(CALM, load=(20.0, 8.0, 2.0))))
    assert one.severity is Severity.WARNING
    assert one.began_s == 300.0
    assert any("rather than for processors" in said for said in one.against)


def test_load_with_busy_processors_is_critical() -> None:
    busy = replace(CALM, load=(20.0, 4.0, 2.0), cpu_percent=99.0)
    (one,) = found("host.load-high", seen(busy))
    assert (one.severity, one.began_s) == (Severity.CRITICAL, None)


def test_file_handles_run_out() -> None:
    (one,) = found("host.open-files", seen(replace(CALM, open_files=96_000)))
    assert one.severity is Severity.CRITICAL
    assert found("host.open-files", seen(replace(CALM, open_files=None, open_files_max=100))) == []
