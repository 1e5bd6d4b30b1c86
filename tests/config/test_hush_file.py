"""What was made quiet by key, on the disk: written whole, shared, bounded, and told about where it is broken."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from triage_tui.config import state
from triage_tui.config.hush import LONGEST, MOST_REASON, SLACK, Hush, decode, encode, who
from triage_tui.config.hush_file import MAX_BYTES, MOST, HushError, HushFile

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

SNOOZE = Hush(
    finding="redis.memory-near-limit",
    target="shop-redis",
    until=NOW + HOUR,
    host="ops-1",
    environment="prod",
    endpoint="redis://cache:6379/0",
    set_at=NOW,
    by="ann",
)
IGNORE = replace(
    SNOOZE, finding="docker.exited", subject="batch", until=None, reason="a job", by="root for ann"
)

WRITER = """
import sys
from pathlib import Path
from msgspec.structs import replace
from triage_tui.config.hush_file import HushFile
from triage_tui.config.hush import decode
file, name, many = HushFile(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
hush = decode(sys.argv[4].encode())
for number in range(many):
    file.change(hush.set_at, add=[replace(hush, subject=f"{name}-{number}")])
"""


@pytest.fixture
def file(tmp_path: Path) -> HushFile:
    return HushFile(tmp_path / "state" / "triage-tui")


def broken(file: HushFile, *lines: bytes) -> None:
    """A file with these lines, made as ours are."""
    file.change(NOW)
    file.path.write_bytes(b"".join(line + b"\n" for line in lines))


def test_it_is_read_as_it_was_written_by_nobody_but_its_owner(file: HushFile) -> None:
    assert file.read().hushes == ()
    assert not file.folder.exists(), "to read makes nothing"
    kept = file.change(NOW, add=[SNOOZE, IGNORE])
    assert set(kept.hushes) == {SNOOZE, IGNORE}
    assert file.read() == kept
    assert file.stamp() == kept.stamp
    assert stat.S_IMODE(file.folder.stat().st_mode) == 0o700
    for path in file.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {path.name for path in file.folder.iterdir()} == {"quiet.jsonl", "quiet.lock"}


def test_setting_again_replaces_and_lifting_removes(file: HushFile) -> None:
    file.change(NOW, add=[SNOOZE, IGNORE])
    later = replace(SNOOZE, set_at=NOW + HOUR / 2, until=NOW + 1.5 * HOUR)
    assert set(file.change(NOW, add=[later]).hushes) == {later, IGNORE}
    assert file.change(NOW, drop={later.identity}).hushes == (IGNORE,)


def test_what_is_for_another_place_stays(file: HushFile) -> None:
    elsewhere = [
        replace(SNOOZE, host="ops-2"),
        replace(SNOOZE, environment="dev"),
        replace(SNOOZE, endpoint="x"),
    ]
    file.change(NOW, add=[SNOOZE, *elsewhere])
    assert set(file.change(NOW, drop={SNOOZE.identity}).hushes) == set(elsewhere)


def test_what_is_over_is_dropped_and_no_more_than_a_maximum_is_kept(file: HushFile) -> None:
    file.change(NOW, add=[SNOOZE, IGNORE])
    assert file.change(NOW + HOUR).hushes == (IGNORE,)
    many = [
        replace(IGNORE, subject=str(number), set_at=NOW + timedelta(seconds=number))
        for number in range(MOST + 5)
    ]
    kept = file.change(NOW, add=many).hushes
    assert len(kept) == MOST
    assert {one.subject for one in kept} == {str(number) for number in range(5, MOST + 5)}


@pytest.mark.parametrize(
    ("seconds", "holds"),
    [
        (0, True),
        (3599, True),
        (3600, False),
        # A clock that was put right a little, and one that was put back by an hour or by years.
        (-SLACK.total_seconds(), True),
        (-SLACK.total_seconds() - 1, False),
        (-10 * 365 * 86_400, False),
    ],
)
def test_a_clock_that_jumps_makes_no_snooze_endless(seconds: float, holds: bool) -> None:
    now = NOW + timedelta(seconds=seconds)
    assert SNOOZE.holds(now) is holds
    assert IGNORE.holds(now)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b"[]", "expected `object`"),
        (b'{"finding": "docker.exited"}', "missing required field"),
        (encode(replace(IGNORE, finding="docker.exitted")), "did you mean `docker.exited`?"),
        (encode(replace(IGNORE, reason=" ")), "needs a reason"),
        (encode(replace(IGNORE, set_at=NOW.replace(tzinfo=None))), "a time without an offset"),
        (encode(replace(SNOOZE, until=NOW + LONGEST + timedelta(seconds=1))), "within a day"),
        (encode(replace(SNOOZE, until=NOW)), "end after it was set"),
        (encode(replace(IGNORE, window="02:00-03:00")), "[[quiet]]"),
        (encode(IGNORE)[:-1] + b',"more":1}', "unknown field `more`"),
    ],
)
def test_a_line_that_is_broken_is_named_and_the_others_count(
    file: HushFile, line: bytes, complaint: str
) -> None:
    broken(file, encode(SNOOZE), line, encode(IGNORE))
    kept = file.read()
    assert set(kept.hushes) == {SNOOZE, IGNORE}
    (mistake,) = kept.mistakes
    assert mistake.startswith(f"{file.path}:2: ")
    assert complaint.lower() in mistake.lower()
    # It is somebody's: writing leaves it as it is.
    again = file.change(NOW, drop={SNOOZE.identity})
    assert (again.hushes, again.broken) == ((IGNORE,), (line,))
    assert line in file.path.read_bytes().splitlines()


def test_of_many_broken_lines_some_are_named(file: HushFile) -> None:
    broken(file, *[b"x"] * 9)
    assert file.read().mistakes[3:] == ("and 6 more lines of it",)


@given(st.binary(max_size=300))
def test_no_line_is_too_odd(line: bytes) -> None:
    try:
        hush = decode(line)
    except ValueError as error:
        said = str(error)
    else:
        said = hush.reason
        assert decode(encode(hush)) == hush
    assert said
    assert len(said) <= MOST_REASON + 1


def test_words_of_the_file_are_made_safe_and_short() -> None:
    odd = decode(encode(replace(IGNORE, reason="a\x1b[31m job" + "!" * 999, by="ann\u202e")))
    assert "\x1b" not in odd.reason
    assert len(odd.reason) <= 201
    assert "\u202e" not in odd.by


def test_a_link_is_not_followed(file: HushFile, tmp_path: Path) -> None:
    file.change(NOW)
    target = tmp_path / "elsewhere"
    target.write_bytes(encode(IGNORE) + b"\n")
    file.path.unlink()
    file.path.symlink_to(target)
    with pytest.raises(HushError, match=r"quiet\.jsonl: is a link, which is not followed"):
        file.read()
    with pytest.raises(HushError, match="is a link"):
        file.change(NOW, add=[SNOOZE])
    assert target.read_bytes() == encode(IGNORE) + b"\n"


def test_neither_a_pipe_nor_a_flood_is_read(file: HushFile) -> None:
    file.change(NOW)
    file.path.unlink()
    os.mkfifo(file.path)
    with pytest.raises(HushError, match="no regular file"):
        file.read()
    file.path.unlink()
    file.path.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(HushError, match=r"is larger than \d+ bytes; move it away"):
        file.change(NOW, add=[SNOOZE])
    assert file.path.stat().st_size == MAX_BYTES + 1


def test_a_place_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    file = HushFile(tmp_path / "state" / "triage-tui")
    with pytest.raises(HushError, match=f"{file.path}: "):
        file.change(NOW, add=[SNOOZE])


def test_a_write_that_fails_leaves_what_was_there(file: HushFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.change(NOW, add=[IGNORE])
    before = file.path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HushError, match=r"quiet\.jsonl: No space left on device"):
        file.change(NOW, add=[SNOOZE])
    assert file.path.read_bytes() == before
    assert {path.name for path in file.folder.iterdir()} == {"quiet.jsonl", "quiet.lock"}


def test_what_a_program_left_that_died_while_it_wrote_is_in_nobodys_way(file: HushFile) -> None:
    file.change(NOW, add=[IGNORE])
    (file.folder / "quiet.new").write_bytes(b"half of")
    assert set(file.change(NOW, add=[SNOOZE]).hushes) == {SNOOZE, IGNORE}
    assert not (file.folder / "quiet.new").exists()


def test_a_lock_that_is_held_for_long_is_told(file: HushFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.change(NOW, add=[IGNORE])
    monkeypatch.setattr(state, "LOCK_S", 0.05)
    with (file.folder / "quiet.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(HushError, match="another program has held it"):
            file.change(NOW, add=[SNOOZE])
        assert file.read().hushes == (IGNORE,), "reading waits for nobody"


def test_several_programs_lose_nothing_of_each_other(file: HushFile) -> None:
    hush = encode(IGNORE).decode()
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file.folder), name, "20", hush])
        for name in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.wait(60) == 0
    assert {one.subject for one in file.read().hushes} == {
        f"{name}-{number}" for name in ("one", "two", "three") for number in range(20)
    }


def test_who_it_was_is_told_behind_sudo_too() -> None:
    us = who({})
    assert us
    assert who({"SUDO_USER": "ann"}) == f"{us} for ann"
    assert who({"SUDO_USER": us}) == us
