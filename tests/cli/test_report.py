from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.pictures import CONTAINERS, HOST, INCIDENT, REFUSED, picture, sighting
from triage_tui.cli.report import examination, lines_of
from triage_tui.cli.report.layout import ROWS, Column, table, wrapped
from triage_tui.config.settings import Threshold
from triage_tui.model import Kind, State
from triage_tui.model.docker import Container, DockerData
from triage_tui.text import display_width, safe


def text_of(*args: object, width: int = 120) -> str:
    return "\n".join(lines_of(*args, {}, width))  # type: ignore[arg-type]


REPORT = text_of(INCIDENT)


def line(*words: str) -> str:
    """The one line of the report that holds all the words."""
    found = [line for line in REPORT.split("\n") if all(word in line for word in words)]
    assert len(found) == 1, f"{words}: {found}"
    return found[0]


def test_says_what_was_looked_at_and_when() -> None:
    head = REPORT.split("\n")[:2]
    assert head == ["triage: prod (read-only), 2024-05-01 03:00:07+00:00", "targets: 5 live, 1 down"]


def test_what_is_wrong_comes_first_and_the_worst_of_it_first() -> None:
    wrong = REPORT.split("\n\n")[1].split("\n")
    assert wrong[0] == "WRONG"
    marks = [entry[:2] for entry in wrong[1:] if not entry.startswith("    ")]
    assert wrong[1] == "!! old-cache: DOWN, refused: Connection refused"
    assert set(marks) == {"!!", " !"}
    assert marks == sorted(marks, key=["!!", " !"].index)


@pytest.mark.parametrize(
    "words",
    [
        ("old-cache: DOWN", "refused: Connection refused"),
        ("-> Check that the server runs.",),
        ("docker worker:", "OOM"),
        ("docker cron:", "restarting"),
        ("docker api:", "health check fails"),
        ("docker api:", "memory", "98%"),
        ("docker:", "exited with an error: migrate (3, 90s ago)"),
        ("shop-db:", "pid 4711 (app@shop web, idle in transaction for 5m12s) blocks 1"),
        ("shop-db:", "longest wait for a lock: 41s"),
        ("shop-cache:", "memory", "93%"),
        ("shop-cache:", "background save failed"),
        ("shop-cache rq:payments:", "12,345 jobs wait and no worker is there"),
        ("host /:", "99%"),
        ("page:", "status 503"),
        ("page:", "certificate ends in 1d00h"),
    ],
)
def test_names_what_is_wrong(words: tuple[str, ...]) -> None:
    wrong = REPORT.split("\n\n")[1]
    assert any(all(word in entry for word in words) for entry in wrong.split("\n")), wrong


def test_does_not_call_an_unknown_number_of_workers_none() -> None:
    assert "celery:mail" not in REPORT.split("\n\n")[1]


def test_areas_show_what_matters() -> None:
    assert line("DOCKER  docker  live, seen 1s ago")
    assert line("Docker 27.1: 3 exited, 2 running, 1 restarting")
    assert line("worker", "exited", "OOM")
    assert line("api", "running", "unhealthy", "250%", "500M", "98%")
    assert line("16.3: 86/100 connections, 3 of them reserved")
    assert re.search(r"\n +4711 .*UPDATE orders.*\n +4712 .*ExclusiveLock public\.orders", REPORT)
    assert line("4720", "COPY orders")
    assert line("payments", "rq", "12,345", "+12/s")
    assert line("statements missing: permission denied")
    assert line("shop-1, cpu 97% of 4 cores, load 9.50 7.00 3.25, memory 88% of 8.0G")
    assert line("REDIS  old-cache  DOWN, never seen  redis://old:6379")


def test_tables_put_the_worst_first() -> None:
    order = [line for line in REPORT.split("\n") if line.startswith("  ") and "shop/" in line]
    assert [row.split()[0] for row in order] == ["cron", "worker", "api", "migrate", "web", "backup"]
    assert REPORT.index("payments  ") < REPORT.index("mail  ")
    assert REPORT.index("/dev/sda2") < REPORT.index("/dev/sda1")


def test_unknown_is_never_zero() -> None:
    bare = DockerData((Container(id="1", name="web", image="x", state="running"),))
    row = next(
        line for line in text_of(picture(sighting("d", Kind.DOCKER, bare))).split("\n") if "web" in line
    )
    assert row.split()[1:8] == ["running", "-", "?", "-", "?", "?", "-"]


def test_says_so_when_nothing_is_wrong() -> None:
    well = DockerData((CONTAINERS.containers[0],))
    assert "NOTHING IS WRONG" in text_of(picture(sighting("docker", Kind.DOCKER, well)))


@pytest.mark.parametrize("state", [State.STALE, State.DOWN, State.DENIED])
def test_old_data_are_not_judged(state: State) -> None:
    wrong = text_of(picture(sighting("host", Kind.HOST, HOST, state, problem=REFUSED))).split("\n\n")[1]
    assert f"host: {state.upper()}, refused: Connection refused" in wrong
    assert "/" not in wrong.replace("->", "")


def test_thresholds_of_the_configuration_count() -> None:
    calm = {"host.disk_ratio": Threshold(warning=0.995), "host.cpu_percent": Threshold(warning=99)}
    usual, wrong = (
        "\n".join(lines_of(picture(sighting("host", Kind.HOST, HOST)), thresholds, 100)).split("\n\n")[1]
        for thresholds in ({}, calm)
    )
    assert "host /:" in usual
    assert "CPU" in usual
    assert "host /:" not in wrong
    assert "CPU" not in wrong


def test_a_thousand_containers_are_not_dumped() -> None:
    many = DockerData(
        tuple(Container(id=str(n), name=f"c{n}", image="x", state="running") for n in range(1000))
    )
    report = text_of(picture(sighting("docker", Kind.DOCKER, many)))
    assert f"and {1000 - ROWS} more" in report
    assert report.count("\n") < ROWS + 12


foreign = st.text(max_size=60).map(safe)


@given(st.integers(24, 200), foreign, foreign)
def test_no_line_of_prose_is_wider_than_asked_and_no_word_is_lost(
    width: int, first: str, second: str
) -> None:
    prose = f"{first} {second}"
    lines = wrapped(prose, width, "!! ", "     ")
    assert all(display_width(line) <= width for line in lines)
    assert "".join("".join(lines).split())[2:] == "".join(prose.split())


@given(st.integers(24, 200), st.lists(st.tuples(foreign, foreign), min_size=1, max_size=5))
def test_tables_are_aligned_in_cells(width: int, rows: list[tuple[str, str]]) -> None:
    columns = (Column("NAME", least=8), Column("SIZE", right=True))
    lines = table(columns, rows, width)
    assert len({display_width(line) for line in lines}) == 1


def test_the_examination_says_what_is_missing_and_what_to_do() -> None:
    text = "\n".join(examination.lines_of(INCIDENT, 100))
    assert "docker: reached in 10 ms: docker at docker://docker" in text
    assert "shop-db: reached in 10 ms, with less than is needed: postgres" in text
    assert "    statements missing: permission denied\n    -> GRANT pg_monitor TO app" in text
    assert "old-cache: NOT REACHED (refused): redis at redis://old:6379" in text
    assert "    Connection refused\n    -> Check that the server runs." in text
