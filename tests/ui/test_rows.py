"""Rows found, ordered and given room."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from triage_tui.text import display_width
from triage_tui.ui.cells import Cell, line_width
from triage_tui.ui.panes.containers import Containers
from triage_tui.ui.panes.host import Host
from triage_tui.ui.panes.postgres import Postgres
from triage_tui.ui.panes.redis import Redis
from triage_tui.ui.rows import Column, Order, Row, Slot, SortValue, arrange, heading_line, lay_out, row_line

FACES = (Containers(), Postgres(), Redis(), Host())


def row(key: str, value: SortValue = None, *, words: str = "", parent: str | None = None) -> Row:
    return Row(key, {"value": Cell(str(value))}, {"value": value}, words or key, parent)


def keys(rows: list[Row]) -> list[str]:
    return [one.key for one in rows]


UP, DOWN = Order("value"), Order("value", descending=True)

TREE = (
    row("root", 9),
    row("child", 5, parent="root"),
    row("leaf", 7, parent="child"),
    row("other child", 3, parent="root"),
    row("alone", 1),
)


class TestSearch:
    def test_all_words_must_occur_in_any_order_and_case(self) -> None:
        rows = [row("a", words="shop api unhealthy"), row("b", words="shop db healthy")]
        assert keys(arrange(rows, Order(), "API shop")) == ["a"]
        assert keys(arrange(rows, Order(), "  ")) == ["a", "b"]
        assert arrange(rows, Order(), "nothing") == []

    def test_what_a_match_hangs_below_is_kept(self) -> None:
        assert keys(arrange(TREE, Order(), "leaf")) == ["root", "child", "leaf"]
        assert keys(arrange(TREE, UP, "leaf")) == ["root", "child", "leaf"]

    def test_what_hangs_below_a_match_is_not_kept_for_that(self) -> None:
        assert keys(arrange(TREE, Order(), "root")) == ["root"]


class TestOrder:
    def test_without_a_column_rows_stay_as_they_came(self) -> None:
        assert arrange(TREE, Order()) == list(TREE)

    def test_siblings_are_ordered_and_their_children_follow_them(self) -> None:
        assert keys(arrange(TREE, UP)) == ["alone", "root", "other child", "child", "leaf"]
        assert keys(arrange(TREE, DOWN)) == ["root", "child", "leaf", "other child", "alone"]

    def test_unknown_is_last_both_ways(self) -> None:
        rows = [row("?", None), row("2", 2), row("0", 0), row("1", 1)]
        assert keys(arrange(rows, UP)) == ["0", "1", "2", "?"]
        assert keys(arrange(rows, DOWN)) == ["2", "1", "0", "?"]

    def test_equal_rows_keep_their_order_both_ways(self) -> None:
        rows = [row("a", 1), row("b", 1), row("c", 0), row("d", 1)]
        assert keys(arrange(rows, UP)) == ["c", "a", "b", "d"]
        assert keys(arrange(rows, DOWN)) == ["a", "b", "d", "c"]

    def test_text_is_ordered_without_regard_to_case_and_after_numbers(self) -> None:
        rows = [row("b", "beta"), row("A", "Alpha"), row("n", 3)]
        assert keys(arrange(rows, UP)) == ["n", "A", "b"]

    def test_a_row_whose_parent_is_gone_stands_at_the_top(self) -> None:
        assert keys(arrange([row("orphan", 1, parent="gone"), row("a", 0)], UP)) == ["a", "orphan"]

    def test_rows_that_hang_below_each_other_are_not_lost(self) -> None:
        circle = [row("a", 1, parent="b"), row("b", 2, parent="a"), row("c", 0)]
        assert sorted(keys(arrange(circle, UP))) == ["a", "b", "c"]
        assert sorted(keys(arrange(circle, Order(), "a"))) == ["a", "b"]

    @given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(-3, 3) | st.text(max_size=2)), max_size=12),
           st.sampled_from([Order(), UP, DOWN]))  # fmt: skip
    def test_every_row_comes_once_and_below_its_parent(
        self, drawn: list[tuple[int, SortValue]], order: Order
    ) -> None:
        rows = [
            row(str(at), value, parent=str(parent) if parent < at else None)
            for at, (parent, value) in enumerate(drawn)
        ]
        arranged = arrange(rows, order)
        assert sorted(keys(arranged)) == sorted(keys(rows))
        place = {one.key: at for at, one in enumerate(arranged)}
        assert all(place[one.parent] < place[one.key] for one in arranged if one.parent is not None)


columns = st.lists(
    st.builds(
        lambda width, rank, flex, more: (width, rank, flex, width + more),
        st.integers(1, 20), st.integers(0, 9), st.integers(0, 4), st.integers(0, 40),
    ),
    min_size=1,
    max_size=9,
).map(
    lambda drawn: tuple(
        Column(f"c{at}", f"column {at}", width, rank=rank, flex=flex, most=most)
        for at, (width, rank, flex, most) in enumerate(drawn)
    )
)  # fmt: skip


def right_edge(slots: tuple[Slot, ...]) -> int:
    return max(slot.x + slot.width for slot in slots)


class TestLayOut:
    @given(columns, st.integers(0, 250))
    def test_fits_the_width_and_its_own_bounds(self, drawn: tuple[Column, ...], width: int) -> None:
        slots = lay_out(drawn, width)
        assert slots
        assert right_edge(slots) <= width
        for slot in slots:
            assert slot.width <= max(slot.column.most, slot.column.width)
            assert slot.width >= min(slot.column.width, width)
        for before, after in pairwise(slots):
            assert after.x == before.x + before.width + 1

    @given(columns, st.integers(0, 250))
    def test_what_was_left_out_ranks_no_better_than_what_was_kept(
        self, drawn: tuple[Column, ...], width: int
    ) -> None:
        kept = {slot.column.key for slot in lay_out(drawn, width)}
        worst_kept = max(column.rank for column in drawn if column.key in kept)
        assert all(column.rank >= worst_kept for column in drawn if column.key not in kept)

    @given(columns, st.integers(0, 250))
    def test_room_is_left_only_where_nothing_may_grow(self, drawn: tuple[Column, ...], width: int) -> None:
        slots = lay_out(drawn, width)
        if right_edge(slots) < width:
            assert all(not slot.column.flex or slot.width >= slot.column.most for slot in slots)

    def test_every_pane_fits_at_every_width(self) -> None:
        for face in FACES:
            for width in range(1, 260):
                slots = lay_out(face.columns, width)
                assert right_edge(slots) <= width, (face.title, width)

    def test_the_columns_that_tell_most_are_there_at_80(self) -> None:
        shown = {face.kind.value: {slot.column.key for slot in lay_out(face.columns, 80)} for face in FACES}
        assert {"status", "name", "restarts", "memory"} <= shown["docker"]
        assert {"pid", "status", "since", "victims", "query"} <= shown["postgres"]
        assert {"name", "waiting", "oldest", "dead", "workers", "trend"} <= shown["redis"]
        assert {"pid", "name", "cpu", "memory"} <= shown["host"]


class TestDrawing:
    @given(columns, st.integers(1, 120), st.text(st.sampled_from("ab 日…"), max_size=30))
    def test_every_cell_fills_its_slot(self, drawn: tuple[Column, ...], width: int, text: str) -> None:
        slots = lay_out(drawn, width)
        line = row_line(Row("r", {column.key: Cell(text) for column in drawn}), slots)
        assert [display_width(cell.text) for cell in line] == [slot.width for slot in slots]
        heading = heading_line(slots, Order(drawn[0].key))
        assert [display_width(cell.text) for cell in heading] == [slot.width for slot in slots]

    def test_a_missing_cell_is_drawn_empty(self) -> None:
        assert row_line(Row("r", {}), lay_out((Column("a", "a", 3),), 10)) == (Cell("   "),)

    def test_numbers_stand_at_the_right(self) -> None:
        slots = lay_out((Column("a", "a", 5, align="right"),), 5)
        assert row_line(Row("r", {"a": Cell("12")}), slots) == (Cell("   12"),)
        assert row_line(Row("r", {"a": Cell("1234567")}), slots) == (Cell("1234…"),)

    def test_the_title_that_orders_carries_an_arrow_and_keeps_its_width(self) -> None:
        slots = lay_out((Column("a", "victims", 7), Column("b", "b", 3)), 11)
        assert [cell.text for cell in heading_line(slots, Order("a", descending=True))] == ["victim▼", "b  "]
        assert [cell.text for cell in heading_line(slots, Order("b"), unicode=False)] == ["victims", "b^ "]
        assert line_width(heading_line(slots, Order())) == 10
