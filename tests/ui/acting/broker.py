"""A real Redis for a cockpit, as our own source sees it."""

from __future__ import annotations

import pytest

from tests.servers.redis import StartRedis
from tests.ui.acting.deck import SELDOM_S
from tests.ui.pictures import sighting
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Kind, Sighting
from triage_tui.model.redis import RedisData
from triage_tui.sources.redis import RedisSource


@pytest.fixture
def server(start: StartRedis) -> EmbeddedServer:
    """An empty one."""
    return start("8", tcp=True)


def spec(server: EmbeddedServer) -> RedisSpec:
    """It, looked at so seldom that no slow machine makes it stale."""
    return RedisSpec("broker", Secret(server.url), interval_s=SELDOM_S)


async def look(server: EmbeddedServer) -> RedisData:
    """What it holds."""
    source = RedisSource(spec(server))
    try:
        seen = await source.observe()
    finally:
        await source.aclose()
    assert isinstance(seen.data, RedisData), seen
    return seen.data


def shown(data: RedisData) -> Sighting:
    """For a picture."""
    return sighting(Kind.REDIS, "broker", "redis://here", data)
