"""Several causes: how likely each is, which check is worth asking, and what its answer changes."""

from __future__ import annotations

import pytest

from tests.diagnosis.recorded import recorded
from tests.diagnosis.scenes import AT, failed, picture, seen
from triage_tui.diagnosis import Diagnostician
from triage_tui.diagnosis.possibilities import SPLITS
from triage_tui.diagnosis.separating import HEARD_S, SETTLED, after, best, information, prior
from triage_tui.model import Finding, Kind, Picture, ProblemKind
from triage_tui.model.deeds import CHECKS
from triage_tui.model.findings import FINDINGS
from triage_tui.model.host import HostData
from triage_tui.model.outcome import Heard, Outcome


def root(diagnostician: Diagnostician, shown: Picture, id: str) -> Finding:
    return next(one.root for one in diagnostician.see(shown).incidents if one.root.id == id)


def heard(check: str, target: str, outcome: Outcome, at: float = AT, argument: str = "") -> Heard:
    return Heard(check, target, argument, outcome, "said so", at)


class TestTheTable:
    def test_it_names_findings_and_checks_that_there_are(self) -> None:
        assert SPLITS.keys() <= FINDINGS.keys()
        for id, split in SPLITS.items():
            assert split.checks.keys() <= CHECKS.keys(), id
            assert len({one.id for one in split.causes}) == len(split.causes) > 1, id
            for cause in split.causes:
                assert all(0 < share < 1 for share in cause.fails.values()), (id, cause.id)

    def test_guides_of_causes_are_there(self) -> None:
        from pathlib import Path

        knowledge = Path(__file__).parents[2] / "knowledge"
        named = {guide for split in SPLITS.values() for one in split.causes for guide in one.guides}
        assert all((knowledge / f"{guide}.md").is_file() for guide in named)

    @pytest.mark.parametrize("id", sorted(SPLITS))
    def test_every_split_can_be_told_apart_further_by_some_check(self, id: str) -> None:
        split = SPLITS[id]
        assert best(split, prior(split, ""), split.checks) is not None


class TestShares:
    @pytest.mark.parametrize("id", sorted(SPLITS))
    @pytest.mark.parametrize("kind", ["", *(kind.value for kind in ProblemKind)])
    def test_they_add_up(self, id: str, kind: str) -> None:
        split = SPLITS[id]
        shares = prior(split, kind)
        assert sum(shares.values()) == pytest.approx(1.0)
        for check in split.checks:
            for outcome in Outcome:
                assert sum(after(split, shares, {check: outcome}).values()) == pytest.approx(1.0)
            assert information(split, shares, check) >= -1e-9, (
                "an answer never tells less than nothing, on average"
            )

    def test_unknown_tells_nothing(self) -> None:
        split = SPLITS["http.down"]
        shares = prior(split, "timeout")
        assert after(split, shares, {"tcp.connect": Outcome.UNKNOWN}) == shares

    def test_what_is_settled_asks_nothing_more(self) -> None:
        split = SPLITS["http.down"]
        shares = after(split, prior(split, "dns"), {"dns.resolve": Outcome.FAIL})
        assert max(shares.values()) >= SETTLED
        assert best(split, shares, split.checks) is None


class TestAnEndpointThatDoesNotAnswer:
    def down(self, kind: ProblemKind = ProblemKind.TIMEOUT, after_s: float = 0.0) -> Picture:
        return picture(failed(Kind.HTTP, kind, name="shop"), after_s=after_s)

    def test_a_silent_one_is_asked_for_its_port_first(self) -> None:
        one = root(Diagnostician(), self.down(), "http.down")
        assert (one.checks[0].id, one.checks[0].target) == ("tcp.connect", "shop")
        assert "tells" in one.checks[0].why
        assert [deed.id for deed in one.checks].count("tcp.connect") == 1
        assert {cause.id for cause in one.causes[:2]} == {"hung", "way"}

    @pytest.mark.parametrize(("outcome", "first"), [(Outcome.PASS, "hung"), (Outcome.FAIL, "way")])
    def test_its_answer_moves_the_ranking(self, outcome: Outcome, first: str) -> None:
        diagnostician = Diagnostician()
        before = {one.id: one.share for one in root(diagnostician, self.down(), "http.down").causes}
        # As the finding itself proposes it: with the endpoint as its argument.
        diagnostician.hear(heard("tcp.connect", "shop", outcome, argument="http://127.0.0.1:8080/health"))
        one = root(diagnostician, self.down(after_s=3.0), "http.down")
        assert one.causes[0].id == first
        assert one.causes[0].share > before[first]
        assert one.evidence[-1].text == f"tcp.connect: {outcome}: said so"
        assert one.evidence[-1].age_s == pytest.approx(3.0)
        assert one.checks[0].why != root(Diagnostician(), self.down(), "http.down").checks[0].why

    def test_it_counts_for_a_while_only(self) -> None:
        diagnostician = Diagnostician()
        diagnostician.see(self.down())
        diagnostician.hear(heard("tcp.connect", "shop", Outcome.FAIL))
        late = root(diagnostician, self.down(after_s=HEARD_S + 1), "http.down")
        assert late.causes == root(Diagnostician(), self.down(after_s=HEARD_S + 1), "http.down").causes
        assert late.checks[0].id == "tcp.connect", "it is worth asking again"

    def test_the_latest_answer_counts_and_others_targets_do_not(self) -> None:
        diagnostician = Diagnostician()
        diagnostician.hear(heard("tcp.connect", "shop", Outcome.FAIL))
        diagnostician.hear(heard("tcp.connect", "shop", Outcome.PASS, AT + 1))
        diagnostician.hear(heard("tcp.connect", "other", Outcome.FAIL, AT + 2))
        assert root(diagnostician, self.down(after_s=3), "http.down").causes[0].id == "hung"

    def test_a_name_that_does_not_resolve_leaves_nothing_to_separate(self) -> None:
        one = root(Diagnostician(), self.down(ProblemKind.DNS), "http.down")
        assert (one.causes[0].id, one.causes[0].share > 0.5) == ("name", True)


class TestRecordings:
    def test_redis_that_is_down(self) -> None:
        shown = recorded("redis-down")
        one = root(Diagnostician(), shown, "redis.unreachable")
        assert one.causes[0].id == "ended"
        diagnostician = Diagnostician()
        diagnostician.hear(heard("tcp.connect", one.target, Outcome.PASS, shown.taken_at))
        assert root(diagnostician, shown, "redis.unreachable").causes[0].id == "hung"

    def test_a_database_that_is_down(self) -> None:
        shown = recorded("database-down")
        one = root(Diagnostician(), shown, "postgres.unreachable")
        assert one.causes[0].id == "ended"
        diagnostician = Diagnostician()
        diagnostician.hear(heard("tcp.connect", one.target, Outcome.FAIL, shown.taken_at))
        again = root(diagnostician, shown, "postgres.unreachable")
        assert again.causes[0].id == "ended"
        assert again.causes[0].share > one.causes[0].share

    def test_a_full_disk_is_likely_where_the_disk_is_said_to_be_full(self) -> None:
        down = failed(Kind.POSTGRES, ProblemKind.REFUSED)
        shown = picture(down, seen(HostData("here")))
        diagnostician = Diagnostician()
        assert root(diagnostician, shown, "postgres.unreachable").causes[0].id == "ended"
        diagnostician.hear(heard("disk.free", "host", Outcome.FAIL))
        full = root(diagnostician, shown, "postgres.unreachable")
        assert full.causes[0].id == "disk"
        assert full.guides[0] == "host/disk-full", "the guide of what is likely now comes first"

    def test_a_queue_that_grows(self) -> None:
        shown = recorded("queue-flood")
        diagnostician = Diagnostician()
        found = [one for one in diagnostician.see(shown).findings if one.id in SPLITS and one.causes]
        pending = [one for one in diagnostician.see(shown).pending if one.id in SPLITS]
        assert found or pending
        split = SPLITS["queue.growing"]
        shares = after(
            split, prior(split, ""), {"queue.workers": Outcome.PASS, "redis.slowlog": Outcome.PASS}
        )
        assert max(shares, key=lambda id: shares[id]) == "flood"

    def test_what_looks_say_already_is_not_asked_again(self) -> None:
        shown = recorded("matching-down")
        (incident,) = Diagnostician().see(shown).incidents
        one = incident.root
        assert (one.id, one.causes[0].id) == ("docker.exited", "code")
        assert one.causes[0].share > prior(SPLITS[one.id], "")["code"], (
            "database and variables are seen to be well"
        )
        assert "postgres.ping" not in [deed.id for deed in one.checks]

    def test_a_container_that_is_seen_to_have_ended_speaks_for_the_end_of_its_server(self) -> None:
        shown = recorded("database-down")
        (incident,) = Diagnostician().see(shown).incidents
        assert "docker.exited" in [one.id for one in incident.symptoms]
        ended = incident.root.causes[0]
        assert (ended.id, ended.share > prior(SPLITS["postgres.unreachable"], "refused")["ended"]) == (
            "ended",
            True,
        )

    def test_what_is_well_has_no_causes(self) -> None:
        assert all(not one.causes for one in Diagnostician().see(recorded("well")).findings)
