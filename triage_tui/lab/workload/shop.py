"""All that goes on in the shop at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from redis.asyncio import Redis

from triage_tui.lab.workload import cache, celery, jam, orders, rq, stream
from triage_tui.lab.workload.connect import open_redis
from triage_tui.lab.workload.health import open_health, url_of
from triage_tui.lab.workload.keep import Activity, keep
from triage_tui.lab.workload.tide import Tide


async def run_shop(postgres: str, redis: str, open_for_business: Callable[[str], None]) -> None:
    """Run the shop until it is cancelled.

    postgres, redis    urls that the shop connects with
    open_for_business  called once, with the url of the health endpoint, when everything has begun
    """
    checkout = jam.Checkout()
    client = open_redis(redis)
    await cache.fill(client)
    async with await open_health(lambda: checkout.waits_s) as health, asyncio.TaskGroup() as activities:
        for activity in (*_in_database(postgres, checkout), *_in_redis(client)):
            activities.create_task(keep(activity))
        open_for_business(url_of(health))


def _in_database(url: str, checkout: jam.Checkout) -> Sequence[Activity]:
    return (
        *(partial(orders.serve_shoppers, url, place) for place in range(orders.POOL_MOST)),
        partial(orders.report, url),
        partial(orders.forget_to_commit, url),
        partial(orders.ignore_an_error, url),
        partial(checkout.jam, url),
    )


def _in_redis(client: Redis) -> Sequence[Activity]:
    emails = Tide(low=150, high=5000, grow_per_s=3.0, drain_per_s=40.0, rising=True)
    invoices = Tide(low=100, high=4000, grow_per_s=40.0, drain_per_s=6.0, rising=False)
    return (
        partial(cache.remember_shoppers, client),
        partial(cache.sort_the_catalogue, client),
        partial(celery.work_off, client, "emails", "shop.emails.send", emails, start=180),
        partial(celery.work_off, client, "invoices", "shop.invoices.render", invoices, start=3000),
        partial(celery.wait_for_work, client, "exports"),
        partial(rq.make_thumbnails, client),
        partial(stream.publish, client),
        partial(stream.consume, client, "billing", every_s=2.0),
        partial(stream.consume, client, "search", every_s=20.0),
    )
