"""What a certificate says that could not be verified: its names and its time, out of DER. Pure.

The standard library takes a certificate apart only where it was verified, and what is wrong with one is exactly what
somebody wants to read. RFC 5280, section 4.1: Certificate { TBSCertificate { [0] version, serial, algorithm, issuer,
validity { notBefore, notAfter }, subject, … } … }.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from triage_tui.text import safe

_SEQUENCE, _SET, _VERSION, _OID = 0x30, 0x31, 0xA0, 0x06
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_COMMON_NAME, _ORGANISATION = bytes((0x55, 0x04, 0x03)), bytes((0x55, 0x04, 0x0A))
_LONGEST = 1 << 16


class Certificate(Struct, frozen=True):
    """issuer, subject: the common name, else the organisation, made safe; begins, ends: UTC."""

    issuer: str
    subject: str
    begins: datetime
    ends: datetime


def read(der: bytes) -> Certificate:
    """Raises ValueError for what is no certificate."""
    try:
        (_, whole), *_ = _parts(der[:_LONGEST])
        (_, signed), *_ = _parts(whole)
        fields = list(_parts(signed))
        if fields[0][0] == _VERSION:
            fields.pop(0)
        _serial, _algorithm, (_, issuer), (_, validity), (_, subject), *_ = fields
        begins, ends = (_time(tag, value) for tag, value in _parts(validity))
    except (IndexError, ValueError, TypeError) as error:
        raise ValueError("no certificate") from error
    return Certificate(_name(issuer), _name(subject), begins, ends)


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value that stands one after the other. Raises ValueError."""
    at = 0
    while at < len(der):
        tag, length, start = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            if not 0 < size <= 4:
                raise ValueError("a length that no certificate has")
            length = int.from_bytes(der[start : start + size], "big")
            start += size
        at = start + length
        if at > len(der):
            raise ValueError("it ends too early")
        yield tag, der[start:at]


def _name(der: bytes) -> str:
    found: dict[bytes, str] = {}
    for tag, relative in _parts(der):
        for inner, attribute in _parts(relative) if tag == _SET else ():
            if inner != _SEQUENCE:
                continue
            (kind, oid), (_, value) = list(_parts(attribute))[:2]
            if kind == _OID:
                found.setdefault(oid, safe(value, limit=120))
    return found.get(_COMMON_NAME) or found.get(_ORGANISATION) or "without a name"


def _time(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        # RFC 5280, 4.1.2.5.1: two digits from 50 on are of the last century.
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
