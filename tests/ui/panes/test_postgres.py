"""The face of a PostgreSQL server."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.pictures import NO_STATEMENTS, picture, postgres_data, sighting
from triage_tui.model import Gap, Kind, Sighting
from triage_tui.model.postgres import Blocking, PostgresData, Prepared, Replica, Session
from triage_tui.ui.cells import Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.postgres import Postgres
from triage_tui.ui.rows import Order, Row, arrange

FACE, GLANCE = Postgres(), Glance(picture())


def seen(data: PostgresData | None = None, **more: object) -> Sighting:
    return sighting(Kind.POSTGRES, "db", "postgresql://db/shop", data or postgres_data(), **more)


def rows(data: PostgresData) -> list[Row]:
    return list(FACE.rows(GLANCE, seen(data)))


def text_of(line: Line) -> str:
    return "".join(cell.text for cell in line)


def summary(data: PostgresData, width: int = 200) -> list[str]:
    return [text_of(line) for line in FACE.summary(GLANCE, seen(data), width, False)]


class TestTree:
    def test_roots_first_with_their_waiters_below(self) -> None:
        shown = rows(postgres_data())
        assert [row.cells["pid"].text for row in shown] == [
            "4711", "└ 4720", "  └ 4801", "  └ 4802", "  └ 4803", "4900", "4901",
        ]  # fmt: skip
        by_key = {row.key: row for row in shown}
        assert [by_key[row.parent].sort["pid"] if row.parent else None for row in shown] == [
            None, 4711, 4720, 4720, 4720, None, None,
        ]  # fmt: skip

    def test_how_long_how_many_and_what_for(self) -> None:
        root, second, *_ = rows(postgres_data())
        assert root.cells["status"].text == "✗ blocks, idle"
        assert root.cells["since"].text == "15m"
        assert root.cells["victims"].text == "4"
        assert second.cells["status"].text == "◌ waits"
        assert second.cells["lock"].text == "AccessExclusive public.orders"

    def test_any_order_keeps_waiters_below_their_blocker(self) -> None:
        shown = rows(postgres_data())
        for column in FACE.columns:
            for descending in (False, True):
                arranged = arrange(shown, Order(column.key, descending))
                place = {row.key: at for at, row in enumerate(arranged)}
                assert all(place[row.parent] < place[row.key] for row in arranged if row.parent)

    def test_a_search_for_a_victim_shows_who_blocks_it(self) -> None:
        found = arrange(rows(postgres_data()), Order(), "4803")
        assert [row.sort["pid"] for row in found] == [4711, 4720, 4803]

    def test_one_session_that_waits_for_two_is_two_rows(self) -> None:
        data = PostgresData(
            "16",
            sessions=tuple(Session(pid, "t", state="active") for pid in (1, 2, 3)),
            blocking=(Blocking(1, 0, victims=1), Blocking(3, 1, waits_for=1), Blocking(2, 0, victims=1),
                      Blocking(3, 1, waits_for=2)),
        )  # fmt: skip
        keys = [row.key for row in rows(data)]
        assert len(set(keys)) == len(keys) == 4

    def test_a_deadlock_is_named(self) -> None:
        data = PostgresData(
            "16",
            blocking=(Blocking(1, 0, waits_for=2, victims=1, wait_s=2.0, cycle=True),
                      Blocking(2, 1, waits_for=1, victims=1, wait_s=1.0, cycle=True)),
        )  # fmt: skip
        assert [row.cells["status"].text for row in rows(data)] == ["✗ deadlock"] * 2
        assert "deadlock" in text_of(FACE.headline(GLANCE, seen(data)))

    def test_a_prepared_transaction_blocks_without_a_session(self) -> None:
        data = PostgresData(
            "16",
            blocking=(Blocking(0, 0, victims=1, prepared="two-phase-7"), Blocking(5, 1, waits_for=0)),
            prepared=(Prepared("two-phase-7", "shop", "app", 700.0),),
            sessions=(Session(5, "t", state="active"),),
        )
        first, _second = rows(data)
        assert first.cells["pid"].text == "gid"
        assert first.cells["query"].text == "two-phase-7"
        assert ("age", "11m40s") in FACE.details(GLANCE, seen(data), first.key)

    def test_a_deep_tree_keeps_its_pids_in_sight(self) -> None:
        chain = tuple(
            Blocking(100 + d, d, waits_for=99 + d if d else None, victims=29 - d) for d in range(30)
        )
        width = next(column.width for column in FACE.columns if column.key == "pid")
        assert all(
            len(row.cells["pid"].text) <= width and str(row.sort["pid"]) in row.cells["pid"].text
            for row in rows(PostgresData("16", blocking=chain))
        )

    def test_a_blocker_that_may_not_be_seen_is_unknown_and_not_idle(self) -> None:
        data = PostgresData("16", blocking=(Blocking(7, 0, victims=1), Blocking(8, 1, waits_for=7)))
        first, second = rows(data)
        assert first.cells["since"].text == "?"
        assert first.cells["query"].text == "?"
        assert second.cells["lock"].text == "?"


class TestOthers:
    @pytest.mark.parametrize(
        ("session", "shown"),
        [
            (Session(1, state="active"), True),
            (Session(1, state="idle"), False),
            (Session(1, state=None), False),
            (Session(1, state="idle in transaction", state_age_s=1.0), False),
            (Session(1, state="idle in transaction", state_age_s=60.0), True),
            (Session(1, state="idle in transaction (aborted)"), True),
            (Session(1, state="active", backend_type="walsender"), False),
        ],
    )
    def test_who_is_worth_a_row(self, session: Session, shown: bool) -> None:
        assert bool(rows(PostgresData("16", sessions=(session,)))) is shown

    def test_unknown_ages_are_unknown(self) -> None:
        (row,) = rows(PostgresData("16", sessions=(Session(1, state="active"),)))
        assert row.cells["since"].text == "?"
        assert row.cells["query"].text == "?"
        assert row.cells["who"].text == "?@?"

    def test_a_reused_pid_is_another_row(self) -> None:
        (one,) = rows(PostgresData("16", sessions=(Session(9, "10:00", state="active"),)))
        (two,) = rows(PostgresData("16", sessions=(Session(9, "11:00", state="active"),)))
        assert one.key != two.key


class TestSummary:
    def test_connections_against_the_limit(self) -> None:
        first, second = summary(postgres_data())
        assert " 83/100 (3 reserved)" in first
        assert "1 aborted tx  12 idle in tx  9 active  61 idle" in first
        assert second.startswith("v16.4  commits 132/s  rollbacks 2.1/s")

    def test_an_unknown_limit_has_no_bar(self) -> None:
        first, _second = summary(PostgresData("16", connections={"active": 2}))
        assert "????????" in first
        assert " 2/?" in first

    def test_unknown_rates_are_unknown(self) -> None:
        _first, second = summary(PostgresData("16"))
        assert "commits ?" in second
        assert "rollbacks ?" in second

    def test_replicas_slots_and_what_was_left_out(self) -> None:
        data = PostgresData(
            "16",
            in_recovery=False,
            replication=(Replica("standby-1", "standby", "streaming", 2048),
                         Replica("old", "slot", None, 5 << 30, active=False)),
            sessions_cut=12,
        )  # fmt: skip
        _first, second = summary(data)
        assert "standby-1 streaming 2.0K behind" in second
        assert "slot old 5.0G behind" in second
        assert "12 sessions not read" in second

    def test_low_panes_keep_the_connections(self) -> None:
        (line,) = FACE.summary(GLANCE, seen(), 80, True)
        assert "83/100" in text_of(line)


class TestHeadline:
    def test_who_blocks_how_many(self) -> None:
        assert text_of(FACE.headline(GLANCE, seen())) == "1 session blocks 4"

    def test_nobody_waits_is_said_only_where_it_is_known(self) -> None:
        calm = PostgresData("16")
        assert text_of(FACE.headline(GLANCE, seen(calm))) == "nobody waits for a lock"
        gap = Gap("blocking", NO_STATEMENTS.problem)
        assert text_of(FACE.headline(GLANCE, seen(calm, gaps=(gap,)))) == ""

    def test_no_data_no_words(self) -> None:
        unknown = msgspec.structs.replace(seen(), data=None)
        assert FACE.headline(GLANCE, unknown) == ()
        assert FACE.summary(GLANCE, unknown, 80, False) == ()
        assert FACE.rows(GLANCE, unknown) == ()
        assert FACE.empty(GLANCE, unknown) == ""
        assert FACE.details(GLANCE, unknown, "1||") == ()


def test_details_hold_the_whole_query_and_who_is_in_the_way() -> None:
    key = rows(postgres_data())[1].key
    details = dict(FACE.details(GLANCE, seen(), key))
    assert details["query"] == "ALTER TABLE orders ADD COLUMN note text"
    assert details["blocked by"] == "4711"
    assert details["blocks"] == "3 sessions"
    assert details["wants"] == "AccessExclusive public.orders"
