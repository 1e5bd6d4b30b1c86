"""The list on top of the Overview: keys, layouts, and what it costs."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui.cockpit import NARROW, WIDE, Cockpit, cockpit
from tests.ui.findings import blocked, diagnosis, redis_full, unhealthy
from tests.ui.pictures import NOW, picture
from triage_tui.model import Incident, Quiet

SIZES = [NARROW, WIDE, (200, 60)]
KNOWLEDGE = Path(__file__).parents[3] / "knowledge" / "postgres"


def place(screen: Cockpit, text: str) -> int:
    return next(y for y, line in enumerate(screen.lines) if text in line)


@pytest.mark.parametrize("size", SIZES)
async def test_it_stands_on_top_and_names_the_root_first(size: tuple[int, int]) -> None:
    async with cockpit(size=size, meaning=diagnosis()) as screen:
        first = place(screen, "4 sessions wait")
        assert place(screen, "Problems") == first - 1
        assert place(screen, "memory is at 86 %") == first + 1
        assert place(screen, "Containers") == first + 2
        assert "shop-api fails" not in screen.text, "the symptom is folded"
        assert screen.overview.focused is screen.pane("docker").table


@pytest.mark.parametrize("size", SIZES)
async def test_with_nothing_wrong_it_takes_one_line_and_no_key(size: tuple[int, int]) -> None:
    async with cockpit(size=size) as screen:
        assert place(screen, "Containers") == place(screen, "● nothing wrong found") + 1
        await screen.press("shift+tab")
        assert screen.overview.focused is screen.pane("host").table


async def test_many_leave_room_for_the_panes() -> None:
    many = [Incident(unhealthy(subject=f"api-{number}", title=f"api-{number} fails")) for number in range(40)]
    async with cockpit(size=NARROW, meaning=diagnosis(many)) as screen:
        assert "38 more: 0 shows all" in screen.text
        assert all(title in screen.text for title in ("Containers", "PostgreSQL", "Redis", "Host"))
        await screen.press("0", "end")
        assert "api-39 fails" in screen.text


async def test_they_come_and_go() -> None:
    async with cockpit() as screen:
        await screen.show(picture(), diagnosis())
        assert place(screen, "Containers") == place(screen, "Problems") + 3
        await screen.press("shift+tab")
        assert screen.overview.problems.has_focus
        await screen.show(picture(), diagnosis([]))
        await screen.settle()
        assert place(screen, "Containers") == place(screen, "Problems") + 1
        assert screen.overview.focused is screen.pane("docker").table, "what is not there has no keys"


@pytest.mark.parametrize("size", SIZES)
async def test_alone_symptoms_are_listed_and_the_selected_one_is_told_in_full(size: tuple[int, int]) -> None:
    async with cockpit(size=size, meaning=diagnosis()) as screen:
        await screen.press("0")
        assert "└ shop-api fails its health check" in screen.text
        assert "postgres.terminate 4711" in screen.text
        assert "PostgreSQL" not in screen.text
        await screen.press("j")
        assert "follows   4 sessions wait" in screen.text
        await screen.press("escape")
        assert "PostgreSQL" in screen.text
        assert "└ shop-api" not in screen.text
        assert screen.overview.focused is screen.pane("docker").table


async def test_whoever_comes_begins_with_what_comes_first() -> None:
    async with cockpit(meaning=diagnosis([Incident(redis_full())])) as screen:
        await screen.show(picture(), diagnosis())
        await screen.press("0")
        assert screen.overview.problems.finding == blocked()
        await screen.press("j", "j")
        await screen.show(
            picture(), diagnosis([Incident(blocked()), Incident(redis_full()), Incident(unhealthy())])
        )
        assert screen.overview.problems.finding == redis_full(), "from then on the selection stays on its row"


async def test_enter_does_the_same_and_1_goes_back() -> None:
    async with cockpit(meaning=diagnosis()) as screen:
        await screen.press("shift+tab", "enter")
        assert "explains  shop-api fails" in screen.text
        await screen.press("1")
        assert "explains" not in screen.text


async def test_with_nothing_wrong_the_page_says_so() -> None:
    async with cockpit(meaning=diagnosis([])) as screen:
        await screen.press("0")
        assert "Nothing is wrong as far as can be seen" in screen.text
        await screen.press("j", "v", "g", "escape", "escape")
        assert "PostgreSQL" in screen.text


@pytest.mark.parametrize(
    ("meaning", "pane", "row"),
    [
        (diagnosis([Incident(unhealthy())]), "docker", "shop-api"),
        (diagnosis([Incident(blocked())]), "postgres", "4711"),
        (diagnosis([Incident(unhealthy(target="shop-redis", subject="celery:emails"))]), "redis", "emails"),
    ],
    ids=["container", "session", "queue"],
)
async def test_v_goes_to_the_row(meaning: object, pane: str, row: str) -> None:
    async with cockpit(meaning=meaning) as screen:  # type: ignore[arg-type]
        await screen.press("0", "v")
        assert screen.overview.focused is screen.pane(pane).table
        selected = screen.pane(pane).table.selected
        assert selected is not None
        assert any(cell.text.strip().endswith(row) for cell in selected.cells.values()), selected


async def test_v_says_where_there_is_no_row() -> None:
    gone = diagnosis([Incident(unhealthy(subject="gone")), Incident(redis_full(target="shop-api"))])
    async with cockpit(meaning=gone) as screen:
        await screen.press("0", "v")
        assert "no row is about gone" in screen.lines[-1]


async def test_g_reads_the_guide() -> None:
    async with cockpit(meaning=diagnosis(), guides=[KNOWLEDGE]) as screen:
        await answered(screen)
        await screen.press("0", "g")
        await answered(screen)
        assert "▸Symptoms" in screen.text
        await screen.press("escape", "escape")
        assert screen.overview.problems.has_focus


async def test_y_copies_what_is_wrong() -> None:
    async with cockpit(meaning=diagnosis()) as screen:
        await screen.press("0", "y")
        assert screen.app.clipboard.startswith("4 sessions wait")


async def test_a_held_screen_holds_them_too() -> None:
    async with cockpit(meaning=diagnosis()) as screen:
        await screen.press("space")
        await screen.show(picture(), diagnosis([]))
        assert "4 sessions wait" in screen.text
        await screen.press("space")
        assert "4 sessions wait" not in screen.text


async def test_the_same_again_paints_nothing() -> None:
    async with cockpit(meaning=diagnosis()) as screen:
        await screen.settle()
        screen.forget()
        await screen.show(picture(), diagnosis())
        assert "".join(screen.written) == ""


class TestKeepingQuiet:
    async def test_z_keeps_one_quiet_for_an_hour(self) -> None:
        async with cockpit(meaning=diagnosis()) as screen:
            await screen.press("0", "z")
            (rule,) = screen.engine.quiet
            assert (rule.finding, rule.target, rule.subject) == (
                "postgres.blocked-sessions",
                "shop-db",
                "4711",
            )
            assert rule.until == NOW + timedelta(hours=1)
            assert "quiet until 04:12Z" in screen.lines[-1]

    async def test_x_asks_why_and_hands_over_what_goes_into_the_file(self) -> None:
        async with cockpit(meaning=diagnosis()) as screen:
            await screen.press("0", "x", *"sized so", "enter")
            (rule,) = screen.engine.quiet
            assert (rule.reason, rule.until) == ("sized so", None)
            written = tomllib.loads(screen.app.clipboard)["quiet"]
            assert written == [
                {"finding": rule.finding, "target": "shop-db", "subject": "4711", "reason": "sized so"}
            ]
            assert screen.overview.problems.has_focus

    @pytest.mark.parametrize(
        "keys", [("x", "escape"), ("x", "a", "escape"), ("x", "enter"), ("x", "space", "enter")]
    )
    async def test_without_a_reason_nothing_is_kept_quiet(self, keys: tuple[str, ...]) -> None:
        async with cockpit(meaning=diagnosis()) as screen:
            await screen.press("0", *keys)
            assert screen.engine.quiet == []
            assert screen.overview.problems.has_focus
            assert "why is this known" not in screen.text

    async def test_names_that_look_like_patterns_mean_themselves(self) -> None:
        odd = unhealthy(subject="api-[1]*")
        async with cockpit(meaning=diagnosis([Incident(odd)])) as screen:
            await screen.press("0", "z")
            (rule,) = screen.engine.quiet
            assert fnmatchcase(odd.subject, rule.subject)
            assert not fnmatchcase("api-1x", rule.subject)

    async def test_what_is_quiet_stands_at_the_end_of_the_full_list(self) -> None:
        quiet = [Quiet(redis_full(), "sized so", NOW + timedelta(hours=1))]
        async with cockpit(meaning=diagnosis([Incident(blocked())], quiet=quiet)) as screen:
            assert "memory is at 86 %" not in screen.text
            assert "1 kept quiet" in screen.text
            await screen.press("0", "j")
            assert "‖ quiet" in screen.text
            assert "until 01 Mar 04:12Z: sized so" in screen.text
            assert "where     shop-redis" in screen.text
            assert "quiet     until 01 Mar 04:12Z: sized so, by triage.toml" in screen.text
            await screen.press("z")
            assert (screen.engine.quiet, screen.engine.lifted) == ([], [])
            assert "[[quiet]] of triage.toml says so: sized so" in screen.lines[-1]

    @pytest.mark.parametrize("key", ["z", "x"])
    async def test_what_was_made_quiet_by_key_is_told_again_by_key(self, key: str) -> None:
        one = redis_full()
        rule = (one.id, one.target, one.subject)
        quiet = [Quiet(one, "snoozed", NOW + timedelta(hours=1), "ann", rule)]
        async with cockpit(meaning=diagnosis([Incident(blocked())], quiet=quiet)) as screen:
            await screen.press("0", "j")
            assert "snoozed, by ann; z tells it again" in screen.text
            await screen.press(key)
            await screen.settle()
            assert (screen.engine.quiet, screen.engine.lifted) == ([], [rule])
            assert "told again" in screen.lines[-1]

    async def test_a_file_that_cannot_be_understood_is_told(self) -> None:
        async with cockpit(meaning=diagnosis()) as screen:
            await screen.show(picture(), replace(diagnosis(), notes=("/home/ann/quiet.jsonl:3: no time",)))
            assert "/home/ann/quiet.jsonl:3: no time" in screen.lines[-1]
            assert "what is kept quiet is not all known" in screen.text

    async def test_what_lasts_only_as_long_as_the_cockpit_says_why(self) -> None:
        why = "/home/ann/quiet.jsonl: No space left on device"
        async with cockpit(meaning=diagnosis()) as screen:
            screen.engine.told_why = why
            await screen.press("0", "z")
            await screen.settle()
            assert f"as long as this cockpit is open: {why}"[:60] in screen.lines[-1]


async def answered(screen: Cockpit) -> None:
    """Until the desk has answered, and the screen shows it."""
    import asyncio

    async with asyncio.timeout(60):
        while not screen.app._desk.idle:
            await asyncio.sleep(0.02)
    await screen.settle()
