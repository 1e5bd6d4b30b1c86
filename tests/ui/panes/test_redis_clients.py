"""The face of a Redis server's clients."""

from __future__ import annotations

import pytest

from tests.ui.clients import CLIENTS, DASHBOARD, FORGOTTEN, LINK, REFUSED, with_clients
from tests.ui.pictures import MIB, redis_data, sighting
from triage_tui.model import Gap, Kind, Sighting
from triage_tui.model.redis import CLIENTS as WHOLE
from triage_tui.model.redis import Client, ClientList, RedisData
from triage_tui.ui.cells import Cell
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.redis import Redis, RedisClients

FACE, GLANCE = RedisClients(), Glance(with_clients())


def seen(listed: ClientList | None, *gaps: Gap) -> Sighting:
    data = RedisData("7", client_list=listed)
    return sighting(Kind.REDIS, "shop-redis", "redis://r/0", data, gaps=gaps)


def cells(client: Client) -> dict[str, Cell]:
    (row,) = FACE.rows(GLANCE, seen(ClientList((client,), 1)))
    return row.cells


def texts(client: Client) -> dict[str, str]:
    return {key: cell.text for key, cell in cells(client).items()}


def headline(listed: ClientList | None) -> str:
    return "".join(cell.text for cell in FACE.headline(GLANCE, seen(listed)))


def test_rows_come_in_the_order_of_the_source() -> None:
    rows = FACE.rows(GLANCE, seen(CLIENTS))
    assert [row.key for row in rows] == [client.subject for client in CLIENTS.clients]
    assert FACE.subject(rows[0]) == rows[0].key == "client:4711@10.0.4.17:50222"


def test_what_is_unknown_is_no_zero() -> None:
    shown = texts(Client(3, "/run/redis.sock:0"))
    assert {shown[key] for key in ("output", "idle", "age", "command", "memory", "user", "db", "state")} == {
        "?"
    }
    assert shown["name"] == "-"


@pytest.mark.parametrize(
    ("flags", "idle_s", "shown"),
    [
        ((), 1.0, "● active"),
        ((), 900.0, "○ idle"),
        (("blocked",), 900.0, "◌ blocked"),
        (("pubsub",), 900.0, "● listens"),
        (("replica",), 0.0, "● replica"),
        (("monitor",), 0.0, "▲ monitor"),
        (("transaction",), 0.0, "● in MULTI"),
        (("blocked", "closing"), 0.0, "… closing"),
    ],
)
def test_the_state_is_a_symbol_and_a_word(flags: tuple[str, ...], idle_s: float, shown: str) -> None:
    assert texts(Client(1, "a:1", idle_s=idle_s, flags=flags))["state"] == shown


@pytest.mark.parametrize(
    ("output", "tone"), [(None, "dim"), (0, "dim"), (4096, "text"), (MIB, "warn"), (8 * MIB, "bad")]
)
def test_what_is_not_taken_stands_out(output: int | None, tone: str) -> None:
    assert cells(Client(1, "a:1", output_bytes=output))["output"].tone == tone


def test_the_headline_counts_and_tells_an_old_list() -> None:
    assert headline(CLIENTS) == "48 clients  7 shown  1 slow"
    assert headline(ClientList((FORGOTTEN,), 1, age_s=4.0)) == "1 client  list 4s old"
    assert headline(None) == ""


def test_the_summary_tells_who_has_the_most() -> None:
    used, connected = FACE.summary(
        GLANCE, sighting(Kind.REDIS, "r", "redis://r", with_clients().sightings[2].data), 200, False
    )
    assert "".join(cell.text for cell in used).startswith("mem ")
    said = "".join(cell.text for cell in connected)
    assert "48 of 10,000" in said
    assert "32 shop-api (10.0.4.21), 12 celery@worker-1 (10.0.4.22)" in said
    assert len(FACE.summary(GLANCE, seen(CLIENTS), 200, True)) == 1


def test_an_empty_table_says_why() -> None:
    assert FACE.empty(GLANCE, seen(None)) == "read with the next look"
    assert FACE.empty(GLANCE, seen(ClientList())) == "no client but triage"
    assert FACE.empty(GLANCE, seen(None, REFUSED)).startswith(
        "unknown: NOPERM User watcher has no permissions"
    )


def test_details_tell_all() -> None:
    told = dict(FACE.details(GLANCE, seen(CLIENTS), DASHBOARD.subject))
    assert next(iter(told.items())) == ("address", "10.0.4.17:50222")
    assert (told["state"], told["channels"], told["library"]) == ("pubsub", "12", "redis-py 5.0.1")
    assert "in its MULTI" not in told
    assert dict(FACE.details(GLANCE, seen(CLIENTS), CLIENTS.clients[4].subject))["in its MULTI"] == "3"
    assert FACE.details(GLANCE, seen(CLIENTS), "client:1@gone:1") == ()


def test_without_data_nothing_is_said() -> None:
    nothing = sighting(Kind.REDIS, "r", "redis://r", None)
    assert FACE.rows(GLANCE, nothing) == ()
    assert FACE.summary(GLANCE, nothing, 80, False) == ()
    assert FACE.empty(GLANCE, nothing) == ""
    assert FACE.details(GLANCE, nothing, LINK.subject) == ()


def test_only_this_face_has_them_listed() -> None:
    assert (FACE.whole, Redis().whole) == (WHOLE, "")
    assert redis_data().client_list is None
