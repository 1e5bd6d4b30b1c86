"""Redis and Valkey: the server's own health, and the queues of eight systems in it. Only reads are ever sent."""

from triage_tui.sources.redis.source import RedisSource

__all__ = ["RedisSource"]
