"""All guides of some folders, examined each alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from triage_tui.guides import runs
from triage_tui.guides.files import UnreadableError, find, identified, text_of
from triage_tui.guides.lint.form import form
from triage_tui.guides.lint.references import references
from triage_tui.guides.lint.secrets import secrets
from triage_tui.guides.lint.signatures import signatures
from triage_tui.guides.lint.subject import Remark, Subject
from triage_tui.guides.parse import parse
from triage_tui.guides.signed import signed


class Report(Struct, frozen=True):
    """remarks in the order of files and lines; entries: how many could be read, of how many files."""

    remarks: tuple[Remark, ...]
    entries: int
    files: int

    @property
    def mistakes(self) -> tuple[Remark, ...]:
        """Remarks that are no mere advice."""
        return tuple(remark for remark in self.remarks if not remark.advice)


def lint(
    folders: Sequence[Path],
    *,
    today: date,
    beside: Sequence[Path] = (),
    originals: frozenset[int] = frozenset(),
) -> Report:
    """Examine every guide below the folders.

    beside     folders whose entries may be linked to and have signatures of their own, but are not examined
    originals  hashes of runs of words that no guide may hold (see guides/runs.py)
    """
    remarks: list[Remark] = []
    subjects: list[Subject] = []
    paths = [Path(found.path) for folder in folders for found in find(folder)]
    for path in dict.fromkeys(paths):
        _take(path, subjects, remarks)
    examined = {subject.path for subject in subjects}
    around: list[Subject] = []
    for folder in beside:
        for found in find(folder):
            if _shown(Path(found.path)) not in examined:
                _take(Path(found.path), around, [])
    everyone = [subject.signed for subject in (*subjects, *around)]
    ids = {one.id for one in everyone}
    _doubles(subjects)
    for subject in subjects:
        form(subject, identified(Path(subject.path).absolute()), today)
        references(subject, ids)
        signatures(subject, everyone)
        secrets(subject)
        _copied(subject, originals)
        remarks += subject.remarks
    return Report(tuple(sorted(remarks)), len(subjects), len(dict.fromkeys(paths)))


def _take(path: Path, subjects: list[Subject], remarks: list[Remark]) -> None:
    shown = _shown(path)
    try:
        text = text_of(path)
    except UnreadableError as error:
        remarks.append(Remark(shown, 1, str(error)))
        return
    parsed = parse(text, str(path))
    remarks += [Remark(shown, mistake.line, mistake.message) for mistake in parsed.mistakes]
    if parsed.entry is not None and parsed.tree is not None:
        subjects.append(Subject(shown, text, parsed.entry, parsed.tree, signed(parsed.entry.front)))


def _shown(path: Path) -> str:
    """A path as the reader would write it: relative where it is below the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _doubles(subjects: list[Subject]) -> None:
    first: dict[str, str] = {}
    for subject in subjects:
        before = first.setdefault(subject.entry.id, subject.path)
        if before != subject.path:
            subject.note(f"the id `{subject.entry.id}` is that of {before} too", "id")


def _copied(subject: Subject, originals: frozenset[int]) -> None:
    """Note lines that share nine words in a row with an original, once for each passage."""
    last = -2
    for line, run in runs.runs(_own_words(subject)) if originals else ():
        if run in originals:
            if line > last + 1:
                subject.note("nine words in a row stand in an original too; say it anew", line=line)
            last = max(last, line)


def _own_words(subject: Subject) -> str:
    """The file without what programs say: their messages are facts, and the same wherever they are told."""
    lines = subject.text.splitlines()
    starts = (
        [node.line for node in subject.tree.value.values()] if isinstance(subject.tree.value, dict) else []
    )
    for key in ("signatures", "examples", "not"):
        begin = subject.tree.at(key).line
        if begin in starts:
            end = min((line for line in starts if line > begin), default=begin + 1)
            # A word that stands nowhere else parts what stands before from what follows.
            lines[begin - 1 : end - 1] = [f"{key}{'x' * 40}"] * (end - begin)
    return "\n".join(lines)
