"""Lines of cells: their widths are exact, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tests.ui.hostile import hostile_text
from triage_tui.text import display_width
from triage_tui.text.sanitise import visible
from triage_tui.ui.cells import Cell, Line, clip, hanging, join, line_width, spread, strip, wrap
from triage_tui.ui.palette import Palette, Tone

COLOURS = Palette(1 << 24)
PLAIN = Palette(0, unicode=False)

words = st.text(st.sampled_from("abc xyz …─日本語é█"), max_size=12)
"""Text as the model holds it: visible, some of it two cells wide, some with combining marks."""

tones: st.SearchStrategy[Tone] = st.sampled_from(["text", "strong", "bad"])
lines = st.lists(st.builds(Cell, words, tones), max_size=6).map(tuple)
widths = st.integers(0, 40)


def text_of(line: Line) -> str:
    return "".join(cell.text for cell in line)


class TestClip:
    @given(lines, widths)
    def test_never_wider_and_unchanged_where_it_fits(self, line: Line, width: int) -> None:
        clipped = clip(line, width)
        assert line_width(clipped) <= width
        if line_width(line) <= width:
            assert clipped == line
        else:
            assert line_width(clipped) == width

    @given(lines, widths)
    def test_says_with_an_ellipsis_that_something_is_missing(self, line: Line, width: int) -> None:
        if 0 < width < line_width(line):
            assert text_of(clip(line, width)).rstrip(" ").endswith("…")

    def test_a_cut_on_the_border_of_two_cells_is_a_cut(self) -> None:
        same = Cell("abc", "bad")
        assert clip((same, same), 3) == (Cell("ab…", "bad"),)
        assert clip((same, Cell("d")), 3) == (Cell("ab…", "bad"),)

    def test_a_wide_character_is_not_cut_in_two(self) -> None:
        assert text_of(clip((Cell("日本"),), 3)) == "日…"
        assert text_of(clip((Cell("日本語"),), 4)) == "日 …"


class TestSpread:
    @given(lines, lines, widths)
    def test_fills_the_width_exactly(self, left: Line, right: Line, width: int) -> None:
        assert line_width(spread(left, right, width)) == width

    @given(lines, lines, widths)
    def test_the_right_part_stands_at_the_edge_whole_where_there_is_room(
        self, left: Line, right: Line, width: int
    ) -> None:
        if line_width(right) <= width:
            assert text_of(spread(left, right, width)).endswith(text_of(right))


class TestJoin:
    def test_separates_only_parts_that_hold_something(self) -> None:
        assert text_of(join([(), (Cell("a"),), (), (Cell("b"),), ()], " · ")) == "a · b"
        assert join([]) == ()


class TestWrap:
    @given(hostile_text, st.integers(-2, 30), st.integers(0, 4))
    def test_no_line_is_wider_and_no_more_lines_come_than_allowed(
        self, text: str, width: int, limit: int
    ) -> None:
        wrapped = wrap(text, width, limit=limit)
        assert wrapped
        assert all(line_width(line) <= max(1, width) for line in wrapped)
        if limit:
            assert len(wrapped) <= limit

    @given(words, st.integers(2, 30))
    def test_loses_nothing_but_spaces(self, text: str, width: int) -> None:
        kept = "".join(text_of(line) for line in wrap(text, width))
        assert kept.replace(" ", "") == text.replace(" ", "")

    def test_breaks_at_spaces_and_words_that_are_too_long(self) -> None:
        assert [text_of(line) for line in wrap("one two three", 7)] == ["one two", "three"]
        assert [text_of(line) for line in wrap("abcdefgh ij", 3)] == ["abc", "def", "gh", "ij"]

    def test_marks_what_the_limit_cut(self) -> None:
        assert [text_of(line) for line in wrap("one two three four", 5, limit=2)] == ["one", "two …"]

    def test_a_character_wider_than_the_line_gives_way_to_an_ellipsis(self) -> None:
        assert [text_of(line) for line in wrap("日a", 1)] == ["…", "a"]

    def test_empty_text_is_one_empty_line(self) -> None:
        assert wrap("", 10) == ((Cell(""),),)


class TestHanging:
    @given(words, words, st.integers(30, 60))
    def test_fits_and_is_indented_to_where_it_began(self, head: str, text: str, width: int) -> None:
        indent = display_width(head)
        hung = hanging((Cell(head, "dim"),), text, width)
        assert all(line_width(line) <= width for line in hung)
        assert text_of(hung[0]).startswith(head)
        assert all(text_of(line).startswith(" " * indent) for line in hung[1:])

    def test_a_head_wider_than_the_room_still_ends(self) -> None:
        assert len(hanging((Cell("a long label"),), "text", 4)) == 4


class TestStrip:
    @given(lines, widths, st.booleans())
    def test_takes_exactly_the_width(self, line: Line, width: int, unicode: bool) -> None:
        drawn = strip(line, width, Palette(16, unicode=unicode))
        assert drawn.cell_length == width
        assert sum(segment.cell_length for segment in drawn) == width

    @given(hostile_text, hostile_text, widths, st.sampled_from([COLOURS, PLAIN]))
    def test_whatever_the_text(self, first: str, second: str, width: int, palette: Palette) -> None:
        drawn = strip((Cell(first, "bad"), Cell(second)), width, palette)
        assert sum(segment.cell_length for segment in drawn) == width

    @given(hostile_text.map(visible), widths)
    def test_ascii_where_the_terminal_has_no_more(self, text: str, width: int) -> None:
        assert strip((Cell(text),), width, PLAIN).text.isascii()

    def test_the_tone_gives_the_style_and_a_selection_lies_over_all_of_it(self) -> None:
        drawn = list(strip((Cell("ab", "bad"),), 4, COLOURS, Style(bgcolor="blue")))
        assert [segment.text for segment in drawn] == ["ab", "  "]
        assert drawn[0].style == COLOURS.style("bad") + Style(bgcolor="blue")
        assert drawn[1].style == COLOURS.style("text") + Style(bgcolor="blue")


@pytest.mark.parametrize("unicode", [True, False])
def test_symbols_keep_their_place_in_ascii(unicode: bool) -> None:
    drawn = strip((Cell("● ✗ ⊘ ‖ └ █░ ▲▼ …"),), 20, Palette(16, unicode=unicode))
    assert drawn.cell_length == 20
    if not unicode:
        # A question mark means "unknown" on this screen; no symbol of ours may turn into one.
        assert drawn.text.isascii()
        assert "?" not in drawn.text


def test_a_long_word_costs_no_more_than_its_length() -> None:
    """Half a million characters: measuring the rest of the word for every line would take hours."""
    wrapped = wrap("x" * 500_000, 46, limit=3)
    assert [line_width(line) for line in wrapped] == [46, 46, 46]
    assert len(wrap("x" * 50_000, 1)) == 50_000
