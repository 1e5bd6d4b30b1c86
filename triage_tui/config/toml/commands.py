"""The tables `[[environments.NAME.commands]]` of triage.toml: the team's own actions."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from typing import Any

from msgspec.structs import fields

from triage_tui.config.settings import CommandSpec
from triage_tui.config.toml.check import key_name, unknown_keys, values
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.text import safe

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_-]*)\}")
MOST_TIMEOUT_S = 3600.0

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


def read_commands(document: Document, path: KeyPath, given: Any) -> tuple[CommandSpec, ...]:
    """All commands of an environment. Everything that is wrong is noted in the document."""
    here = (*path, "commands")
    if not isinstance(given, list):
        document.mistake(here, f"`commands` has to be a list of tables: [[{'.'.join(map(str, here))}]]")
        return ()
    found = tuple(
        one for number, entry in enumerate(given) for one in _command(document, (*here, number), entry)
    )
    names = [one.name for one in found]
    for number, one in enumerate(found):
        if one.name in names[:number]:
            document.mistake((*here, number, "name"), f'another command is named "{one.name}" already')
    if found and document.source.mode & stat.S_IWGRP:
        document.mistake(
            here, "commands stand here, and the file's group can change it: run `chmod g-w` on it"
        )
    return found


def _command(document: Document, path: KeyPath, given: Any) -> Iterator[CommandSpec]:
    if not isinstance(given, dict):
        document.mistake(path, f"{key_name(path)}: expected a table")
        return
    known = {field.name: field for field in fields(CommandSpec)}
    before = document.count
    unknown_keys(document, path, given, known)
    found = values(document, path, given, known.values())
    if document.count == before:
        _sane(document, path, CommandSpec(**found))
    if document.count == before:
        yield CommandSpec(**found)


def _sane(document: Document, path: KeyPath, command: CommandSpec) -> None:
    if not _NAME.fullmatch(command.name):
        document.mistake((*path, "name"), "`name` has to be of lowercase letters, digits, - and _")
    if not command.argv or not command.argv[0]:
        document.mistake((*path, "argv"), "`argv` has to name a program, and its arguments one by one")
        return
    if PLACEHOLDER.search(command.argv[0]):
        document.mistake((*path, "argv", 0), "the program is no parameter")
    if any("\0" in word for word in command.argv):
        document.mistake((*path, "argv"), "`argv` holds a character that no argument can have")
    used = {name for word in command.argv for name in PLACEHOLDER.findall(word)}
    for name in sorted(used - command.parameters.keys()):
        document.mistake((*path, "argv"), f"{{{name}}} is no parameter: name it in `parameters`")
    for name in command.parameters:
        if name not in used:
            document.mistake((*path, "parameters"), f"the parameter {safe(name)} stands nowhere in `argv`")
    if not 0 < command.timeout_s <= MOST_TIMEOUT_S:
        document.mistake(
            (*path, "timeout_s"), f"`timeout_s` has to be above 0 and at most {MOST_TIMEOUT_S:g}"
        )
