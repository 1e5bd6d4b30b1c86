"""A listing: the selection follows its row, and the window follows the selection."""

from __future__ import annotations

from tests.ui.test_table import ROWS, row
from triage_tui.ui.listing import Listing
from triage_tui.ui.rows import Order

MANY = tuple(row(f"r{n:03}", n) for n in range(50))


def listing(height: int = 10) -> Listing:
    made = Listing()
    made.fit(height)
    made.put(MANY)
    return made


def test_another_selection_is_told() -> None:
    made = Listing()
    assert made.put(ROWS)
    assert not made.put(ROWS[::-1])
    assert made.selected == ROWS[0]
    assert made.put(ROWS[1:])
    assert made.put(())
    assert made.selected is None


def test_rows_search_and_order_are_put_one_by_one() -> None:
    made = listing()
    made.put(search="r01")
    made.put(order=Order("size", descending=True))
    made.put(MANY[5:])
    assert [one.key for one in made.shown] == [f"r{n:03}" for n in range(19, 9, -1)]
    assert (made.search, made.order.column, len(made.rows)) == ("r01", "size", 45)


def test_the_selection_is_on_the_screen_wherever_it_is() -> None:
    made = listing()
    for index in (0, 9, 10, 49, 30, 31, 25, 99, -5):
        made.select(index)
        assert made.selected in made.on_screen
        assert len(made.on_screen) == 10
    made.select(20)
    made.fit(3)
    assert made.selected in made.on_screen
    assert len(made.on_screen) == 3


def test_a_screen_without_room() -> None:
    made = listing(0)
    made.select(7)
    assert made.selected == MANY[7]
    assert made.on_screen == []
