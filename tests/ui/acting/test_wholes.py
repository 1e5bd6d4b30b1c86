"""What an order for a whole pins: what was on the screen at the key press, and nothing that comes later."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.pictures import postgres_data, sighting
from triage_tui.model import Kind
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.postgres import Session
from triage_tui.ui.acting.wholes import whole


def project(*containers: Container) -> DockerData:
    return DockerData(containers)


def member(id: str, *, project: str = "shop", one_off: bool = False, started_at: str = "2026") -> Container:
    return Container(id, f"shop-{id}", "shop:1", project=project, one_off=one_off, started_at=started_at)


def test_a_project_is_its_containers_whenever_they_started() -> None:
    def pinned(*containers: Container) -> object:
        return whole(sighting(Kind.DOCKER, "engine", "here", project(*containers)), "compose.restart", "shop")

    before = pinned(member("b"), member("a"), member("x", project="other"), member("once", one_off=True))
    assert before is not None
    assert before.parts == (("a", "shop-a"), ("b", "shop-b"))  # type: ignore[attr-defined]
    assert pinned(member("a", started_at="2027"), member("b")) == before
    assert pinned(member("a"), member("b"), member("c")) != before
    assert pinned(member("x", project="other")) is None


def test_idle_sessions_are_those_that_can_be_told_from_the_next_with_their_pid() -> None:
    sessions = (
        Session(1, state="idle in transaction", backend_start="2026-01-01T00:00:00.000001+00:00"),
        Session(2, state="idle in transaction (aborted)", backend_start="2026-01-01T00:00:00.000002+00:00"),
        Session(3, state="idle in transaction", backend_start=None),
        Session(4, state="active", backend_start="2026-01-01T00:00:00.000003+00:00"),
    )

    def pinned(*shown: Session) -> object:
        data = replace(postgres_data(), sessions=shown)
        return whole(sighting(Kind.POSTGRES, "db", "here", data), "postgres.terminate-idle", "")

    known = pinned(*sessions)
    assert known.parts == (  # type: ignore[attr-defined]
        ("pid 1", "2026-01-01T00:00:00.000001+00:00"),
        ("pid 2", "2026-01-01T00:00:00.000002+00:00"),
    )
    assert pinned(sessions[2], sessions[3]) is None
