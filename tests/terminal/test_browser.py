"""In a browser Textual's own driver speaks for the app: pipes instead of a terminal, packets instead of bytes."""

from __future__ import annotations

import os
import select
import subprocess
import time

from tests.terminal.program import PYTHON, ROOT, WAIT_S

WEB = "textual.drivers.web_driver:WebDriver"
"""What textual-serve sets TEXTUAL_DRIVER to."""


def test_a_session_in_a_browser() -> None:
    environ = os.environ | {"TEXTUAL_DRIVER": WEB, "COLUMNS": "140", "ROWS": "45", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [PYTHON, "-m", "tests.terminal.still", "incident"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environ,
        cwd=ROOT,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        try:
            sent = _read_until(program.stdout.fileno(), b"PostgreSQL")
            assert sent.startswith(b"__GANGLION__\n")
            program.stdin.write(b"D" + (1).to_bytes(4, "big") + b"q")
            program.stdin.flush()
            assert b'"exit"' in _read_until(program.stdout.fileno(), b'"exit"')
            assert program.wait(WAIT_S) == 0
        finally:
            program.kill()


def _read_until(descriptor: int, wanted: bytes) -> bytes:
    sent, give_up_at = b"", time.monotonic() + WAIT_S
    while wanted not in sent:
        left = give_up_at - time.monotonic()
        assert left > 0, f"{wanted!r} did not come, but {sent[-2000:]!r}"
        if select.select([descriptor], [], [], left)[0]:
            data = os.read(descriptor, 65_536)
            assert data, f"it has ended before {wanted!r} came: {sent[-2000:]!r}"
            sent += data
    return sent
