"""The ids of everything that can be done: checks, which only read, and actions, which change something."""

from __future__ import annotations

CHECKS: dict[str, str] = {
    "docker.health": "what a container's health check said last",
    "docker.logs-tail": "the last lines of a container's log",
    "docker.top": "the processes of a container",
    "postgres.ping": "whether the database answers",
    "postgres.locks": "who waits for whom",
    "postgres.connections": "connections by state against the limit",
    "postgres.slow-statements": "statements that took most time",
    "postgres.version-against-client": "whether client programs fit the server's version",
    "pgbouncer.pools": "the pools and who waits for them",
    "redis.ping": "whether Redis answers",
    "redis.memory": "memory against maxmemory, and the policy",
    "redis.persistence": "the last save, and whether it went well",
    "redis.slowlog": "the slowest commands",
    "queue.depths": "how many jobs wait in each queue",
    "queue.workers": "who works on each queue",
    "http.get": "what an endpoint answers",
    "dns.resolve": "what a name resolves to",
    "tcp.connect": "whether a port takes connections",
    "tls.certificate": "whose certificate a port shows, and until when",
    "files.fresh": "when a folder last changed",
    "env.present": "whether a container has its variables, without their values",
    "disk.free": "room on a file system",
    "process.list": "processes of this host",
    "migrations.status": "the schema's version against the code's",
}
"""Id → what it tells."""

ACTIONS: dict[str, str] = {
    "docker.restart": "restart a container",
    "docker.start": "start a container",
    "docker.stop": "stop a container",
    "docker.kill": "kill a container",
    "docker.pause": "freeze a container",
    "docker.unpause": "let a frozen container go on",
    "compose.restart": "restart a project's containers in the order of their dependencies",
    "postgres.cancel": "cancel a session's statement",
    "postgres.terminate": "end a session",
    "postgres.terminate-idle": "end sessions that are idle in a transaction",
    "queue.purge": "empty a queue, with a way back",
    "queue.restore": "put back what was purged from a queue",
    "queue.requeue-dead": "put failed jobs back into their queue",
    "queue.pause": "pause a queue",
    "queue.resume": "let a paused queue go on",
    "redis.client-kill": "close a client's connection",
    "process.signal": "send a signal to a process",
}
"""Id → what it does."""
