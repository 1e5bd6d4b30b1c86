from __future__ import annotations

from tests.engine.steered import PATIENCE_S, Steered, live, refused, settings_of, wait_until
from triage_tui.config.published import Published
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, PostgresSpec, RedisSpec, TargetSpec
from triage_tui.engine import Engine
from triage_tui.engine.discovery import Finds
from triage_tui.model import Kind, Observation, State, Target
from triage_tui.model.docker import Container, DockerData
from triage_tui.sources import Look

DB = Published(
    container="shop-db",
    image="postgres:16",
    container_port=5432,
    host="127.0.0.1",
    host_port=15432,
    environment={"POSTGRES_USER": Secret("shop"), "POSTGRES_PASSWORD": Secret("s3cret")},
)
CACHE = Published("shop-cache", "redis:7", 6379, "127.0.0.1", 16379)
ENGINE = DockerSpec("docker", interval_s=0.02)


def names(specs: tuple[TargetSpec, ...]) -> list[str]:
    return [spec.name for spec in specs]


def test_finds_what_is_published_once() -> None:
    finds = Finds([ENGINE])
    change = finds.after_look("docker", (DB, CACHE), {"shop-db", "shop-cache", "web"})
    assert change.gone == ()
    assert {type(spec) for spec in change.new} == {PostgresSpec, RedisSpec}
    again = finds.after_look("docker", (DB, CACHE), {"shop-db", "shop-cache"})
    assert (again.gone, again.new) == ((), ())


def test_a_stopped_container_keeps_its_target_until_it_is_removed() -> None:
    finds = Finds([ENGINE])
    (spec,) = finds.after_look("docker", (DB,), {"shop-db"}).new
    stopped = finds.after_look("docker", (), {"shop-db"})
    assert (stopped.gone, stopped.new) == ((), ())
    back = finds.after_look("docker", (DB,), {"shop-db"})
    assert (back.gone, back.new) == ((), ())
    removed = finds.after_look("docker", (), {"web"})
    assert (removed.gone, removed.new) == ((spec.name,), ())


def test_a_container_that_comes_back_elsewhere_changes_its_target() -> None:
    finds = Finds([ENGINE])
    (old,) = finds.after_look("docker", (DB,), {"shop-db"}).new
    moved = Published("shop-db", "postgres:16", 5432, "127.0.0.1", 25432)
    change = finds.after_look("docker", (moved,), {"shop-db"})
    assert change.gone == (old.name,)
    assert isinstance(change.new[0], PostgresSpec)
    assert change.new[0].url != old.url  # type: ignore[union-attr]


def test_the_port_of_a_stopped_container_belongs_to_the_one_that_runs_now() -> None:
    finds = Finds([ENGINE])
    finds.after_look("docker", (DB,), {"shop-db"})
    successor = Published("zz-new-db", "postgres:17", 5432, "127.0.0.1", 15432)
    change = finds.after_look("docker", (successor,), {"shop-db", "zz-new-db"})
    assert change.gone == ("shop-db",)
    assert names(change.new) == ["zz-new-db"]


def test_what_is_configured_or_found_through_another_engine_is_not_found_again() -> None:
    configured = PostgresSpec("mine", url=Secret("postgresql://app:x@127.0.0.1:15432/shop"))
    finds = Finds([ENGINE, configured])
    assert names(finds.after_look("docker", (DB, CACHE), {"shop-db", "shop-cache"}).new) == ["shop-cache"]
    assert finds.after_look("podman", (CACHE,), {"shop-cache"}).new == ()


class Publishing(Steered):
    """An engine of containers: publishes what the test says."""

    def __init__(self) -> None:
        super().__init__("docker", self._containers, deadline_s=30.0)
        self.target = Target(name="docker", kind=Kind.DOCKER, endpoint="unix:///run/docker.sock")
        self.ports: tuple[Published, ...] = ()
        self.existing: tuple[str, ...] = ()

    def published(self) -> tuple[Published, ...]:
        return self.ports

    async def _containers(self, look: Look) -> Observation:
        return look.live(DockerData(tuple(Container(id=n, name=n, image="x") for n in self.existing)))


class Host:
    """An engine of ours that watches a Publishing one, and what it opens for the containers found there."""

    def __init__(self, *, discover: bool = True) -> None:
        self.docker = Publishing()
        self.opened: dict[str, Steered] = {}
        self.engine = Engine(settings_of(ENGINE, discover=discover), open=self._open)

    def _open(self, spec: TargetSpec) -> Steered:
        if spec.name == "docker":
            return self.docker
        self.opened[spec.name] = Steered(spec.name, live)
        return self.opened[spec.name]

    def show(self, *ports: Published, existing: tuple[str, ...] | None = None) -> None:
        self.docker.existing = existing if existing is not None else tuple(port.container for port in ports)
        self.docker.ports = ports

    @property
    def names(self) -> list[str]:
        return [sighting.target.name for sighting in self.engine.picture().sightings]


def test_targets_come_and_go_with_their_containers() -> None:
    host = Host()
    with host.engine:
        assert host.engine.wait_first_looks(PATIENCE_S)
        assert host.names == ["docker"]
        host.show(DB, CACHE)
        wait_until(lambda: set(host.names) == {"docker", "shop-db", "shop-cache"}, "both targets")
        assert host.engine.wait_first_looks(PATIENCE_S)
        found = host.engine.picture().of("shop-db")
        assert found is not None
        assert found.state is State.LIVE
        assert "s3cret" not in repr(host.engine.picture())
        host.show(CACHE)
        wait_until(lambda: set(host.names) == {"docker", "shop-cache"}, "the end of one")
        first = host.opened["shop-db"]
        wait_until(lambda: first.closed, "its source to be closed")
        looks = first.begun
        host.show(DB, CACHE)
        wait_until(lambda: host.opened["shop-db"] is not first, "a source of its own when it is back")
        wait_until(lambda: "shop-db" in host.names, "its return")
        assert first.begun == looks
    assert host.engine.defects == ()


def test_first_looks_include_what_they_discover() -> None:
    host = Host()
    host.show(DB)
    with host.engine:
        assert host.engine.wait_first_looks(PATIENCE_S)
        assert host.names == ["docker", "shop-db"]
        assert all(s.state is State.LIVE for s in host.engine.picture().sightings)


def test_a_failed_look_at_the_engine_keeps_what_was_found() -> None:
    host = Host()
    host.show(DB)
    with host.engine:
        assert host.engine.wait_first_looks(PATIENCE_S)
        host.docker.behaviour = refused
        wait_until(lambda: host.engine.picture().sightings[0].state is State.DOWN, "the engine's end")
        assert host.names == ["docker", "shop-db"]


def test_nothing_is_discovered_unless_wanted() -> None:
    host = Host(discover=False)
    host.show(DB)
    with host.engine:
        wait_until(lambda: host.docker.ended >= 3, "three looks")
        assert host.names == ["docker"]


def test_a_defect_in_discovery_harms_nothing_else() -> None:
    host = Host()

    def broken() -> tuple[Published, ...]:
        raise ZeroDivisionError("in published")

    host.docker.published = broken  # type: ignore[method-assign]
    with host.engine:
        wait_until(lambda: host.docker.ended >= 3, "three looks")
        assert host.engine.picture().sightings[0].state is State.LIVE
        assert len(host.engine.defects) == 1
