"""How the shop's programs reach Redis."""

from __future__ import annotations

from redis.asyncio import Redis


def open_redis(url: str) -> Redis:
    """A client whose commands end when their task is cancelled.

    With a time limit, redis-py sends through asyncio.wait_for, which up to Python 3.11 swallows a cancelling that
    comes while the command goes out.
    """
    client: Redis = Redis.from_url(
        url, protocol=2, decode_responses=True, client_name="shop", socket_timeout=None
    )
    return client
