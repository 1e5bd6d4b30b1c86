"""Personal data and secrets in lines of logs: found by kind, shown by a sample, and seldom where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_tui.text import redact
from triage_tui.text.personal import found_in, masked
from triage_tui.text.personal.detect import CARD, EMAIL, IBAN, KINDS, PASSWORD, PHONE, SOCIAL, TOKEN
from triage_tui.text.personal.numbers import luhn, mod97

BENIGN = Path(__file__).parent / "fixtures" / "benign.txt"

FOUND = [
    ("user jane.doe+x@shop.example logged in", EMAIL, "jane.doe"),
    ('{"mail":"jane@shop.org"}', EMAIL, "jane"),
    ("To: <jane@shop.org>, sent", EMAIL, "jane@"),
    ("mailto:jane@shop.org", EMAIL, "jane@"),
    ("calling +49 30 901820 back", PHONE, "901820"),
    ("sms to +14155552671 failed", PHONE, "4155552671"),
    ("phone=5551234567 ok", PHONE, "5551234567"),
    ("telefon: 030/9018-2000", PHONE, "9018"),
    ('"phone_number": "(030) 901 820 00"', PHONE, "901 820"),
    ("account DE89 3704 0044 0532 0130 00 debited", IBAN, "0532"),
    ("iban=GB82WEST12345698765432", IBAN, "98765432"),
    ("IBAN NO9386011117947, next", IBAN, "8601"),
    ("pay with 4111 1111 1111 1111 now", CARD, "1111 1111"),
    ("card=378282246310005", CARD, "378282246310005"),
    ("pan: 5555555555554444", CARD, "5555555555554444"),
    ("3782-822463-10005", CARD, "822463"),
    ("patient ssn=912-34-5678", SOCIAL, "34-5678"),
    ("social security number: 123456789", SOCIAL, "123456789"),
    ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdef", TOKEN, "eyJhbGciOi"),
    ("key AKIAIOSFODNN7EXAMPLE in use", TOKEN, "AKIAIOSFODNN7EXAMPLE"),
    ("connecting to postgresql://app:hunter22@db:5432/shop", PASSWORD, "hunter22"),
]

NOT_FOUND = [
    "celery@web1.local ready", "celery@3f2a1b.shop.org ready", "git@github.com:shop/api.git",
    "noreply@shop.org bounced", "user@1000.service: started", "postgresql://app@db.shop.org/shop",
    "redis://:[redacted]@cache.shop.org:6379", "amqp://guest:***@rabbit.shop.org//",
    "postgres://app:${DB_PASSWORD}@db/x", "logo@2x.png not found",
    "image shop/api@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1",
    "order 4111111111111111 done", "took 1234567890 ns at +0000", "id=4539578763621486",
    "trace 5555555555554444", "2026-11-26T07:00:00.123456789Z ready", "+1234 lines, -567",
    "phone book has 12 entries", "10.0.0.1:5432 -> 10.0.0.2:6379",
    "uuid 550e8400-e29b-41d4-a716-446655440000", "DE00 3704 0044 0532 0130 00", "ABCD1234EFGH5678",
    "version 1.2.3-4567890", "Message-ID: <20261126.1234@mail.shop.org>", "http://user:password@host/",
    "pid 4242 of 123456789012345", "robot@shop-prod.iam.gserviceaccount.com", "ssn parser: 12 files",
]  # fmt: skip


@pytest.mark.parametrize(("line", "kind", "value"), FOUND)
def test_found_by_its_kind_and_never_shown(line: str, kind: str, value: str) -> None:
    found = [one for one in found_in(line) if one.kind == kind]
    assert len(found) == 1
    assert value not in found[0].sample
    assert len(found[0].sample) <= 12
    assert value not in masked(redact(line))


@pytest.mark.parametrize("line", NOT_FOUND)
def test_what_is_none(line: str) -> None:
    assert found_in(line) == []
    assert masked(line) == line


def test_ordinary_logs_are_left_alone() -> None:
    """Of six hundred lines that look like secrets and are none, those with an address of a person are found."""
    lines = BENIGN.read_text().splitlines()
    found = [line for line in lines if found_in(line)]
    assert all("bob@example.com" in line for line in found)
    assert len(found) < len(lines) / 100


def test_check_digits() -> None:
    """Of the standards' own examples, and of those with two digits exchanged."""
    assert luhn("79927398713")
    assert not luhn("79927398731")
    assert mod97("GB82WEST12345698765432")
    assert not mod97("GB82WEST12345698765423")


def test_several_in_one_line() -> None:
    line = "patient=Jane Sample ssn=912-34-5678 phone=5550001111 mail=jane.5@example.org"
    assert {one.kind for one in found_in(line)} == {EMAIL, PHONE, SOCIAL}
    assert masked(line) == "patient=… ssn=… phone=5… mail=j…@e…"


def test_names_beside_them_are_masked_as_well() -> None:
    """Alone, a name under `name` is mostly that of a thing."""
    line = '{"first_name": "Jane", "name":"Sample","mail":"jane@shop.org","dob":"1990-01-01","name_count":2}'
    assert masked(line) == '{"first_name": "…", "name":"…","mail":"j…@s…","dob":"…","name_count":2}'
    assert masked("name=web1 address=10.0.0.1 started") == "name=web1 address=10.0.0.1 started"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_looked_at_and_masking_it_leaves_none(line: str) -> None:
    for one in found_in(line):
        assert one.kind in KINDS
        assert 0 <= one.start <= one.end <= len(line)
    assert isinstance(masked(line), str)


@pytest.mark.parametrize(
    "piece", ["a@", "1 ", "+1", "a.", "4111 ", "DE89 ", "phone=", "://a:b@", "ssn", "x@y."]
)
def test_time_grows_with_length_alone(piece: str) -> None:
    """Counted in steps of the pattern's own: a line of 16,000 characters comes back at all."""
    assert isinstance(found_in(piece * (16_000 // len(piece))), list)
