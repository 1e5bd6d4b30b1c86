"""The starter triage.toml that `triage init` writes: what was found, every key explained, no secret in it."""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import fields

from triage_tui.config import keys
from triage_tui.config.errors import ConfigError, Mistake
from triage_tui.config.secret import Secret
from triage_tui.config.settings import Hold, HttpSpec, QuietRule, Settings, TargetSpec, Threshold
from triage_tui.config.toml.literals import HARMLESS_HEADERS
from triage_tui.config.toml.schema import KINDS_WITH_PASSWORD
from triage_tui.config.toml.target import address_of, without_secrets

_HEAD = """\
# What `triage` watches. Written by `triage init` from what was found; change it as you like.
# An unknown key is an error, so a typing mistake is never silent.
"""
WIDTH = 100
"""Characters of a line of comment."""

_TO_BE_NAMED: dict[str, str | None] = {"pgbouncer": "postgresql://stats@pool:6432", "files": None}
"""Kinds of target that nobody finds by looking around, with a url where they have one."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def render(settings: Settings) -> str:
    """The text of a starter file: what `settings` watch, so that load_settings reads it back.

    Urls that came from a variable name the variable. Whatever else is secret is left to a variable with an empty
    default, named after the target: it has to be set before the file is of full use.
    """
    lines = [_HEAD.rstrip()]
    for rule in keys.VALUES:
        lines += _comment(rule)
    name = settings.environment
    here = f"environments.{_key(name)}"
    default = _find(keys.TOP, "default_environment")
    lines += ["", *_comment(default.meaning), f"# {default.name} = {_toml(name)}", "", f"[{here}]"]
    lines += _explained(_find(keys.ENVIRONMENT, "read_only"), settings.read_only)
    lines += _explained(_find(keys.ENVIRONMENT, "read_only_can_be_lifted"), settings.read_only_can_be_lifted)
    lines += _explained(_find(keys.ENVIRONMENT, "discover"), settings.discover)
    explained: set[str] = set()
    for spec in settings.targets:
        lines += ["", f"[[{here}.targets]]", *_target(spec, settings.variables.get(spec.name), explained)]
    kinds = {str(spec.__struct_config__.tag) for spec in settings.targets}
    for kind, url in _TO_BE_NAMED.items():
        if kind not in kinds:
            lines += ["", f"# [[{here}.targets]]", *_example(kind, url, explained)]
    lines += ["", f"# [[{here}.commands]]", *_commands()]
    lines += [
        "",
        *_thresholds(settings.thresholds),
        "",
        *_holds(settings.holds),
        "",
        *_guides(settings.guide_folders),
    ]
    lines += ["", *_screen(), "", *_quiet()]
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, whole or not at all.

    Raises ConfigError where something is there already, which is not touched, and where it cannot be written.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            _publish(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except FileExistsError:
        raise _refused(path, "is there already and was left as it is") from None
    except OSError as error:
        raise _refused(path, f"cannot be written: {os.strerror(error.errno or 0)}") from None


def _publish(temporary: str, path: Path) -> None:
    """Give the finished file its name, unless something has it."""
    try:
        # Unlike a rename, a link never replaces what is there.
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # File systems without hard links: claim the name, then replace what was claimed.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        Path(temporary).replace(path)


def _target(spec: TargetSpec, variable: str | None, explained: set[str]) -> Iterator[str]:
    kind = str(spec.__struct_config__.tag)
    given = _written(spec, kind, variable)
    for key in keys.keys_of(kind):
        if key.name in given:
            value = given[key.name]
            comment = [] if key.name in explained else _comment(key.meaning)
            yield from (*comment, f"{key.name} = {value}")
        elif key.name not in explained:
            yield from (*_comment(key.meaning), f"# {key.name} = {key.example}")
        explained.add(key.name)


def _example(kind: str, url: str | None, explained: set[str]) -> Iterator[str]:
    """A target of a kind that is not found by itself, as comments: what is its own, with an example."""
    yield f"# kind = {_toml(kind)}"
    yield f"# name = {_toml(f'shop-{kind}')}"
    if url is not None:
        yield f"# url = {_toml(url)}"
    for key in keys.keys_of(kind):
        if key.kinds and key.name not in ("url", "password"):
            comment = [] if key.name in explained else _comment(key.meaning)
            yield from (*comment, f"# {key.name} = {key.example}")


def _written(spec: TargetSpec, kind: str, variable: str | None) -> dict[str, str]:
    """The keys of a target that say more than their defaults, as TOML values without secrets."""
    written = {"kind": _toml(kind), "name": _toml(spec.name)}
    for field in fields(spec):
        value = getattr(spec, field.name)
        if (
            field.name not in ("name", "url", "headers")
            and value not in (None, (), {})
            and value != field.default
        ):
            written[field.name] = _toml(value)
    url = getattr(spec, "url", None)
    if variable is not None:
        written["url"] = _toml(f"${{{variable}}}", references=True)
    elif isinstance(url, Secret):
        written["url"] = _toml(without_secrets(kind, url.reveal()))
        if kind in KINDS_WITH_PASSWORD and address_of(kind, url.reveal()).secret:
            written["password"] = _toml(_left_to_variable(spec.name, "password"), references=True)
    if isinstance(spec, HttpSpec) and spec.headers:
        entries = [
            f"{_key(name)} = {_header(spec.name, name, value)}" for name, value in spec.headers.items()
        ]
        written["headers"] = f"{{ {', '.join(entries)} }}"
    return written


def _header(target: str, name: str, value: Secret) -> str:
    if name.lower() in HARMLESS_HEADERS:
        return _toml(value.reveal())
    return _toml(_left_to_variable(target, name), references=True)


def _left_to_variable(target: str, what: str) -> str:
    """`${SHOP_DB_PASSWORD:-}`: a reference that is empty until somebody sets it."""
    name = re.sub(r"[^A-Z0-9]+", "_", f"{target}_{what}".upper()).strip("_")
    return f"${{{f'_{name}' if name[:1].isdigit() else name}:-}}"


def _thresholds(thresholds: dict[str, Threshold]) -> Iterator[str]:
    yield "[thresholds]"
    yield from _numbers(keys.THRESHOLD, thresholds)
    if not thresholds:
        yield '# "redis.memory_ratio" = { warning = 0.8, critical = 0.9 }'


def _holds(holds: dict[str, Hold]) -> Iterator[str]:
    yield "[holds]"
    yield from _comment("`triage explain FINDING` tells how long each holds and stays.")
    yield from _numbers(keys.HOLD, holds)
    if not holds:
        yield '# "docker.memory-near-limit" = { hold_s = 60, clear_s = 120 }'


def _numbers(table: str, given: Mapping[str, Threshold | Hold]) -> Iterator[str]:
    """What the keys of a table of tables mean, and those that are given."""
    for key in keys.KEYS:
        if key.table == table:
            yield from _comment(f"{key.name}: {key.meaning}")
    for name, one in given.items():
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        entries = [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]
        yield f"{_key(name)} = {{ {', '.join(entries)} }}"


def _guides(folders: tuple[str, ...]) -> Iterator[str]:
    key = _find(keys.GUIDES, "folders")
    yield "[guides]"
    yield from _comment(key.meaning)
    yield f"folders = {_toml(folders)}" if folders else f"# folders = {key.example}"


def _commands() -> Iterator[str]:
    for key in keys.KEYS:
        if key.table == keys.COMMAND:
            yield from _comment(f"{key.name}: {key.meaning}")
            yield f"# {key.name} = {key.example}"


def _screen() -> Iterator[str]:
    yield f"[{keys.SCREEN}]"
    for key in keys.KEYS:
        if key.table == keys.SCREEN:
            yield from _comment(key.meaning)
            yield f"# {key.name} = {key.example}"


def _quiet() -> Iterator[str]:
    """An example of what nobody has yet when a file is begun."""
    yield "# Findings that are known: for a time (until), for good (reason), or at certain hours (window)."
    yield f"# [[{keys.QUIET}]]"
    for key in keys.KEYS:
        if key.table == keys.QUIET:
            yield from _comment(f"{key.name}: {key.meaning}")
            yield f"# {key.name} = {key.example}"


def quiet_table(rule: QuietRule) -> str:
    """A rule as triage.toml has it."""
    given = {field.name: getattr(rule, field.name) for field in fields(QuietRule)}
    lines = [f"[[{keys.QUIET}]]", f"finding = {_toml(given.pop('finding'))}"]
    for name in ("target", "subject", "reason", "window", "days"):
        if given[name]:
            lines.append(f"{name} = {_toml(given[name])}")
    if rule.until is not None:
        lines.append(f"until = {rule.until.isoformat()}")
    return "\n".join(lines) + "\n"


def _explained(key: keys.Key, value: object) -> list[str]:
    return [*_comment(key.meaning), f"{key.name} = {_toml(value)}"]


def _find(table: str, name: str) -> keys.Key:
    return next(key for key in keys.KEYS if key.table == table and key.name == name)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _toml(name)


def _toml(value: object, *, references: bool = False) -> str:
    """A value as TOML writes it. references: `${` in a text is meant as a reference."""
    match value:
        case str():
            text = value if references else value.replace("${", "$${")
            # JSON's strings are TOML's, but for characters that no file should hold invisibly.
            return "".join(_character(each) for each in json.dumps(text, ensure_ascii=False))
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case tuple():
            return f"[{', '.join(_toml(element, references=references) for element in value)}]"
        case dict():
            entries = [f"{_key(name)} = {_toml(each, references=references)}" for name, each in value.items()]
            return f"{{ {', '.join(entries)} }}"
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a starter file")


def _character(character: str) -> str:
    if character.isprintable():
        return character
    # A surrogate stands for a byte that was no text; TOML has no way to say it.
    return "\ufffd" if "\ud800" <= character <= "\udfff" else f"\\U{ord(character):08X}"


def _refused(path: Path, message: str) -> ConfigError:
    return ConfigError([Mistake(message)], str(path))
