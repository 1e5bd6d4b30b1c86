"""A report that somebody has started by hand: it compares every encounter with every other, again and again."""

from __future__ import annotations

import sys
import time

import psycopg

from triage_tui.lab.company.services.program import number, setting, whole_number

_REPORT = (
    "SELECT a.clinic, count(*) FROM encounters a JOIN encounters b ON a.entities < b.entities "
    "JOIN generate_series(1, %s) AS month ON a.pages < 10 GROUP BY a.clinic"
)


def main() -> int:
    """Until it is stopped, or loses its session."""
    months, pause_s = whole_number("MONTHS", 2), number("PAUSE_S", 2)
    with psycopg.connect(
        setting("DATABASE_URL"), application_name="revrx-report", autocommit=True
    ) as connection:
        while True:
            began = time.monotonic()
            connection.execute(_REPORT, [months])
            sys.stdout.write(f"report took {time.monotonic() - began:.1f} s\n")
            time.sleep(pause_s)


if __name__ == "__main__":
    sys.exit(main())
