"""One `[environments.NAME]` table: its targets, and how they hang together."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from triage_tui.config.errors import did_you_mean
from triage_tui.config.settings import CommandSpec
from triage_tui.config.toml.check import key_name, unknown_keys, values
from triage_tui.config.toml.commands import read_commands
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.config.toml.rules import check_name
from triage_tui.config.toml.schema import EnvironmentTable
from triage_tui.config.toml.target import TargetTable, read_target
from triage_tui.config.toml.values import Place
from triage_tui.text import safe

READ_ONLY_NAMES = frozenset({"prod", "production"})
"""Environments in which nothing is changed unless the file says so, whatever their case."""


class Environment(Struct, frozen=True):
    """What one section says. tables: its targets, those that are not in order without a spec."""

    name: str
    read_only: bool = False
    read_only_can_be_lifted: bool = False
    discover: bool = True
    tables: tuple[TargetTable, ...] = ()
    commands: tuple[CommandSpec, ...] = ()


def is_read_only(name: str) -> bool:
    """Whether an environment of this name is read-only where the file does not say."""
    return name.lower() in READ_ONLY_NAMES


def read_environment(document: Document, name: str, place: Place) -> Environment:
    """Read one section. Everything that is wrong with it is noted in the document."""
    path: KeyPath = ("environments", name)
    check_name(document, path, name)
    given = document.data["environments"][name]
    if not isinstance(given, dict):
        document.mistake(path, f"`{safe(name)}` has to be a table: [environments.{safe(name)}]")
        return Environment(name, is_read_only(name))
    known = {field.name: field for field in fields(EnvironmentTable)}
    unknown_keys(document, path, given, known)
    found = values(
        document, path, given, (known["read_only"], known["read_only_can_be_lifted"], known["discover"])
    )
    tables = tuple(_targets(document, path, given.get("targets", []), place))
    _unique(document, tables)
    _dependencies(document, tables)
    if not tables and found.get("discover") is False:
        document.mistake(path, f"`{safe(name)}` watches nothing: give it targets, or `discover = true`")
    return Environment(
        name,
        read_only=found.get("read_only", is_read_only(name)),
        read_only_can_be_lifted=found.get("read_only_can_be_lifted", False),
        discover=found.get("discover", not tables),
        tables=tables,
        commands=read_commands(document, path, given.get("commands", [])),
    )


def _targets(document: Document, path: KeyPath, given: Any, place: Place) -> Iterable[TargetTable]:
    if not isinstance(given, list):
        document.mistake(
            (*path, "targets"),
            f"`targets` has to be a list of tables: [[environments.{safe(str(path[-1]))}.targets]], two brackets",
        )
        return
    for index, entry in enumerate(given):
        here = (*path, "targets", index)
        if isinstance(entry, dict):
            yield read_target(document, here, entry, place)
        else:
            document.mistake(here, f"{key_name(here)}: expected a table")


def _unique(document: Document, tables: Iterable[TargetTable]) -> None:
    first: dict[str, KeyPath] = {}
    for table in tables:
        if table.name is None:
            continue
        if table.name in first:
            line = document.line(first[table.name])
            document.mistake(
                (*table.path, "name"), f'another target is named "{safe(table.name)}" already, on line {line}'
            )
        first.setdefault(table.name, (*table.path, "name"))


def _dependencies(document: Document, tables: Iterable[TargetTable]) -> None:
    known = {table.name: table for table in tables if table.name is not None}
    graph: dict[str, list[str]] = {}
    for name, table in known.items():
        graph[name] = []
        for index, needed in enumerate(table.depends_on):
            if needed in known:
                graph[name].append(needed)
            else:
                document.mistake(
                    (*table.path, "depends_on", index),
                    f'`depends_on`: no target of this environment is named "{safe(needed)}"'
                    f"{did_you_mean(needed, sorted(known.keys() - {name}))}",
                )
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        # From what is needed to what needs it, ending where it began.
        cycle: list[str] = list(reversed(error.args[1]))
        start = cycle.index(min(cycle[:-1], key=lambda name: document.line(known[name].path) or 0))
        cycle = [*cycle[start:-1], *cycle[: start + 1]]
        shown = " → ".join(safe(name) for name in cycle)
        document.mistake((*known[cycle[0]].path, "depends_on"), f"`depends_on` runs in a circle: {shown}")
