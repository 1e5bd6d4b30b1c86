"""What is refused before anything is read or sent."""

from __future__ import annotations

import pytest
from msgspec import structs

from tests.actions.previews import preview_of
from triage_tui.actions import guard
from triage_tui.actions.act import Danger, Identity, Refused


@pytest.mark.safety(7)
@pytest.mark.parametrize("environment", ["prod", "Production", "PROD"])
def test_in_production_the_name_is_typed(environment: str) -> None:
    preview = preview_of("shop-api-1")
    needed = guard.confirmation(preview, environment)
    assert needed is not None
    assert needed.word == "shop-api-1"
    guard.confirmed(preview, environment, "shop-api-1")
    for typed in (None, "", "shop-api-2", "shop-api", "SHOP-API-1", "shop-api-1 ", " shop-api-1"):
        with pytest.raises(Refused) as error:
            guard.confirmed(preview, environment, typed)
        assert error.value.kind == "confirm"
        assert "type exactly `shop-api-1`" in error.value.message


@pytest.mark.safety(7)
def test_what_cannot_be_undone_is_typed_everywhere() -> None:
    final = structs.replace(preview_of("emails"), danger=Danger.FINAL)
    needed = guard.confirmation(final, "dev")
    assert needed is not None
    assert needed.why == "this cannot be undone"
    with pytest.raises(Refused):
        guard.confirmed(final, "dev", None)
    # Whatever it calls its danger.
    for danger in Danger:
        lost = structs.replace(preview_of("emails"), danger=danger, undo=None)
        assert guard.is_final(lost)
        assert guard.confirmation(lost, "dev") == needed


def test_elsewhere_nothing_is_typed_but_a_wrong_name_is_refused() -> None:
    preview = preview_of("shop-api-1")
    assert guard.confirmation(preview, "dev") is None
    guard.confirmed(preview, "dev", None)
    guard.confirmed(preview, "dev", "shop-api-1")
    with pytest.raises(Refused):
        guard.confirmed(preview, "dev", "shop-api-2")


def test_what_names_nothing_in_a_target_is_confirmed_by_the_target() -> None:
    needed = guard.confirmation(preview_of("", target="shop-db"), "prod")
    assert needed is not None
    assert needed.word == "shop-db"


@pytest.mark.safety(8)
def test_data_older_than_three_intervals_are_stale() -> None:
    order = preview_of("x").order
    guard.fresh(order, 100.0, 2.0)
    guard.fresh(structs.replace(order, seen_at=94.0), 100.0, 2.0)
    with pytest.raises(Refused) as error:
        guard.fresh(structs.replace(order, seen_at=93.9), 100.0, 2.0)
    assert error.value.kind == "stale"


@pytest.mark.safety(13)
def test_a_preview_is_old_after_two_seconds() -> None:
    preview = preview_of("x", taken_at=10.0)
    assert not guard.is_old(preview, 12.0)
    assert guard.is_old(preview, 12.1)


def test_another_identity_is_another_target() -> None:
    one, two = Identity("a", (("id", "1"), ("at", "2"))), Identity("a", (("id", "1"), ("at", "3")))
    guard.same(None, one)
    guard.same(one, Identity("b", (("at", "2"), ("id", "1"))))
    with pytest.raises(Refused) as error:
        guard.same(one, two)
    assert error.value.kind == "changed"
