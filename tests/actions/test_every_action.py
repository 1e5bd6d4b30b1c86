"""What holds for all actions before they are called: old data, read-only, a second press. The servers keep silent, so
that the first press is under way for certain when the second comes, and whatever is sent is seen."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec import structs

from tests.engines.actions.acting import Targets, refused
from triage_tui.actions.act import Action, Came, Danger, Identity, Order, Preview, Progress, Reach, Result
from triage_tui.actions.act import Permit as Permission
from triage_tui.actions.audit import AuditLog
from triage_tui.actions.perform import Performer
from triage_tui.actions.registry import find
from triage_tui.actions.switch import Switch
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, HostSpec, PostgresSpec, RedisSpec, Settings
from triage_tui.model import Kind
from triage_tui.model.deeds import ACTIONS
from triage_tui.sources.clock import steady

CONTAINER = (("id", "c" * 64), ("started_at", "2026-01-01T00:00:00+00:00"))
SESSION = (("pid", "4711"), ("backend_start", "2026-01-01T00:00:00+00:00"))
QUEUE = (("system", "rq"), ("queue", "mail"), ("database", "0"))
PURGE = "20260102T030405Z-a1b2"
STEPS = '[{"id":"c","started_at":"","shown":"it","grace_s":1}]'
LISTED = '[{"pid":4711,"started":"2026-01-01T00:00:00+00:00","since":"2026-01-01T00:00:00+00:00"}]'

KNOWN = {
    "docker": ("shop-api-1", CONTAINER, {"grace_s": "1"}),
    "compose": ("shop", CONTAINER, {"steps": STEPS}),
    "postgres": ("4711", SESSION, {"query_start": "2026-01-01T00:00:00+00:00", "listed": LISTED}),
    "queue": ("rq:mail", QUEUE, {"purge": PURGE, "keep_s": "600", "count": "1"}),
    "redis": ("7", (("id", "7"), ("addr", "10.0.0.1:4711")), {}),
    "process": ("4194304", (("pid", "4194304"), ("started", "1.0")), {}),
}
"""Of each family: an argument, an identity, and what its previews hold."""

NETWORKED = [id for id in ACTIONS if id != "process.signal"]


class Silent:
    """Servers of all kinds that take connections and say nothing. heard: what they were sent."""

    def __init__(self, folder: Path) -> None:
        self.heard = bytearray()
        self.reached = asyncio.Event()
        self.folder = folder
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the other end closes it."""
        try:
            while chunk := await reader.read(4096):
                self.heard += chunk
                self.reached.set()
        finally:
            writer.close()

    @property
    def targets(self) -> Targets:
        """One target of each kind."""
        return Targets(
            DockerSpec("docker", Secret(f"unix://{self.folder / 's'}")),
            PostgresSpec("postgres", Secret(f"postgresql://u:p@127.0.0.1:{self.port}/db")),
            RedisSpec("redis", Secret(f"redis://127.0.0.1:{self.port}")),
            HostSpec(),
        )


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    # A socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="silent-", dir="/tmp"))
    one = Silent(folder)
    async with AsyncExitStack() as open_:
        tcp = await asyncio.start_server(one.serve, "127.0.0.1", 0)
        unix = await asyncio.start_unix_server(one.serve, folder / "s")
        for server in (tcp, unix):
            open_.callback(server.close)
        one.port = int(tcp.sockets[0].getsockname()[1])
        yield one
    shutil.rmtree(folder)


class Counted:
    """The real action; counts its runs."""

    def __init__(self, action: Action) -> None:
        self.id, self.kind, self.danger, self.takes = action.id, action.kind, action.danger, action.takes
        self.runs = 0
        self._action = action

    async def plan(self, order: Order, reach: Reach) -> Preview:
        return await self._action.plan(order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permission, progress: Progress) -> Result:
        self.runs += 1
        return await self._action.run(preview, reach, permit, progress)


class World:
    """One action on silent servers, with everything around it as it is in life."""

    def __init__(self, id: str, silent: Silent, folder: Path) -> None:
        self.action = Counted(find(id))
        reach = silent.targets
        self.switch = Switch(reach.settings)
        self.log = AuditLog(folder / "triage-tui")
        self.performer = Performer(reach, self.switch, self.log, find=self.found)
        self.argument, parts, held = KNOWN[id.partition(".")[0]]
        if id == "postgres.terminate-idle":
            self.argument = ""
        target = {Kind.HOST: "host"}.get(self.action.kind, self.action.kind.value)
        needed = {one.name: PURGE for one in self.action.takes if one.default is None}
        self.order = Order(id, target, self.argument, needed)
        self.preview = Preview(
            self.order,
            Identity("it", parts),
            "here",
            "do it",
            Danger.MILD,
            (),
            (),
            (),
            "none",
            steady(),
            held,
        )

    def found(self, id: str, settings: Settings) -> Action:
        assert id == self.order.action
        return self.action


@pytest.mark.covers("*", "stale")
@pytest.mark.safety(8)
@pytest.mark.parametrize("id", ACTIONS)
async def test_old_data_are_not_acted_on(id: str, silent: Silent, tmp_path: Path) -> None:
    """Nobody is asked anything, either."""
    world = World(id, silent, tmp_path)
    old = structs.replace(world.order, seen_at=steady() - 3600)
    assert (await refused(world.performer.plan(old))).kind == "stale"
    assert not silent.heard


@pytest.mark.covers("*", "read-only")
@pytest.mark.safety(11)
@pytest.mark.parametrize("id", ACTIONS)
async def test_where_all_is_read_only_nothing_leaves(id: str, silent: Silent, tmp_path: Path) -> None:
    """Not even a greeting; and nothing is written down, as nothing was to be done."""
    world = World(id, silent, tmp_path)
    world.switch.on()
    result = await world.performer.run(world.preview, world.argument or None)
    assert (result.came, result.refusal) == (Came.REFUSED, "read-only")
    assert (world.action.runs, bytes(silent.heard), world.log.path.exists()) == (0, b"", False)


@pytest.mark.covers("*", "read-only")
@pytest.mark.safety(11)
@pytest.mark.parametrize("id", ACTIONS)
async def test_turned_on_between_the_intent_and_the_deed_it_holds(
    id: str, silent: Silent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was waited for, and somebody has pressed the key meanwhile."""
    world = World(id, silent, tmp_path)
    append = world.log.append

    def slowly(content: dict[str, object]) -> None:
        append(content)
        world.switch.on()

    monkeypatch.setattr(world.log, "append", slowly)
    result = await world.performer.run(world.preview)
    assert (result.came, result.refusal) == (Came.REFUSED, "read-only")
    assert (world.action.runs, bytes(silent.heard)) == (0, b"")


@pytest.mark.covers("*", "two-presses")
@pytest.mark.safety(10)
@pytest.mark.parametrize("id", NETWORKED)
async def test_a_second_press_sends_nothing(id: str, silent: Silent, tmp_path: Path) -> None:
    """Neither of the same preview, nor of another one of the same thing; and whoever leaves frees it."""
    world = World(id, silent, tmp_path)
    other = structs.replace(world.preview, title="the same thing")
    first = asyncio.create_task(world.performer.run(world.preview))
    await asyncio.wait_for(silent.reached.wait(), 30)
    again = await world.performer.run(world.preview)
    another = await world.performer.run(other)
    assert (again.came, again.refusal) == (Came.REFUSED, "twice")
    assert (another.came, another.refusal) == (Came.REFUSED, "busy")
    assert world.action.runs == 1
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await world.performer.run(world.preview)).refusal == "twice"
    assert world.action.runs == 1
    assert [record.what for record in world.log.records()] == ["intent", "result"]
