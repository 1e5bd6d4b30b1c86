"""The face of a Redis server and its queues."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.pictures import MIB, picture, redis_data, sighting, wave
from triage_tui.model import Kind, Picture, Sighting
from triage_tui.model.redis import Clients, Memory, Persistence, Queue, RedisData, Replication, SlowCommand
from triage_tui.ui.cells import Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.redis import Redis
from triage_tui.ui.rows import Row

FACE, GLANCE = Redis(), Glance(picture())


def seen(data: RedisData) -> Sighting:
    return sighting(Kind.REDIS, "shop-redis", "redis://r/0", data)


def text_of(line: Line) -> str:
    return "".join(cell.text for cell in line)


def row_of(queue: Queue) -> Row:
    (row,) = FACE.rows(GLANCE, seen(RedisData("7", queues=(queue,))))
    return row


def texts(queue: Queue) -> dict[str, str]:
    return {key: cell.text for key, cell in row_of(queue).cells.items()}


def summary(data: RedisData) -> list[str]:
    return [text_of(line) for line in FACE.summary(GLANCE, seen(data), 200, False)]


class TestQueues:
    def test_nothing_known_is_never_a_zero(self) -> None:
        shown = texts(Queue("q", "arq"))
        assert {shown[c] for c in ("waiting", "in_flight", "oldest", "dead", "workers", "trend", "delayed", "retry")} \
            == {"?"}  # fmt: skip

    def test_zeros_that_are_known_are_zeros(self) -> None:
        shown = texts(Queue("q", "rq", 0, 0, 0, 0, 0, None, 2, 0.0))
        assert [shown[c] for c in ("waiting", "in_flight", "dead", "oldest")] == ["0", "0", "0", "-"]
        assert shown["trend"] == "○ empty"

    @pytest.mark.parametrize(
        ("queue", "trend", "tone"),
        [
            (Queue("q", "rq", 5, workers=0, growth_per_s=0.0), "✗ no worker", "bad"),
            (Queue("q", "rq", 5, workers=None, growth_per_s=None), "?", "dim"),
            (Queue("q", "rq", 0, workers=0, growth_per_s=0.0), "○ empty", "dim"),
            (Queue("q", "rq", 5, workers=1, growth_per_s=31.5), "▲ +32/s", "warn"),
            (Queue("q", "rq", 5, workers=1, growth_per_s=-3.2, drain_s=30.0), "▼ 30s left", "good"),
            (Queue("q", "rq", 5, workers=1, growth_per_s=-3.2), "▼ drains", "good"),
            (Queue("q", "rq", 5, workers=1, growth_per_s=0.01), "= steady", "text"),
            (Queue("q", "bullmq", 5, workers=1, growth_per_s=3.0, paused=True), "‖ paused", "warn"),
        ],
    )
    def test_trends(self, queue: Queue, trend: str, tone: str) -> None:
        cell = row_of(queue).cells["trend"]
        assert (cell.text, cell.tone) == (trend, tone)
        assert len(trend) <= 12, "the column holds it"

    def test_what_counts_all_queues_together_is_marked(self) -> None:
        assert texts(Queue("q", "celery", 1, 4, in_flight_shared=True))["in_flight"] == "4*"
        assert texts(Queue("q", "celery", 1, None, in_flight_shared=True))["in_flight"] == "?"
        details = dict(
            FACE.details(
                GLANCE,
                seen(RedisData("7", queues=(Queue("q", "celery", 1, 4, in_flight_shared=True),))),
                "celery:q",
            )
        )
        assert details["in flight"] == "4 (all queues)"

    def test_what_a_system_caps_is_at_least_that(self) -> None:
        assert texts(Queue("q", "sidekiq", dead=10_000, dead_capped=True))["dead"] == "10,000+"
        assert texts(Queue("q", "sidekiq", dead=None, dead_capped=True))["dead"] == "?"

    def test_an_age_that_nobody_wrote_has_a_lower_bound(self) -> None:
        assert texts(Queue("q", "celery", 5, head_unchanged_s=41.0))["oldest"] == ">40s"
        assert texts(Queue("q", "celery", 5, oldest_age_s=90.0, head_unchanged_s=41.0))["oldest"] == "90s"

    def test_those_in_trouble_come_first_then_the_deepest(self) -> None:
        shown = [row.cells["name"].text for row in FACE.rows(GLANCE, seen(redis_data()))]
        assert shown == ["webhooks", "emails", "images", "default", "ingest"]

    def test_one_name_in_two_systems_and_databases_is_several_rows(self) -> None:
        queues = (Queue("q", "rq", 1), Queue("q", "arq", 1), Queue("q", "rq", 1, database=3))
        rows = FACE.rows(GLANCE, seen(RedisData("7", queues=queues)))
        assert len({row.key for row in rows}) == 3
        assert [FACE.subject(row) for row in rows] == [row.key for row in rows]

    def test_its_history_is_drawn_and_a_queue_without_one_has_a_blank(self) -> None:
        history = {("shop-redis", "queue.waiting", "rq:q"): wave(30, 1, 9)}
        old = picture()
        glance = Glance(Picture(old.taken_at, old.wall_at, "prod", True, (), history))
        data = seen(RedisData("7", queues=(Queue("q", "rq", 1), Queue("other", "rq", 1))))
        by_name = {row.cells["name"].text: row.cells["history"].text for row in FACE.rows(glance, data)}
        assert by_name["q"].strip()
        assert not by_name["other"].strip()


class TestSummary:
    def test_memory_against_its_limit(self) -> None:
        memory, rates = summary(redis_data())
        assert "86% 440M/512M  noeviction  frag 1.1  v7.4.1 master" in memory
        assert rates == "ops 2310/s  hit 97%  48 clients (12 waiting)  1 replica"

    def test_no_limit_is_not_an_unknown_one(self) -> None:
        assert (
            "mem 440M, no limit" in summary(RedisData("7", memory=Memory(440 * MIB, policy="noeviction")))[0]
        )
        assert "mem ?, limit unknown  policy unknown" in summary(RedisData("7"))[0]

    def test_an_unknown_use_of_a_known_limit_has_no_empty_bar(self) -> None:
        memory = summary(RedisData("7", memory=Memory(None, max_bytes=512 * MIB)))[0]
        assert "░" not in memory
        assert "? ?/512M" in memory

    def test_unknown_rates_are_unknown(self) -> None:
        assert summary(RedisData("7"))[1] == "ops ?  hit ?  ? clients"

    def test_what_is_wrong_is_told(self) -> None:
        data = RedisData(
            "7",
            clients=Clients(99, 0, 100),
            evicted_per_s=3.0,
            rejected_per_s=2.0,
            persistence=Persistence(rdb_last_ok=False, aof_last_ok=False),
            replication=Replication("slave", link_up=False),
            slowlog=(SlowCommand(1, "t", 40.0, "KEYS *"), SlowCommand(2, "t", 812.0, "SORT x")),
        )
        said = summary(data)[1]
        for words in ("evicts 3.0/s", "rejects 2.0/s", "✗ RDB save failed", "✗ AOF write failed",
                      "✗ master link down", "slowest 812 ms"):  # fmt: skip
            assert words in said
        tones = {
            cell.text: cell.tone for line in FACE.summary(GLANCE, seen(data), 200, False) for cell in line
        }
        assert tones["99 clients"] == "bad"

    def test_small_servers_do_not_warn_of_fragmentation(self) -> None:
        small = RedisData("7", memory=Memory(2 * MIB, fragmentation=9.0))
        assert "frag" not in summary(small)[0]


class TestHeadline:
    def test_counts(self) -> None:
        assert (
            text_of(FACE.headline(GLANCE, seen(redis_data())))
            == "5 queues  18,611 waiting  2 growing  19 dead"
        )

    def test_depths_that_nobody_knows_do_not_add_up_to_zero(self) -> None:
        unknown = RedisData("7", queues=(Queue("a", "arq"), Queue("b", "arq")))
        assert "? waiting" in text_of(FACE.headline(GLANCE, seen(unknown)))

    def test_dead_jobs_of_a_shared_set_are_counted_once(self) -> None:
        shared = tuple(Queue(name, "sidekiq", 0, dead=17, retry=2, sets_shared=True) for name in "abc")
        data = RedisData("7", queues=(*shared, Queue("d", "rq", 0, dead=1)))
        assert "18 dead" in text_of(FACE.headline(GLANCE, seen(data)))
        assert texts(shared[0])["dead"] == "17*"
        assert texts(shared[0])["retry"] == "2*"

    def test_a_server_that_loads_says_how_far_it_is(self) -> None:
        loading = RedisData("7", persistence=Persistence(loading=True, loading_percent=41.0))
        assert text_of(FACE.headline(GLANCE, seen(loading))).startswith("LOADING 41%")
        unknown = RedisData("7", persistence=Persistence(loading=True))
        assert text_of(FACE.headline(GLANCE, seen(unknown))).startswith("LOADING ?")

    def test_a_search_that_goes_on_is_not_an_empty_server(self) -> None:
        assert FACE.empty(GLANCE, seen(RedisData("7", queues_scan=0.3))) == (
            "no queue found yet, 30% of the keys searched"
        )
        assert FACE.empty(GLANCE, seen(RedisData("7", queues_scan=1.0))).startswith("no queue of Celery")

    def test_no_data_no_words(self) -> None:
        unknown = msgspec.structs.replace(seen(redis_data()), data=None)
        assert FACE.headline(GLANCE, unknown) == ()
        assert FACE.summary(GLANCE, unknown, 80, False) == ()
        assert FACE.rows(GLANCE, unknown) == ()
        assert FACE.empty(GLANCE, unknown) == ""
        assert FACE.details(GLANCE, unknown, "rq:q") == ()
