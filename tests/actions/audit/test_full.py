"""Where the intent cannot be written nothing is done: a limit of the kernel's own, as a full disk has one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

ROOM = 64
"""Bytes that a file may have: less than any record."""

CONFIG = """
[environments.dev]
discover = false

[[environments.dev.targets]]
kind = "host"
name = "here"

[[environments.dev.commands]]
name = "mark"
argv = ["touch", "{path}"]
safe = true
"""


def test_no_room_for_the_intent(tmp_path: Path) -> None:
    mark, config = tmp_path / "mark", tmp_path / "triage.toml"
    config.write_text(CONFIG.format(path=mark))

    def triage(*words: str, room: int | None = None) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            if room is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        return subprocess.run(
            [sys.executable, "-m", "triage_tui.cli", *words, "--config", str(config), "--json"],
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=limit,
            capture_output=True,
            text=True,
            timeout=100,
        )

    refused = triage("act", "command.mark", room=ROOM)
    assert refused.returncode == 4, refused
    told = json.loads(refused.stdout)
    assert (told["came"], told["refusal"]) == ("refused", "audit")
    assert "cannot be written down" in told["message"]
    assert not mark.exists()
    log = tmp_path / "triage-tui" / "audit.jsonl"
    assert log.read_bytes() == b"", "no half of a record is left"
    seen = triage("snapshot", room=ROOM)
    assert json.loads(seen.stdout)["targets"][0]["state"] == "live", "looking goes on"
    done = triage("act", "command.mark")
    assert done.returncode == 0, done
    assert mark.exists()
    assert len(log.read_bytes().splitlines()) == 2
