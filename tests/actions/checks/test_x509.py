"""Certificates taken apart without being verified."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.actions.checks.x509 import read

AUTHORITY = trustme.CA(organization_name="Ours", organization_unit_name="tests")


def der(**options: object) -> bytes:
    made = AUTHORITY.issue_cert("shop.example", common_name="shop.example", **options)  # type: ignore[arg-type]
    return ssl.PEM_cert_to_DER_cert(made.cert_chain_pems[0].bytes().decode())


def test_names_and_times() -> None:
    ends = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    one = read(der(not_before=ends - timedelta(days=90), not_after=ends))
    assert (one.subject, one.issuer) == ("shop.example", "Ours")
    assert (one.begins, one.ends) == (ends - timedelta(days=90), ends)


def test_times_beyond_2049_are_written_otherwise() -> None:
    ends = datetime(2061, 1, 1, tzinfo=UTC)
    assert read(der(not_after=ends)).ends == ends


@given(st.integers(0, 600), st.binary(max_size=4))
def test_what_is_broken_is_no_certificate(at: int, instead: bytes) -> None:
    whole = _ONE
    broken = whole[:at] + instead
    with pytest.raises(ValueError, match="no certificate"):
        read(broken if len(broken) < 200 else broken[:150])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        read(data)


_ONE = der()
