"""The real cockpit on three servers that are not there, to be run in a terminal: `-m tests.terminal.loaded FILE`.

FILE tells which client libraries were loaded when the first frame was drawn, and which at the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, PostgresSpec, RedisSpec, Settings
from triage_tui.ui import run
from triage_tui.ui.terminal import replica

CLIENTS = ("docker", "psycopg", "redis")
NOWHERE = "127.0.0.1:9"
SETTINGS = Settings(
    "dev",
    False,
    (
        DockerSpec("engine", Secret(f"tcp://{NOWHERE}")),
        PostgresSpec("database", Secret(f"postgresql://app@{NOWHERE}/shop")),
        RedisSpec("cache", Secret(f"redis://{NOWHERE}/0")),
    ),
    discover=False,
)


def loaded() -> str:
    """The client libraries that have been imported."""
    return " ".join(name for name in CLIENTS if name in sys.modules)


def main(file: Path) -> int:
    """Run the cockpit and write down what was loaded when."""
    notes: list[str] = []

    class Noting(replica.Replica):
        def take(self) -> str:
            sent = super().take()
            if sent and not notes:
                notes.append(f"painted: {loaded()}".rstrip())
            return sent

    replica.Replica = Noting  # type: ignore[misc]
    from triage_tui.ui.terminal import driver

    driver.Replica = Noting  # type: ignore[misc, attr-defined]
    code = run(SETTINGS)
    file.write_text("\n".join([*notes, f"ended: {loaded()}".rstrip()]) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
