"""Redis: how full, how busy, which queue is not worked off, and who is connected."""

from triage_tui.ui.panes.redis.clients import RedisClients
from triage_tui.ui.panes.redis.queues import Redis

__all__ = ["Redis", "RedisClients"]
