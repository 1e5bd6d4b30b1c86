"""A pane's second table: the clients of Redis in place of its queues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.clients import DASHBOARD, LINK, REFUSED, with_clients
from tests.ui.cockpit import NARROW, WIDE, app_on, cockpit
from triage_tui.model.redis import CLIENTS


async def test_t_shows_it_and_the_way_back() -> None:
    async with cockpit(with_clients()) as screen:
        assert "t Redis" not in screen.lines[-1]
        await screen.press("4")
        assert "t Redis clients" in screen.lines[-1]
        await screen.press("t")
        assert "10.0.4.17:50222" in screen.text
        assert "webhooks" not in screen.text
        assert "t Redis and queues" in screen.lines[-1]
        await screen.press("t")
        assert "webhooks" in screen.text
        assert "10.0.4.17:50222" not in screen.text


async def test_a_pane_with_one_table_keeps_it() -> None:
    async with cockpit(with_clients()) as screen:
        await screen.press("3")
        before = screen.text
        await screen.press("t")
        assert screen.text == before


async def test_the_source_is_told_that_they_are_seen() -> None:
    async with cockpit(with_clients()) as screen:
        pane = screen.pane("redis")
        assert CLIENTS not in pane.subjects
        await screen.press("4", "t")
        assert pane.subjects[:2] == (CLIENTS, DASHBOARD.subject)
        await screen.press("3")
        assert pane.subjects == ()


async def test_the_source_is_told_before_there_is_a_row() -> None:
    async with cockpit(with_clients(None)) as screen:
        await screen.press("4", "t")
        assert screen.pane("redis").subjects == (CLIENTS,)
        assert "read with the next look" in screen.text


async def test_search_and_order_begin_anew() -> None:
    async with cockpit(with_clients()) as screen:
        await screen.press("4", "o", "slash", *"emails", "enter")
        assert screen.pane("redis").table.search == "emails"
        await screen.press("t")
        assert (screen.pane("redis").table.search, screen.pane("redis").table.order.column) == ("", None)
        assert "10.0.4.17:50222" in screen.text
        await screen.press("slash", *"celery", "enter")
        assert "celery@worker-1" in screen.text
        assert "dashboard" not in screen.text


async def test_a_problem_with_a_queue_leads_back_to_the_queues() -> None:
    async with cockpit(with_clients()) as screen:
        await screen.press("4", "t")
        pane = screen.pane("redis")
        assert pane.reveal("shop-redis", "rq:webhooks")
        assert pane.table.selected is not None
        assert pane.table.selected.key == "rq:webhooks"
        assert pane.reveal("shop-redis", LINK.subject)
        assert pane.table.selected.key == LINK.subject
        assert not pane.reveal("shop-redis", "rq:gone")
        assert pane.table.selected.key == DASHBOARD.subject


async def test_what_may_not_be_read_is_unknown_and_says_why() -> None:
    async with cockpit(with_clients(None, REFUSED), size=NARROW) as screen:
        await screen.press("4", "t")
        assert "unknown: NOPERM User watcher has no permissions" in screen.text
        assert "1 gap (g)" in screen.text
        await screen.press("g")
        assert "+client|list" in screen.text


async def test_the_key_stands_in_the_bar_only_where_it_applies() -> None:
    async with cockpit(with_clients(read_only=False)) as screen:
        await screen.press("4")
        assert "K client-kill" not in screen.lines[-1]
        await screen.press("t")
        assert "K client-kill" in screen.lines[-1]
        await screen.press("end")
        assert screen.pane("redis").table.selected is not None
        # The link of a replica is not to be closed.
        assert screen.pane("redis").table.selected.key == LINK.subject
        assert "K client-kill" not in screen.lines[-1]
    async with cockpit(with_clients()) as screen:
        await screen.press("4", "t")
        assert "K client-kill" not in screen.lines[-1]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "140x45"])
def test_it_looks_so(
    snap_compare: Callable[..., bool], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    app, _engine = app_on(with_clients(read_only=False))
    options: dict[str, Any] = {"press": ("4", "t"), "terminal_size": size}
    assert snap_compare(app, **options)
