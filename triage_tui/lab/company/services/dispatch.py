"""A dispatcher that locks two jobs at a time, in any order: sooner or later two of its threads wait for each other."""

from __future__ import annotations

import random
import sys
import threading
import time

import psycopg

from triage_tui.lab.company.services.program import number, setting, whole_number

_TAKE = "UPDATE jobs SET state = 'taken' WHERE id = %s"
_THREADS = 2


def main() -> int:
    """Until it is stopped."""
    threads = [threading.Thread(target=_dispatch, daemon=True) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


def _dispatch() -> None:
    jobs, pause_s = whole_number("JOBS", 2), number("PAUSE_S", 1)
    with psycopg.connect(
        setting("DATABASE_URL"), application_name="tradeengage-dispatch", autocommit=True
    ) as connection:
        while True:
            pair = random.sample(range(1, jobs + 1), 2)
            try:
                with connection.transaction():
                    connection.execute(_TAKE, pair[:1])
                    time.sleep(0.2)
                    connection.execute(_TAKE, pair[1:])
            except psycopg.errors.DeadlockDetected as error:
                sys.stdout.write(f"DeadlockDetected: {error.diag.message_primary}\n")
            sys.stdout.flush()
            time.sleep(pause_s * random.random())


if __name__ == "__main__":
    sys.exit(main())
