"""A re-import that somebody has started by hand: it queues encounters faster than a worker can work them off."""

from __future__ import annotations

import sys
import time

from redis import Redis

from triage_tui.lab.company.services.jobs import message
from triage_tui.lab.company.services.program import number, setting
from triage_tui.lab.company.services.revrx import QUEUE, TASK

MOST = 20_000
"""Jobs that it leaves in the queue at most: a demo that nobody looks at must not fill Redis."""


def main() -> int:
    """Until it is stopped, or the queue is as long as it may get."""
    per_second = number("JOBS_PER_S", 20)
    redis: Redis = Redis.from_url(setting("REDIS_URL"), client_name="revrx-reimport")
    queued = 0
    while int(redis.llen(QUEUE)) < MOST:
        with redis.pipeline(transaction=False) as batch:
            for _ in range(round(per_second)):
                queued += 1
                batch.lpush(QUEUE, message(QUEUE, TASK, queued % 3000 + 1, origin="revrx-reimport"))
            batch.execute()
        sys.stdout.write(f"queued {queued} encounters\n")
        time.sleep(1.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
