"""The audit: chained, on the disk, nobody else's, and honest about what is missing."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage_tui.actions.audit import AuditError, AuditLog, log
from triage_tui.actions.audit.record import decode, encode
from triage_tui.actions.audit.verify import verify
from triage_tui.config import state
from triage_tui.config.state import state_folder


@pytest.fixture
def audit(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "state" / "triage-tui")


def filled(audit: AuditLog, number: int = 5) -> bytes:
    for each in range(number):
        audit.append({"what": "intent", "run": str(each)})
    return audit.read(whole=True)


def test_records_are_chained_and_private(audit: AuditLog) -> None:
    raw = filled(audit)
    records = audit.records()
    assert [record.number for record in records] == [1, 2, 3, 4, 5]
    assert [record.previous for record in records[1:]] == [record.hash for record in records[:-1]]
    assert verify(raw, audit.head()).records == 5
    assert verify(raw, audit.head()).whole
    assert audit.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in audit.folder.iterdir()} == {0o600}


def test_wide_modes_are_narrowed(audit: AuditLog) -> None:
    filled(audit, 1)
    audit.folder.chmod(0o755)
    audit.path.chmod(0o644)
    filled(audit, 1)
    assert audit.folder.stat().st_mode & 0o777 == 0o700
    assert audit.path.stat().st_mode & 0o777 == 0o600


def chain(number: int) -> tuple[bytes, tuple[int, str]]:
    lines, previous = [], "0" * 64
    for each in range(1, number + 1):
        line, previous = encode({"what": "intent", "run": f"r{each}"}, each, previous)
        lines.append(line)
    return b"".join(lines), (number, previous)


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_flipped_bit_is_found_at_its_record(data: st.DataObject) -> None:
    raw, head = chain(4)
    place = data.draw(st.integers(0, len(raw) - 1))
    changed = bytearray(raw)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    found = verify(bytes(changed), head)
    line = raw.count(b"\n", 0, place) + 1
    assert not found.whole
    assert found.bad == line


def test_deleted_moved_and_missing_records_are_named() -> None:
    raw, head = chain(5)
    lines = raw.splitlines(keepends=True)
    assert verify(raw, head).whole
    assert verify(b"".join(lines[:2] + lines[3:]), head).bad == 3
    assert verify(b"".join([lines[0], lines[2], lines[1], *lines[3:]]), head).bad == 2
    assert verify(b"".join(lines[1:]), head).bad == 1
    cut = verify(b"".join(lines[:3]), head)
    assert (cut.bad, cut.why) == (4, "records are missing from its end: 5 were written, 3 are here")
    assert verify(b"", head).bad == 1
    assert verify(raw, None).bad == 1
    other, _ = encode({"what": "intent", "run": "another"}, 5, lines[3][-68:-4].decode())
    assert not verify(b"".join(lines[:4]) + other, head).whole


def test_a_crash_between_the_record_and_the_note_of_it_is_no_forgery() -> None:
    raw, _ = chain(5)
    _, before = chain(4)
    assert verify(raw, before).whole
    _, long_before = chain(3)
    assert not verify(raw, long_before).whole


@given(st.integers(1, 150))
@settings(max_examples=12, deadline=None)
def test_half_a_line_is_told_and_goes_on(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        audit = AuditLog(Path(folder) / "triage-tui")
        filled(audit, 2)
        line, _ = encode({"what": "intent", "run": "torn"}, 3, audit.records()[-1].hash)
        with audit.path.open("ab") as file:
            file.write(line[: min(cut, len(line) - 2)])
        assert verify(audit.read(whole=True), audit.head()).torn == (3,)
        audit.append({"what": "result"})
        found = verify(audit.read(whole=True), audit.head())
        assert (found.whole, found.torn, found.records) == (True, (3,), 3)
        raw = audit.read(whole=True)
        lines = raw.splitlines(keepends=True)
        assert not verify(b"".join([*lines[:2], *lines[3:]]), audit.head()).whole


def test_nothing_is_added_to_what_somebody_changed(audit: AuditLog) -> None:
    raw = filled(audit)
    audit.path.write_bytes(raw[:-10] + b"x" + raw[-9:])
    with pytest.raises(AuditError, match="verify"):
        audit.append({"what": "intent"})


def test_links_and_other_files_are_refused(audit: AuditLog, tmp_path: Path) -> None:
    audit.folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    audit.path.symlink_to(elsewhere)
    with pytest.raises(AuditError):
        audit.append({})
    audit.path.unlink()
    os.link(elsewhere, audit.path)
    with pytest.raises(AuditError):
        audit.append({})
    audit.path.unlink()
    os.mkfifo(audit.path)
    with pytest.raises(AuditError):
        audit.append({})
    assert elsewhere.read_bytes() == b""


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "triage-tui").symlink_to(tmp_path / "real")
    with pytest.raises(AuditError):
        AuditLog(tmp_path / "triage-tui").append({})
    assert list((tmp_path / "real").iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_disk_that_takes_nothing_is_told_and_leaves_the_chain(
    audit: AuditLog, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    raw = filled(audit)
    real = os.pwrite

    def half(handle: int, data: bytes, at: int) -> int:
        if len(data) > 50:
            return real(handle, data[:50], at)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(log.os, "pwrite", half)
    with pytest.raises(AuditError, match=os.strerror(number)):
        audit.append({"what": "intent"})
    monkeypatch.undo()
    assert audit.read(whole=True) == raw
    audit.append({"what": "intent"})
    assert verify(audit.read(whole=True), audit.head()).records == 6


def test_another_instance_is_waited_for_and_not_for_ever(
    audit: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(audit, 1)
    monkeypatch.setattr(state, "LOCK_S", 0.05)
    with audit.path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AuditError, match="another instance"):
            audit.append({})
    audit.append({})


def test_two_instances_keep_one_chain(audit: AuditLog) -> None:
    code = (
        "import sys; from pathlib import Path; from triage_tui.actions.audit import AuditLog\n"
        "log = AuditLog(Path(sys.argv[1]))\n"
        "for each in range(20): log.append({'what': 'intent', 'run': str(each)})"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(audit.folder)]) for _ in range(2)]
    assert [one.wait(60) for one in running] == [0, 0]
    found = verify(audit.read(whole=True), audit.head())
    assert (found.records, found.whole) == (40, True)


def test_secrets_and_control_characters_do_not_get_in(audit: AuditLog) -> None:
    audit.append(
        {
            "what": "intent",
            "preview": {"sends": ["redis-cli -u redis://:hunter2@cache:6379 \x1b[31mFLUSHALL"]},
            "parameters": {"url": "postgresql://app:hunter2@db/shop"},
        }
    )
    raw = audit.read(whole=True)
    assert b"hunter2" not in raw
    assert b"\\u001b" not in raw
    assert b"\x1b" not in raw


@given(
    st.dictionaries(
        st.text(max_size=20), st.recursive(st.none() | st.integers(-(2**53), 2**53) | st.text(), st.lists)
    )
)
@settings(max_examples=50, deadline=None)
def test_whatever_is_written_is_read_back_whole(content: dict[str, Any]) -> None:
    line, digest = encode(content, 1, "0" * 64)
    assert line.count(b"\n") == 1
    record = decode(line[:-1])
    assert record is not None
    assert record.hash == digest


def test_it_is_in_the_state_folder() -> None:
    assert state_folder({"XDG_STATE_HOME": "/var/state"}) == Path("/var/state/triage-tui")
    assert state_folder({"XDG_STATE_HOME": "relative", "HOME": "/home/x"}) == Path(
        "/home/x/.local/state/triage-tui"
    )
