"""What an entry has to hold for a reader at night: checks that change nothing, steps, and how to see that it helped."""

from __future__ import annotations

import re
from datetime import date, timedelta

from triage_tui.guides.entry import Check, EntryAction
from triage_tui.guides.lint.subject import Subject
from triage_tui.guides.sections import CHECKS, FIX, USUAL, VERIFY
from triage_tui.text.nearest import nearest

OVERDUE = timedelta(days=365)
"""After a year versions, paths and defaults have moved on."""

MAX_TITLE = 80
"""Characters of a title: a line of the narrowest screen."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_CHANGING = frozenset(
    """
    rm rmdir mv dd mkfs kill killall pkill reboot shutdown flushall flushdb del unlink prune truncate drop delete update
    insert alter terminate pg_terminate_backend pg_cancel_backend pg_reload_conf purge restart stop undo scale apply
    patch cordon drain
    """.split()  # noqa: SIM905
)
_CHANGING_WORD = re.compile(r"[a-z_]+", re.IGNORECASE)


def form(subject: Subject, expected_id: str, today: date) -> None:
    """Note what is missing or out of place. expected_id: from the file's place."""
    front = subject.entry.front
    if not _ID.match(front.id):
        subject.note(
            f"the id `{front.id}` has to be `collection/name`, in small letters, digits and hyphens", "id"
        )
    elif front.id != expected_id:
        subject.note(f"the id has to be `{expected_id}`, as the file is called", "id")
    if len(front.title) > MAX_TITLE:
        subject.note(f"the title is longer than {MAX_TITLE} characters", "title", advice=True)
    for index, check in enumerate(front.checks):
        _check(subject, index, check)
    for index, action in enumerate(front.actions):
        _action(subject, index, action)
    _sections(subject)
    _verified(subject, today)
    if front.source is None:
        subject.note("`source` is missing: where does this knowledge come from?", advice=True)


def _check(subject: Subject, index: int, check: Check) -> None:
    place = ("checks", index)
    if bool(check.probe) == bool(check.argv):
        subject.note("a check is either a `probe` or an `argv`", *place)
        return
    if not check.argv:
        return
    if (
        check.argv[0] in _SHELLS
        and len(check.argv) > 1
        and check.argv[1].startswith("-")
        and "c" in check.argv[1]
    ):
        subject.note("a check is a program with its arguments, never a line for a shell", *place, "argv")
    for number, argument in enumerate(check.argv):
        first = _CHANGING_WORD.match(argument)
        if first is not None and first.group().lower() in _CHANGING and not argument.startswith("-"):
            subject.note(f"`{first.group()}` changes something, and a check must not", *place, "argv", number)


def _action(subject: Subject, index: int, action: EntryAction) -> None:
    place = ("actions", index)
    if bool(action.action) == bool(action.argv):
        subject.note("an action is either an `action` or an `argv`", *place)
    used = {name for text in (action.target, *action.argv) for name in _PLACEHOLDER.findall(text)}
    for name in sorted(used - action.params.keys()):
        subject.note(f"`{{{name}}}` is not declared in `params`", *place)
    for name in sorted(action.params.keys() - used):
        subject.note(f"the parameter `{name}` is declared and not used", *place, "params", name)


def _sections(subject: Subject) -> None:
    titles = [section.title for section in subject.entry.sections]
    for section in subject.entry.sections:
        if section.title not in USUAL:
            near = nearest(section.title, USUAL)
            hint = f"; did you mean `{near}`?" if near else f"; known here: {', '.join(USUAL)}"
            subject.note(
                f"unknown section `{section.title or 'text before the first heading'}`{hint}",
                line=section.line,
            )
        elif not section.text.strip():
            subject.note(f"the section `{section.title}` is empty", line=section.line)
    for index, title in enumerate(titles):
        if title in titles[:index]:
            subject.note(f"the section `{title}` stands here twice", line=subject.entry.sections[index].line)
    for wanted in (CHECKS, FIX):
        if wanted not in titles:
            subject.note(
                f"the section `{wanted}` is missing", line=subject.entry.sections[0].line if titles else 1
            )
    if not subject.entry.front.verify and VERIFY not in titles:
        subject.note("missing verify: say in `verify` or in a section `Verify` how to see that it helped")


def _verified(subject: Subject, today: date) -> None:
    verified = subject.entry.front.last_verified
    if verified is None:
        subject.note("`last_verified` is missing", advice=True)
    elif verified > today + timedelta(days=1):
        subject.note(f"last_verified {verified} is not over yet", "last_verified", advice=True)
    elif today - verified > OVERDUE:
        subject.note(f"last_verified {verified} is more than a year ago", "last_verified", advice=True)
