"""The table: only changed cells are painted, and the selection stays on its row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from tests.ui.cockpit import painted, written_by
from triage_tui.ui.cells import Cell
from triage_tui.ui.palette import Palette
from triage_tui.ui.rows import Column, Order, Row
from triage_tui.ui.table import Table

COLUMNS = (
    Column("name", "name", 10),
    Column("size", "size", 6, align="right"),
    Column("note", "note", 8, flex=1, sortable=False),
)
X_OF_SIZE = 11


def row(name: str, size: int | None, note: str = "") -> Row:
    return Row(
        key=name,
        cells={"name": Cell(name), "size": Cell("?" if size is None else str(size)), "note": Cell(note)},
        sort={"name": name, "size": size},
        words=name,
    )


ROWS = (row("ant", 3), row("bee", 9), row("cat", None), row("dog", 5), row("elk", 1))


class Spied(Table):
    """Remembers what it asked to be painted again: None stands for all of it."""

    asked: list[Region | None]

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Spied:
        if repaint and hasattr(self, "asked"):
            self.asked.extend(regions or (None,))
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class TableApp(App[None]):
    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.table = Spied(COLUMNS, Palette(1 << 24), empty="nothing here")
        self.rows = rows
        self.selected: list[str | None] = []
        self.opened: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        self.table.show(self.rows)

    def on_table_selected(self, event: Table.Selected) -> None:
        self.selected.append(event.row.key if event.row else None)

    def on_table_opened(self, event: Table.Opened) -> None:
        self.opened.append(event.row.key if event.row else None)


@asynccontextmanager
async def shown(
    rows: Sequence[Row] = ROWS, size: tuple[int, int] = (40, 12)
) -> AsyncIterator[tuple[TableApp, Spied, Pilot[None]]]:
    app = TableApp(rows)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.table.asked = []
        app.selected.clear()
        yield app, app.table, pilot


def names(table: Table) -> list[str]:
    return [one.key for one in table.rows_shown]


def lines(table: Table) -> list[str]:
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


class TestPainting:
    async def test_equal_rows_paint_nothing(self) -> None:
        async with shown() as (_app, table, _pilot):
            table.show(tuple(row(one.key, one.sort["size"]) for one in ROWS))  # type: ignore[arg-type]
            assert table.asked == []

    async def test_one_changed_cell_paints_that_cell(self) -> None:
        async with shown() as (_app, table, _pilot):
            table.show((ROWS[0], row("bee", 10), *ROWS[2:]))
            assert table.asked == [Region(X_OF_SIZE, 2, 6, 1)]
            assert "bee            10" in lines(table)[2]

    async def test_what_is_written_is_short(self) -> None:
        async with shown(size=(120, 40)) as (app, table, _pilot):
            written = written_by(app)
            table.show((ROWS[0], row("bee", 10), *ROWS[2:]))
            await painted(app)
            assert 0 < len("".join(written)) < 250
            written.clear()
            table.show((ROWS[0], row("bee", 10), *ROWS[2:]))
            await painted(app)
            assert written == []

    async def test_a_row_that_goes_blanks_the_last_line(self) -> None:
        async with shown() as (_app, table, _pilot):
            table.show(ROWS[:4])
            assert table.asked == [Region(0, 5, 40, 1)]
            assert lines(table)[5] == ""

    async def test_content_never_moves_a_column(self) -> None:
        async with shown() as (_app, table, _pilot):
            heading = lines(table)[0]
            table.show(tuple(row("x" * 50 + str(n), 10**9 * n, "y" * 99) for n in range(5)))
            assert lines(table)[0] == heading
            assert all(line.index("…") == 9 for line in lines(table)[1:6])

    async def test_nothing_to_show_is_said(self) -> None:
        async with shown(rows=()) as (_app, table, _pilot):
            assert lines(table)[1] == "nothing here"
            table.show((), empty="still nothing")
            assert lines(table)[1] == "still nothing"
            table.show(ROWS)
            table.set_search("zebra")
            assert lines(table)[1] == "no row holds “zebra”"


class TestSelection:
    async def test_it_follows_the_row_and_not_the_place(self) -> None:
        async with shown() as (app, table, pilot):
            await pilot.press("j", "j", "down")
            assert table.selected is not None
            assert table.selected.key == "dog"
            table.show((ROWS[3], row("new", 0), *ROWS[:3]))
            assert table.selected.key == "dog"
            assert app.selected == ["bee", "cat", "dog"]

    async def test_it_stays_in_its_place_where_its_row_is_gone(self) -> None:
        async with shown() as (app, table, pilot):
            await pilot.press("j")
            table.show((ROWS[0], *ROWS[2:]))
            await pilot.pause()
            assert table.selected is not None
            assert table.selected.key == "cat"
            assert app.selected[-1] == "cat"
            table.show(())
            await pilot.pause()
            assert table.selected is None
            assert app.selected[-1] is None

    async def test_moving(self) -> None:
        many = tuple(row(f"r{n:03}", n) for n in range(100))
        async with shown(rows=many) as (_app, table, pilot):
            for key, expected in (
                ("end", "r099"), ("up", "r098"), ("home", "r000"), ("k", "r000"),
                ("pagedown", "r010"), ("ctrl+f", "r020"), ("pageup", "r010"), ("ctrl+b", "r000"),
            ):  # fmt: skip
                await pilot.press(key)
                assert table.selected is not None
                assert table.selected.key == expected, key
                assert table.selected in table.rows_on_screen

    async def test_the_selected_row_stays_on_screen_when_the_screen_shrinks(self) -> None:
        many = tuple(row(f"r{n:03}", n) for n in range(100))
        async with shown(rows=many) as (_app, table, pilot):
            await pilot.press(*["j"] * 10)
            await pilot.resize_terminal(40, 5)
            await pilot.pause()
            assert table.selected is not None
            assert table.selected.key == "r010"
            assert table.selected in table.rows_on_screen

    async def test_fewer_rows_fill_the_screen_from_the_top(self) -> None:
        many = tuple(row(f"r{n:03}", n) for n in range(100))
        async with shown(rows=many) as (_app, table, pilot):
            await pilot.press("end")
            table.show(many[:3])
            assert [one.key for one in table.rows_on_screen] == ["r000", "r001", "r002"]

    async def test_it_is_marked_only_where_the_keys_go(self) -> None:
        async with shown() as (app, table, pilot):
            background = Palette(1 << 24).selected.bgcolor
            line = list(table.render_line(1))
            assert all(segment.style is not None and segment.style.bgcolor == background for segment in line)
            app.set_focus(None)
            await pilot.pause()
            assert all(
                segment.style is not None and segment.style.bgcolor != background
                for segment in table.render_line(1)
            )


class TestOrder:
    async def test_o_goes_through_the_columns_and_i_turns_round(self) -> None:
        async with shown() as (_app, table, pilot):
            await pilot.press("o")
            assert table.order == Order("name")
            await pilot.press("o")
            assert names(table) == ["bee", "dog", "ant", "elk", "cat"], "largest first, unknown last"
            assert lines(table)[0].startswith("name        size▼ note")
            await pilot.press("i")
            assert names(table) == ["elk", "ant", "dog", "bee", "cat"], "smallest first, unknown last"
            await pilot.press("o")
            assert names(table) == [one.key for one in ROWS], "as they came; `note` cannot order"

    async def test_a_click_on_a_title(self) -> None:
        async with shown() as (_app, table, pilot):
            await pilot.click(table, offset=(X_OF_SIZE + 2, 0))
            assert table.order == Order("size", descending=True)
            await pilot.click(table, offset=(X_OF_SIZE + 2, 0))
            assert table.order == Order("size")
            await pilot.click(table, offset=(30, 0))
            assert table.order == Order("size")

    async def test_the_order_holds_for_new_rows_and_the_selection_for_its_row(self) -> None:
        async with shown() as (_app, table, pilot):
            await pilot.press("o", "o")
            assert table.selected is not None
            assert table.selected.key == "ant"
            table.show((*ROWS, row("fox", 7)))
            assert names(table) == ["bee", "fox", "dog", "ant", "elk", "cat"]
            assert table.selected.key == "ant"


class TestSearch:
    async def test_only_what_matches_is_shown_and_the_selection_stays_where_it_can(self) -> None:
        async with shown() as (_app, table, pilot):
            await pilot.press("j", "j")
            table.set_search("A")
            assert names(table) == ["ant", "cat"]
            assert table.selected is not None
            assert table.selected.key == "cat"
            assert (len(table.rows_shown), table.rows_total) == (2, 5)
            table.set_search("")
            assert names(table) == [one.key for one in ROWS]
            assert table.selected.key == "cat"


class TestMouse:
    async def test_a_click_selects_and_a_double_click_opens(self) -> None:
        async with shown() as (app, table, pilot):
            await pilot.click(table, offset=(2, 3))
            assert table.selected is not None
            assert table.selected.key == "cat"
            assert app.opened == []
            await pilot.click(table, offset=(2, 4), times=2)
            assert app.opened == ["dog"]
            await pilot.click(table, offset=(2, 9))
            assert table.selected.key == "dog"

    async def test_the_wheel_moves(self) -> None:
        async with shown() as (_app, table, pilot):
            await pilot._post_mouse_events([_scroll_down()], table, offset=(2, 2))
            assert table.selected is not None
            assert table.selected.key == "dog"


def _scroll_down() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown
