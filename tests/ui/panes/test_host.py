"""The face of the host."""

from __future__ import annotations

import msgspec

from tests.ui.pictures import host_data, picture, sighting
from triage_tui.model import Kind, Sighting
from triage_tui.model.host import Disk, HostData, Interface, Process
from triage_tui.ui.cells import Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.host import Host

FACE, GLANCE = Host(), Glance(picture())


def seen(data: HostData) -> Sighting:
    return sighting(Kind.HOST, "host", "web-3", data)


def text_of(line: Line) -> str:
    return "".join(cell.text for cell in line)


def summary(data: HostData, low: bool = False) -> list[str]:
    return [text_of(line) for line in FACE.summary(GLANCE, seen(data), 120, low)]


def test_what_is_scarce_with_its_history() -> None:
    cpu, memory, disk, network = summary(host_data())
    assert cpu.startswith("cpu  █████████░░░   71%  ")
    assert cpu.endswith("load 6.41 5.02 3.77 on 8")
    assert "66%" in memory
    assert memory.endswith("free 11G of 32G  swap 16%")
    assert disk == "disk ███████████░   95%  / 95%, 4.0G free  /data 42%, 290G free"
    assert network.startswith("net  4.0M/s in  1.0M/s out")
    assert any(block in cpu for block in "▂▃▄▅▆▇")


def test_nothing_known_is_never_a_zero() -> None:
    cpu, memory, disk, network = summary(HostData("h"))
    assert cpu.startswith("cpu  ????????????     ?")
    assert cpu.endswith("load ?")
    assert memory.startswith("mem  ????????????     ?")
    assert disk == "disk ?"
    assert network.startswith("net  ?/s in  ?/s out")
    assert not any(character.isdigit() for line in (cpu, memory, disk, network) for character in line)


def test_a_low_pane_has_one_line_with_all_of_it() -> None:
    assert summary(host_data(), low=True) == ["cpu 71%  mem 66%  disk / 95%  load 6.41"]
    assert summary(HostData("h"), low=True) == ["cpu ?  mem ?  load ?"]


def test_the_fullest_disk_comes_first_by_inodes_too() -> None:
    disks = (Disk("/a", "a", 100, 50, 50, 50.0, 10.0), Disk("/b", "b", 100, 10, 90, 10.0, 99.0))
    data = HostData("h", disks=disks)
    assert "disk /b 10%" in summary(data, low=True)[0]
    said = summary(data)[2]
    assert said.index("/b") < said.index("/a")
    assert "inodes 99%" in said
    assert "inodes 10%" not in said


def test_rates_of_interfaces_add_up_and_unknown_ones_do_not_count_as_zero() -> None:
    both = (Interface("a", 1, 1, 1024.0, None), Interface("b", 1, 1, 1024.0, None))
    assert summary(HostData("h", network=both))[3].startswith("net  2.0K/s in  ?/s out")


def test_tones_follow_the_thresholds() -> None:
    tones = {
        cell.text.strip(): cell.tone
        for line in FACE.summary(GLANCE, seen(host_data()), 120, False)
        for cell in line
    }
    assert tones["95%, 4.0G free"] == "bad"
    assert tones["42%, 290G free"] == "text"


def test_processes_are_rows_known_by_pid() -> None:
    first, *_ = FACE.rows(GLANCE, seen(host_data()))
    assert first.key == FACE.subject(first) == "812"
    assert dict(FACE.details(GLANCE, seen(host_data()), "812"))["command"].startswith("postgres: app")
    (unknown,) = FACE.rows(GLANCE, seen(HostData("h", processes=(Process(9, "x"),))))
    assert {unknown.cells[column].text for column in ("cpu", "memory", "user")} == {"?"}


def test_no_data_no_words() -> None:
    unknown = msgspec.structs.replace(seen(host_data()), data=None)
    assert FACE.headline(GLANCE, unknown) == ()
    assert FACE.summary(GLANCE, unknown, 80, False) == ()
    assert FACE.rows(GLANCE, unknown) == ()
    assert FACE.empty(GLANCE, unknown) == ""
    assert FACE.details(GLANCE, unknown, "1") == ()
