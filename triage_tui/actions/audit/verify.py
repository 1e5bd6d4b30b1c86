"""Whether the audit is whole. Pure: bytes in, what is wrong with them out."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.actions.audit.record import FIRST, decode, digest_of


class Verified(Struct, frozen=True):
    """What was found.

    records  whole records before the first bad one
    bad      line of the first bad record, from 1; None: all are good
    why      what is wrong with it
    torn     lines that a crash cut short: they say nothing, and the record after them vouches for them
    """

    records: int
    bad: int | None = None
    why: str = ""
    torn: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing was changed, removed or moved."""
        return self.bad is None


def verify(raw: bytes, head: tuple[int, str] | None) -> Verified:
    """Look at the whole log. head: number and hash of the last record that was written, as is noted beside it."""
    *lines, rest = raw.split(b"\n")
    previous, count = FIRST, 0
    torn: list[int] = []
    hashes: dict[int, str] = {}
    half: tuple[int, bytes] | None = None
    for place, line in enumerate(lines, 1):
        record = decode(line)
        if record is None:
            if half is not None:
                return Verified(count, half[0], "it was changed: its hash is not its own", tuple(torn))
            half = (place, line)
            continue
        if half is not None:
            if record.content.get("torn") != digest_of(half[1]):
                return Verified(count, half[0], "it was changed: its hash is not its own", tuple(torn))
            torn.append(half[0])
            half = None
        elif "torn" in record.content:
            return Verified(count, place, "half a line before it is missing", tuple(torn))
        if record.number != count + 1 or record.previous != previous:
            why = f"record {record.number} stands where record {count + 1} belongs"
            if record.number == count + 1:
                why = "it does not follow from the record before it"
            return Verified(count, place, why, tuple(torn))
        previous, count = record.hash, record.number
        hashes[count] = record.hash
    if half is not None:
        return Verified(count, half[0], "it was changed: its hash is not its own", tuple(torn))
    if rest:
        torn.append(len(lines) + 1)
    return _against_head(head, count, hashes, len(lines), tuple(torn))


def _against_head(
    head: tuple[int, str] | None, count: int, hashes: dict[int, str], lines: int, torn: tuple[int, ...]
) -> Verified:
    """The log is at most one record ahead of what is noted beside it: a crash between the two."""
    if head is None:
        if count > 1:
            return Verified(count, 1, "there is no note of the last record beside it (audit.head)", torn)
        return Verified(count, torn=torn)
    number, digest = head
    if number > count:
        return Verified(
            count,
            lines + 1,
            f"records are missing from its end: {number} were written, {count} are here",
            torn,
        )
    if number < count - 1 or hashes.get(number) != digest:
        return Verified(
            count, max(1, number), "the note of the last record (audit.head) names another one", torn
        )
    return Verified(count, torn=torn)
