"""The Overview: keys, layouts and every state, at every size."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.ui.cockpit import NARROW, WIDE, cockpit
from tests.ui.pictures import (
    NO_STATEMENTS,
    REFUSED,
    docker_data,
    incident,
    picture,
    postgres_data,
    sighting,
    trouble,
)
from triage_tui.model import Kind, State
from triage_tui.ui.help import Help
from triage_tui.ui.palette import Palette

SIZES = [NARROW, WIDE, (200, 60)]
TITLES = ("Containers", "PostgreSQL", "Redis and queues", "Host")


@pytest.mark.parametrize("size", SIZES)
async def test_every_pane_is_there(size: tuple[int, int]) -> None:
    async with cockpit(size=size) as screen:
        assert all(title in screen.text for title in TITLES)
        assert "READ-ONLY" in screen.lines[0]
        assert "prod" in screen.lines[0]
        assert all(len(line) <= size[0] for line in screen.lines)


@pytest.mark.parametrize("size", SIZES)
async def test_every_state_has_its_word(size: tuple[int, int]) -> None:
    async with cockpit(picture(trouble()), size=size) as screen:
        for words in ("◌ STALE 14s", "✗ DOWN, seen 41s ago", "⊘ DENIED, never seen", "… connecting"):
            assert words in screen.text, words
        assert "connection refused" in screen.text
        assert "WRONGPASS" in screen.text


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (500, 3), (500, 200), (112, 28), (111, 27)])
async def test_no_size_breaks_it(size: tuple[int, int]) -> None:
    async with cockpit(picture(trouble()), size=size) as screen:
        await screen.press(
            "tab", "g", "question_mark", "escape", "2", "g", "slash", "x", "escape", "escape", "1"
        )
        await screen.pilot.resize_terminal(*WIDE)
        await screen.settle()
        assert all(title in screen.text for title in TITLES)


async def test_no_target_says_what_would_bring_one() -> None:
    async with cockpit(picture([])) as screen:
        assert screen.text.count("is watched") + screen.text.count("is not watched") == 4
        assert "DATABASE_URL" in screen.text
        assert "live" not in screen.text
        await screen.press("tab", "2", "y", "right_square_bracket", "g", "escape")
        assert "nothing is selected" in screen.lines[-1]


class TestKeys:
    async def test_tab_goes_round_and_marks_the_pane(self) -> None:
        async with cockpit() as screen:
            for kind in ("postgres", "redis", "host", "docker"):
                await screen.press("tab")
                assert screen.overview.focused_pane is screen.pane(kind)
                assert f"▸ {screen.pane(kind).face.title}" in screen.text
                assert screen.text.count("▸") == 1
            await screen.press("shift+tab")
            assert screen.overview.focused_pane is screen.pane("host")

    @pytest.mark.parametrize("size", SIZES)
    async def test_digits_zoom_and_1_brings_all_back(self, size: tuple[int, int]) -> None:
        async with cockpit(size=size) as screen:
            for digit, kind in (("2", "docker"), ("3", "postgres"), ("4", "redis"), ("5", "host")):
                await screen.press(digit)
                pane = screen.pane(kind)
                assert [pane.face.title in screen.text for pane in screen.overview.panes].count(True) == 1
                assert pane.size.height >= size[1] - 4
                assert screen.overview.focused_pane is pane
                assert pane.table.rows_on_screen, "a zoomed pane shows its rows at once"
            await screen.press("1")
            assert all(title in screen.text for title in TITLES)
            assert screen.overview.focused_pane is screen.pane("host")

    async def test_enter_zooms_and_escape_goes_back(self) -> None:
        async with cockpit() as screen:
            await screen.press("tab", "enter")
            assert "Containers" not in screen.text
            assert "PostgreSQL" in screen.text
            await screen.press("escape")
            assert all(title in screen.text for title in TITLES)

    async def test_space_holds_the_picture_and_its_ages_go_on(self) -> None:
        async with cockpit() as screen:
            await screen.press("space")
            assert "‖ PAUSED" in screen.lines[0]
            await screen.show(picture(trouble()))
            assert "DENIED" not in screen.text
            await screen.press("space")
            assert "PAUSED" not in screen.text
            assert "DENIED" in screen.text

    async def test_r_looks_now(self) -> None:
        async with cockpit() as screen:
            await screen.press("r")
            assert screen.engine.refreshed == [None]
            assert "looking at everything now" in screen.lines[-1]

    async def test_y_copies_the_selected_rows_name(self) -> None:
        async with cockpit() as screen:
            await screen.press("j", "y")
            row = screen.pane("docker").table.selected
            assert row is not None
            assert screen.app.clipboard == row.cells["name"].text
            assert f"copied: {row.cells['name'].text}" in screen.lines[-1]

    @pytest.mark.parametrize("close", ["escape", "question_mark", "q"])
    async def test_help_opens_scrolls_and_closes(self, close: str) -> None:
        async with cockpit(size=NARROW) as screen:
            await screen.press("question_mark")
            assert isinstance(screen.app.screen, Help)
            assert "never counted as fine" not in screen.text
            await screen.press("end")
            assert "jobs of all queues" in screen.text
            await screen.press("home", "j", close)
            assert not isinstance(screen.app.screen, Help)

    @pytest.mark.parametrize("key", ["colon", "ctrl+p"])
    async def test_the_palette_finds_commands_by_name(self, key: str) -> None:
        async with cockpit() as screen:
            await screen.press(key)
            assert "Search for commands" in screen.text
            await screen.press(*"postgresql", "down", "enter")
            assert "Search for commands" not in screen.text
            assert "Containers" not in screen.text
            assert screen.overview.focused_pane is screen.pane("postgres")

    async def test_q_leaves(self) -> None:
        async with cockpit() as screen:
            await screen.pilot.press("q")
        assert screen.app.return_code == 0

    async def test_every_key_of_the_bar_is_in_the_help(self) -> None:
        async with cockpit(size=(140, 60)) as screen:
            bar = screen.lines[-1]
            await screen.press("question_mark")
            for shown in ("0-5", "Tab", "Space", "Enter", "[ ]", "j k"):
                assert shown in screen.text
            assert "guide" in bar


class TestSearch:
    async def test_it_finds_as_one_types_and_enter_keeps_it(self) -> None:
        async with cockpit() as screen:
            await screen.press("slash", "w", "e", "b")
            table = screen.pane("docker").table
            assert {row.cells["name"].text for row in table.rows_shown} == {"web", "webhooks"}
            assert f"/web 2 of {table.rows_total}" in screen.text
            await screen.press("enter", "j")
            assert table.has_focus
            assert table.search == "web"
            await screen.press("escape")
            assert table.search == ""
            assert len(table.rows_shown) == table.rows_total

    async def test_new_rows_are_counted_at_once(self) -> None:
        async with cockpit() as screen:
            await screen.press("slash", "w", "e", "b", "enter")
            sick = incident()
            sick[0] = sighting(Kind.DOCKER, "docker", "unix:///run/docker.sock", docker_data(10))
            await screen.show(picture(sick))
            assert "/web 1 of 10" in screen.text

    async def test_keys_of_the_screen_are_letters_in_the_search(self) -> None:
        async with cockpit() as screen:
            await screen.press("slash", "q", "r", "1", "space", "g")
            assert screen.pane("docker").table.search == "qr1 g"
            assert screen.engine.refreshed == []


class TestSeveralTargets:
    async def test_brackets_go_through_them(self) -> None:
        two = incident()
        two.insert(2, sighting(Kind.POSTGRES, "billing-db", "postgresql://b@h/billing", postgres_data()))
        async with cockpit(picture(two)) as screen:
            await screen.press("tab")
            assert "shop-db [1/2]" in screen.text
            await screen.press("right_square_bracket")
            assert "billing-db [2/2]" in screen.text
            await screen.press("right_square_bracket")
            assert "shop-db [1/2]" in screen.text
            await screen.press("left_square_bracket")
            assert "billing-db [2/2]" in screen.text

    async def test_the_one_in_trouble_is_shown_until_the_reader_chooses(self) -> None:
        two = incident()
        two.insert(2, sighting(Kind.POSTGRES, "billing-db", "postgresql://b@h/billing", None, state=State.DOWN,
                               problem=REFUSED, age_s=None))  # fmt: skip
        async with cockpit(picture(two)) as screen:
            assert "billing-db [2/2]" in screen.text
            assert "connection refused" in screen.text
            await screen.press("tab", "left_square_bracket")
            assert "shop-db [1/2]" in screen.text


class TestSidebar:
    @pytest.mark.parametrize("size", SIZES)
    async def test_it_tells_the_selected_row_in_full_and_follows_it(self, size: tuple[int, int]) -> None:
        async with cockpit(size=size) as screen:
            await screen.press("g")
            assert "Selected" in screen.text
            first = screen.pane("docker").table.selected
            assert first is not None
            assert first.cells["name"].text in screen.text
            if size == NARROW:
                await screen.press("end")
            assert "every 2 s" in screen.text
            await screen.press("g")
            assert "every 2 s" not in screen.text
            await screen.press("j", "g")
            second = screen.pane("docker").table.selected
            assert second is not None
            assert second.key != first.key
            assert second.key[:12] in screen.text

    async def test_it_says_what_could_not_be_read_and_what_would_bring_it_back(self) -> None:
        sick = incident()
        sick[1] = msgspec.structs.replace(sick[1], gaps=(NO_STATEMENTS,))
        async with cockpit(picture(sick)) as screen:
            assert "1 gap (g)" in screen.text
            await screen.press("tab", "g")
            assert "Gaps: not readable here" in screen.text
            assert "CREATE EXTENSION pg_stat_statements" in screen.text

    async def test_it_tells_why_there_is_no_answer(self) -> None:
        async with cockpit(picture(trouble())) as screen:
            await screen.press("tab", "g")
            assert "shop-db: why there is no answer" in screen.text
            assert "7 in a row" in screen.text


class TestThrift:
    async def test_an_equal_picture_paints_nothing(self) -> None:
        async with cockpit() as screen:
            await screen.show(picture())
            assert screen.written == []

    @pytest.mark.parametrize("size", SIZES)
    async def test_one_second_more_paints_the_clock_alone(self, size: tuple[int, int]) -> None:
        async with cockpit(size=size) as screen:
            older = [msgspec.structs.replace(one, age_s=(one.age_s or 0.0) + 1.0) for one in incident()]
            later = picture(older)
            await screen.show(msgspec.structs.replace(later, wall_at=later.wall_at + timedelta(seconds=1)))
            (written,) = screen.written
            assert "03:12:41Z" in written
            assert "live" in written.partition("03:12:41Z")[0], "the clock's line"
            assert len(written) < 1_000

    @pytest.mark.parametrize("size", SIZES)
    async def test_data_that_grow_old_tell_their_age(self, size: tuple[int, int]) -> None:
        async with cockpit(size=size) as screen:
            older = [msgspec.structs.replace(one, age_s=4.8) for one in incident()]
            await screen.show(picture(older))
            assert screen.text.count("● live 5s") == 4

    async def test_what_the_reader_sees_is_told_to_the_engine_once(self) -> None:
        async with cockpit() as screen:
            await screen.show(picture())
            focused = dict(screen.engine.focused)
            assert len(focused) == len(screen.engine.focused)
            assert set(focused) == {"docker", "shop-db", "shop-redis", "host"}
            assert "shop-api" in focused["docker"]
            assert all(focused.values())

    async def test_a_hidden_pane_is_not_in_focus(self) -> None:
        async with cockpit() as screen:
            await screen.show(picture())
            assert dict(screen.engine.focused)["shop-redis"] != ()
            await screen.press("2")
            await screen.show(picture())
            assert dict(screen.engine.focused)["shop-redis"] == ()


@pytest.mark.parametrize("colours", [0, 16, 1 << 24])
async def test_the_columns_do_not_move_with_the_content(colours: int) -> None:
    async with cockpit(palette=Palette(colours)) as screen:
        headings = [line for line in screen.lines if "queue" in line and "waiting" in line and "busy" in line]
        sick = incident()
        sick[0] = sighting(Kind.DOCKER, "docker", "unix:///run/docker.sock", docker_data(2))
        await screen.show(picture(sick))
        assert [
            line for line in screen.lines if "queue" in line and "waiting" in line and "busy" in line
        ] == headings
