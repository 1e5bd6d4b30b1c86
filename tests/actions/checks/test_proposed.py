"""Which questions are asked about a finding, a row and a guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diagnosis.scenes import picture, seen
from triage_tui.actions.checks.answer import BY_HAND, Question
from triage_tui.actions.checks.proposed import Selected, of_finding, of_guide, of_row
from triage_tui.actions.checks.registry import all_checks
from triage_tui.guides.entry import Entry
from triage_tui.guides.parse import parse
from triage_tui.model import Deed, Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.host import HostData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData

KNOWLEDGE = Path(__file__).parents[3] / "knowledge"
EVERYTHING = picture(
    seen(DockerData((Container("1" * 64, "shop-api", "shop"),)), name="engine"),
    seen(PostgresData("17"), name="shop-db"),
    seen(RedisData("7"), name="kv"),
    seen(HostData("here"), name="here"),
)
API = Selected("engine", "shop-api")


def read(text: str) -> Entry:
    parsed = parse(text)
    assert parsed.entry is not None, parsed
    return parsed.entry


def guide(checks: str) -> Entry:
    return read(f"---\nid: a/b\ntitle: T\nchecks:\n{checks}\n---\n")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("subject", ["", "it"])
def test_every_kind_of_row_has_questions_that_can_be_asked(kind: Kind, subject: str) -> None:
    questions = of_row(kind, "target", subject)
    assert questions
    for one in questions:
        check = all_checks()[one.id]
        assert not check.kinds or kind in check.kinds
        assert one.argument or not check.needs_argument


def test_a_finding_proposes_its_own() -> None:
    deeds = (Deed("redis.ping", "kv", "", "whether it answers"),)
    (one,) = of_finding(Finding("redis.unreachable", Severity.CRITICAL, "kv", "", "down", checks=deeds))
    assert (one.id, one.target, one.why) == ("redis.ping", "kv", "whether it answers")


class TestGuides:
    def ask(self, checks: str, selected: Selected = API) -> list[Question]:
        return of_guide(guide(checks), selected, EVERYTHING)

    def test_what_is_selected_takes_the_place_of_names(self) -> None:
        (one,) = self.ask("  - {id: l, probe: docker.logs-tail, args: {container: '{container}', lines: 60}}")
        assert (one.target, one.argument, dict(one.options)) == ("engine", "shop-api", {"lines": "60"})

    def test_a_container_is_found_among_what_a_finding_is_about(self) -> None:
        (one,) = self.ask(
            "  - {id: l, probe: docker.top, args: {container: '{container}'}}",
            Selected("kv", "celery:mail", ("mail", "shop-api")),
        )
        assert (one.target, one.argument) == ("engine", "shop-api")

    def test_what_nothing_stands_for_is_left_out_and_then_cannot_be_asked(self) -> None:
        (one,) = self.ask("  - {id: l, probe: docker.top, args: {container: '{container}'}}", Selected("kv"))
        assert one.argument == ""

    def test_other_kinds_of_target_are_found(self) -> None:
        checks = "  - {id: l, probe: postgres.locks}\n  - {id: d, probe: disk.free, args: {mount: /}}"
        locks, disk = self.ask(checks)
        assert (locks.target, disk.target, disk.argument) == ("shop-db", "here", "/")

    def test_host_and_port_are_one_place(self) -> None:
        (one,) = self.ask("  - {id: p, probe: tcp.connect, args: {host: localhost, port: 5432}}")
        assert (one.target, one.argument) == ("", "localhost:5432")

    def test_names_of_variables(self) -> None:
        (one,) = self.ask("  - {id: e, probe: env.present, args: {container: shop-api, names: [A, B]}}")
        assert (one.argument, one.options["names"]) == ("shop-api", "A, B")

    def test_a_program_is_not_run(self) -> None:
        (one,) = self.ask("  - {id: f, argv: [docker, inspect, --, a b]}")
        assert (one.id, one.target, one.argument) == (BY_HAND, "", "docker inspect -- 'a b'")

    def test_the_guides_that_ship_can_all_be_asked(self) -> None:
        asked = 0
        for path in sorted(KNOWLEDGE.glob("*/*.md")):
            entry = read(path.read_text())
            probes = [one.probe or BY_HAND for one in entry.front.checks]
            questions = of_guide(entry, API, EVERYTHING)
            assert {one.id for one in questions} == set(probes), path
            asked += len(questions)
        assert asked > 100
