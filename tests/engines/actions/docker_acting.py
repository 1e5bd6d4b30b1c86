"""Acting on a real engine over a line that can be listened to and cut."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.engines.actions.acting import Acting
from tests.engines.actions.wire import Wire
from tests.servers.docker import Engine
from triage_tui.actions.docker import ACTIONS
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec

SLEEPS = "trap 'exit 0' TERM; while :; do sleep 0.1; done"
"""A container that goes on until it is told to end."""


@pytest.fixture
async def wire(docker_engine: Engine) -> AsyncIterator[Wire]:
    """The line."""
    async with Wire(docker_engine.socket) as one:
        yield one


@pytest.fixture
def here(wire: Wire) -> Acting:
    """All actions on containers, over it."""
    return Acting(ACTIONS, DockerSpec("docker", Secret(wire.url)))
