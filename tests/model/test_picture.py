"""A picture finds things by name and kind, and tells known from not."""

from __future__ import annotations

from tests.ui.pictures import incident, picture, trouble
from triage_tui.model import Kind, State


def test_finding() -> None:
    """By name, by kind, in the order of the configuration."""
    taken = picture()
    assert taken.of("shop-db") is not None
    assert taken.of("nobody") is None
    assert [sighting.target.name for sighting in taken.of_kind(Kind.HTTP)] == ["shop-api", "auth"]


def test_only_fresh_data_are_known() -> None:
    """Stale, down, denied and never seen are not."""
    assert all(sighting.known for sighting in incident())
    assert [sighting.known for sighting in trouble()[:4]] == [False] * 4
    assert {sighting.state for sighting in trouble()[:4]} == {
        State.STALE, State.DOWN, State.DENIED, State.CONNECTING,
    }  # fmt: skip


def test_readings() -> None:
    """The last of a signal; nothing where there are none."""
    taken = picture()
    assert taken.values("shop-redis", "queue.waiting", "celery:emails")
    assert taken.values("shop-redis", "queue.waiting", "none") == ()
