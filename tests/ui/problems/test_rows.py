"""Findings as rows, and the line above them."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.ui.findings import blocked, diagnosis, redis_full, unhealthy
from tests.ui.pictures import NOW, incident, picture, trouble
from triage_tui.model import Diagnosis, Incident, Picture, Quiet, Severity
from triage_tui.ui.cells import Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.problems.detail import finding_details, finding_lines
from triage_tui.ui.problems.rows import counted, headline, key_of, problem_rows


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def glance(meaning: Diagnosis | None, shown: Picture | None = None, elapsed_s: float = 0.0) -> Glance:
    return Glance(shown or picture(), {}, elapsed_s, meaning)


class TestRows:
    def test_folded_a_root_counts_what_hangs_below_it(self) -> None:
        rows = problem_rows(glance(diagnosis()), {}, folded=True)
        assert [row.cells["severity"].text for row in rows] == ["✗ critical", "▲ warning"]
        assert rows[0].cells["what"].text.endswith("(+1)")
        assert rows[0].cells["since"].text == "85s"

    def test_unfolded_symptoms_follow_their_root(self) -> None:
        rows = problem_rows(glance(diagnosis()), {}, folded=False)
        assert [row.parent for row in rows] == [None, key_of(blocked()), None]
        assert rows[1].cells["what"].text == "└ shop-api fails its health check"

    def test_the_best_guide_stands_beside_it(self) -> None:
        rows = problem_rows(
            glance(diagnosis()), {blocked().key: ("postgres/blocked-sessions", "b")}, folded=True
        )
        assert [row.cells["guide"].text for row in rows] == ["postgres/blocked-sessions", ""]

    def test_evidence_does_not_say_again_what_the_title_says(self) -> None:
        finding = unhealthy(title="shop-api: health: unhealthy")
        rows = problem_rows(glance(diagnosis([Incident(finding)])), {}, folded=True)
        assert rows[0].cells["evidence"].text == ""

    def test_what_is_not_seen_any_more_is_told_as_past(self) -> None:
        rows = problem_rows(glance(diagnosis([Incident(blocked(stale=True))])), {}, folded=True)
        assert rows[0].cells["what"].text.startswith("was: ")
        assert {cell.tone for key, cell in rows[0].cells.items() if key != "guide"} == {"dim"}

    def test_time_goes_on_while_the_screen_is_held(self) -> None:
        rows = problem_rows(glance(diagnosis(), elapsed_s=10.0), {}, folded=True)
        assert rows[0].cells["since"].text == "95s"

    def test_nobody_has_said_yet(self) -> None:
        assert problem_rows(glance(None), {}, folded=True) == []


class TestHeadline:
    def test_it_counts_incidents_by_severity(self) -> None:
        meaning = diagnosis(
            [Incident(blocked(), (unhealthy(),)), Incident(redis_full()), Incident(redis_full(target="b"))],
            pending=[unhealthy(subject="x")],
            quiet=[Quiet(unhealthy(subject="y"), "known")],
        )
        said = text(headline(glance(meaning), focused=True))
        assert said == "▸ Problems  ✗ 1 critical  ▲ 2 warnings  +1 symptom  1 watched  1 kept quiet"

    @pytest.mark.parametrize(
        ("shown", "said"),
        [
            (picture(incident()), "● nothing wrong found"),
            (picture(trouble()), "cannot be judged"),
            (picture([]), "nothing to look at"),
        ],
        ids=["all live", "some unseen", "no target"],
    )
    def test_nothing_found_is_good_news_only_of_what_is_seen(self, shown: Picture, said: str) -> None:
        line = headline(glance(diagnosis([]), shown), focused=False)
        assert said in text(line)
        assert ("good" in {cell.tone for cell in line}) == (said == "● nothing wrong found")

    def test_what_there_is_no_room_for_is_counted(self) -> None:
        assert "3 more: 0 shows all" in text(headline(glance(diagnosis()), focused=False, hidden=3))

    def test_in_a_word_or_two(self) -> None:
        assert counted(diagnosis()) == "✗ 1 critical"
        assert counted(diagnosis([Incident(redis_full())])) == "▲ 1 warning"
        assert counted(diagnosis([Incident(redis_full(severity=Severity.INFO))])) == ""
        assert counted(None) == ""


class TestInFull:
    def lines(self, width: int = 100, **more: object) -> str:
        finding = blocked(**more)
        meaning = diagnosis([Incident(finding, (unhealthy(),))])
        lines = finding_lines(glance(meaning), finding, meaning.incidents[0], ["a/b"], width)
        assert all(len(text(line)) <= width for line in lines)
        return "\n".join(text(line) for line in lines)

    @pytest.mark.parametrize("width", [40, 60, 100])
    def test_everything_is_said(self, width: int) -> None:
        said = " ".join(self.lines(width).split())
        for part in ("since", "against", "before", "explains", "a/b", "postgres.locks", "postgres.terminate"):
            assert part in said

    def test_of_many_symptoms_the_worst_are_named(self) -> None:
        root = Incident(blocked(), tuple(unhealthy(title=f"api-{number} fails") for number in range(9)))
        lines = finding_lines(glance(diagnosis([root])), root.root, root, [], 100)
        said = "\n".join(text(line) for line in lines)
        assert "api-4 fails" in said
        assert "api-5 fails" not in said
        assert "and 4 more" in said

    def test_evidence_has_its_age(self) -> None:
        assert "the longest has waited 85s  (1s old)" in self.lines()

    def test_a_symptom_names_its_root(self) -> None:
        meaning = diagnosis()
        lines = finding_lines(glance(meaning), unhealthy(), meaning.incidents[0], [], 100)
        assert any("follows   4 sessions wait" in text(line) for line in lines)

    def test_nobody_knows_since_when(self) -> None:
        assert "since     ? ago" in self.lines(since=None)

    def test_the_future_is_no_age(self) -> None:
        """Clocks differ: what begins after the picture began just now."""
        assert "since     0s ago" in self.lines(since=NOW + timedelta(seconds=3))

    def test_one_copies_what_is_wrong(self) -> None:
        finding = msgspec.structs.replace(blocked(), quotes=("ERROR: lock timeout",))
        assert finding_details(finding)[0] == ("finding", finding.title)
        assert ("quote", "ERROR: lock timeout") in finding_details(finding)
