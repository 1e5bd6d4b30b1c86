"""seed_people: puts the twenty-eight people of a demonstration into the schedule. Made to be run once."""

from __future__ import annotations

import sys

import psycopg

from triage_tui.lab.company.services.program import setting

PEOPLE = 28


def main() -> int:
    """Insert them, all or none. Returns 1 where that was refused."""
    try:
        with psycopg.connect(setting("DATABASE_URL"), application_name="seed_people") as connection:
            for number in range(1, PEOPLE + 1):
                connection.execute(
                    "INSERT INTO people (name, email) VALUES (%s, %s)",
                    [f"Resident {number}", f"resident{number}@example.org"],
                )
    except psycopg.Error as error:
        sys.stdout.write(f"seed_people: IntegrityError: {type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(f"seed_people: {PEOPLE} people\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
