"""Tokens are taken from those who have the key, and from nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.lab.company.services import tokens
from triage_tui.lab.company.services.tokens import TokenError, issue, verify


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_it_is_taken_with_its_key(secret: str, subject: str) -> None:
    assert verify(secret, issue(secret, subject)) == subject


def test_another_key_is_told_from_damage_and_from_age(monkeypatch: pytest.MonkeyPatch) -> None:
    token = issue("one", "clinic")
    with pytest.raises(TokenError, match="signature verification failed"):
        verify("other", token)
    for damaged in ("", "x", "a.b"):
        with pytest.raises(TokenError, match="Invalid token format"):
            verify("one", damaged)
    monkeypatch.setattr(tokens, "_LIFE_S", -1)
    with pytest.raises(TokenError, match="expired"):
        verify("one", issue("one", "clinic"))
