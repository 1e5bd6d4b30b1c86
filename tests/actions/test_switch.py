"""Read-only, and the permits of runs."""

from __future__ import annotations

import pytest

from tests.actions.previews import preview_of
from triage_tui.actions.act import Refused
from triage_tui.actions.switch import Permits, Switch
from triage_tui.config.settings import Settings


def switch(*, read_only: bool, can_be_lifted: bool = False, environment: str = "stage") -> Switch:
    return Switch(Settings(environment, read_only, (), read_only_can_be_lifted=can_be_lifted))


def test_what_was_turned_on_by_key_is_turned_off_by_the_name() -> None:
    one = switch(read_only=False)
    one.check()
    one.on()
    for typed in ("", "Stage", "stage "):
        with pytest.raises(Refused):
            one.off(typed)
        with pytest.raises(Refused):
            one.check()
    one.off("stage")
    one.check()


def test_what_the_configuration_says_stays_unless_it_allows_to_lift_it() -> None:
    fixed = switch(read_only=True)
    with pytest.raises(Refused) as error:
        fixed.off("stage")
    assert "read_only_can_be_lifted" in error.value.next_step
    assert fixed.read_only
    loose = switch(read_only=True, can_be_lifted=True)
    with pytest.raises(Refused):
        loose.off("prod")
    loose.off("stage")
    assert not loose.read_only


def test_a_permit_is_revoked_by_the_switch_and_by_the_end() -> None:
    one = switch(read_only=False)
    permits = Permits(one)
    preview = preview_of("a")
    permit = permits.issue(preview)
    permit.check()
    one.on()
    with pytest.raises(Refused) as error:
        permit.check()
    assert error.value.kind == "read-only"
    one.off("stage")
    permit.check()
    permits.over(preview, permit)
    with pytest.raises(Refused) as error:
        permit.check()
    assert error.value.kind == "over"


def test_one_preview_is_run_once_and_one_thing_at_a_time() -> None:
    permits = Permits(switch(read_only=False))
    preview, other = preview_of("a"), preview_of("a", taken_at=1.0)
    permit = permits.issue(preview)
    for again, kind in ((preview, "twice"), (other, "busy")):
        with pytest.raises(Refused) as error:
            permits.issue(again)
        assert error.value.kind == kind
    permits.issue(preview_of("b"))
    permits.over(preview, permit)
    permits.issue(other).check()
    with pytest.raises(Refused):
        permits.issue(preview)


def test_no_permit_is_issued_where_all_is_read_only() -> None:
    with pytest.raises(Refused) as error:
        Permits(switch(read_only=True)).issue(preview_of("a"))
    assert error.value.kind == "read-only"
