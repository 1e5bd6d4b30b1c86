"""Every source of configuration made into Settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import fields, replace

from triage_tui.config.errors import ConfigError, Mistake, did_you_mean, nearest
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.config.toml.check import unknown_keys
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.environment import Environment, read_environment
from triage_tui.config.toml.file import find, places, quoted, read
from triage_tui.config.toml.holds import read_holds
from triage_tui.config.toml.quiet import read_quiet
from triage_tui.config.toml.schema import FileTable
from triage_tui.config.toml.sections import read_guides, read_screen, read_thresholds
from triage_tui.config.toml.values import Place
from triage_tui.text import safe

if TYPE_CHECKING:
    from triage_tui.config.discovery.here import Discovered

LOCAL = "local"
"""Name of the environment where no file names one."""

_READABLE_BY_OTHERS = 0o044

_MISPLACED = {
    "targets": "targets belong to an environment: [[environments.dev.targets]]",
    "read_only": "it belongs to an environment: [environments.dev]",
    "discover": "it belongs to an environment: [environments.dev]",
}


def load_settings(
    *,
    config: Path | None,
    environment: str | None,
    environ: Mapping[str, str],
    cwd: Path,
    root: Path = Path("/"),
) -> Settings:
    """What to watch: from `config`, else from the nearest triage.toml, else from what is found on this machine.

    config       a file that was asked for by name, relative to cwd; it has to exist
    environment  a section that was asked for by name; None: `default_environment`, or the only one
    root         where the machine's own folders (sockets, /proc) are looked for
    Raises ConfigError, which holds everything that is wrong.
    """
    path = cwd / config if config is not None else find(environ, cwd)
    if path is not None:
        return _from_file(Document(read(path, environ)), environment, environ, root)
    if environment not in (None, LOCAL):
        looked = " nor ".join(safe(str(place)) for place in places(environ, cwd))
        raise ConfigError(
            [
                Mistake(
                    f'no environment "{safe(environment)}": there is neither {looked}; `triage init` writes one'
                )
            ]
        )
    found = _discovered(environ, root)
    return Settings(
        LOCAL, read_only=False, targets=found.targets, notes=found.notes, variables=found.variables
    )


def _from_file(document: Document, asked_for: str | None, environ: Mapping[str, str], root: Path) -> Settings:
    unknown_keys(document, (), document.data, [field.name for field in fields(FileTable)], _MISPLACED)
    place = Place(environ, document.source.path.absolute().parent)
    environments = _environments(document)
    chosen = _chosen(document, environments, asked_for)
    sections = [
        read_environment(document, name, Place(environ, place.folder, resolve=name == chosen))
        for name in environments
    ]
    thresholds = read_thresholds(document)
    holds = read_holds(document)
    folders, notes = read_guides(document, place)
    quiet = read_quiet(document)
    screen = read_screen(document)
    _private(document, sections)
    document.raise_mistakes()
    section = next((each for each in sections if each.name == chosen), Environment(LOCAL))
    specs = tuple(table.spec for table in section.tables if table.spec is not None)
    variables = {table.spec.name: table.variable for table in section.tables if table.spec and table.variable}
    settings = Settings(
        environment=section.name,
        read_only=section.read_only,
        read_only_can_be_lifted=section.read_only_can_be_lifted,
        commands=section.commands,
        targets=specs,
        thresholds=thresholds,
        holds=holds,
        guide_folders=folders,
        origin=str(document.source.path),
        notes=(*(note for table in section.tables for note in table.notes), *notes),
        discover=section.discover,
        variables=variables,
        quiet=quiet,
        screen=screen,
    )
    if not section.discover:
        return settings
    found = _discovered(environ, root, specs)
    return replace(
        settings,
        targets=specs + found.targets,
        notes=settings.notes + found.notes,
        variables=variables | found.variables,
    )


def _discovered(environ: Mapping[str, str], root: Path, known: tuple[TargetSpec, ...] = ()) -> Discovered:
    """What is found here. Most of what that needs is needed for nothing else, and a start waits for it."""
    from triage_tui.config.discovery.here import discover

    return discover(environ, root, known)


def _environments(document: Document) -> list[str]:
    given = document.data.get("environments", {})
    if isinstance(given, dict):
        return list(given)
    document.mistake(("environments",), "`environments` has to hold a table for each: [environments.dev]")
    return []


def _chosen(document: Document, names: list[str], asked_for: str | None) -> str | None:
    """The environment to watch. None where there is none, or none that can be told; that has been noted then."""
    default = document.data.get("default_environment")
    if default is not None and default not in names:
        shown = f' "{safe(default)}"' if isinstance(default, str) else ""
        document.mistake(
            ("default_environment",),
            f"`default_environment`: there is no environment{shown}{did_you_mean(str(default), names)}",
        )
        default = None
    if asked_for is not None:
        if asked_for in names or (not names and asked_for == LOCAL):
            return asked_for
        near = nearest(asked_for, names)
        hint = f'; did you mean "{safe(near)}"?' if near else "."
        document.mistake((), f'no environment "{safe(asked_for)}"{hint} {_choice(names)}')
        return None
    if default is not None or len(names) <= 1:
        return default or (names[0] if names else None)
    document.mistake((), f"which environment? Say --env NAME, or set `default_environment`. {_choice(names)}")
    return None


def _choice(names: list[str]) -> str:
    return f"There are: {safe(', '.join(names))}" if names else "The file has no environments"


def _private(document: Document, sections: list[Environment]) -> None:
    """Note where a file that others can read holds a secret itself."""
    secrets = [secret for section in sections for table in section.tables for secret in table.secrets]
    mode = document.source.mode
    if secrets and mode & _READABLE_BY_OTHERS:
        document.mistake(
            secrets[0],
            f"a secret stands here and others can read the file (mode {mode:04o}):"
            f" run `chmod 600 {quoted(document.source.path)}`, or write ${{NAME}} or {{ file = … }} instead",
        )
