"""What tests of the lab need: a folder that everybody can get to, and labs of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.require import unavailable
from triage_tui.lab.embedded.postgres import installations
from triage_tui.lab.embedded.redis import binaries


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a server which runs as another user can get to, as the usual /tmp is."""
    folder = Path(tempfile.mkdtemp(prefix="triage-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def both_servers() -> None:
    """The lab can start here."""
    if not installations():
        unavailable("postgres", "no server is installed")
    if not binaries():
        unavailable("redis", "no server is installed")
