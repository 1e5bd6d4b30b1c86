"""Finding and reading a configuration file, and whether its owner and mode let it be trusted."""

from __future__ import annotations

import os
import pwd
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from triage_tui.config.errors import ConfigError, Mistake
from triage_tui.text import safe
from triage_tui.text.bounded import read_bounded

FILE_NAME = "triage.toml"
MAX_BYTES = 128 * 1024
"""Bytes of a configuration: some hundred targets. Whatever is larger is not one."""

MAX_LINE = 2_048
"""Characters of one line. The parser's time grows with the square of the length of a dotted key, which this bounds."""


class SourceFile(Struct, frozen=True):
    """A file that was read.

    path       as it was found, for showing
    text       with `\\n` line ends
    mode       permission bits of the real file, behind any symbolic link
    """

    path: Path
    text: str
    mode: int


def home_of(environ: Mapping[str, str]) -> Path:
    """The user's home folder; the root folder where none is known."""
    if home := environ.get("HOME"):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        return Path("/")


def places(environ: Mapping[str, str], cwd: Path) -> tuple[Path, Path]:
    """Where a configuration is looked for, nearest first."""
    # platformdirs would read the process's own environment, and on macOS another folder than the documented one.
    configured = Path(environ.get("XDG_CONFIG_HOME", ""))
    # A relative path in an XDG variable is to be ignored (XDG Base Directory Specification, "Environment variables").
    folder = configured if configured.is_absolute() else home_of(environ) / ".config"
    return cwd / FILE_NAME, folder / "triage" / FILE_NAME


def find(environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The nearest configuration; None where there is none. A dangling link counts: somebody meant it."""
    for path in places(environ, cwd):
        if os.path.lexists(path):
            return path
    return None


def read(path: Path, environ: Mapping[str, str]) -> SourceFile:
    """Read a configuration whole. Raises ConfigError for what is no such file, or no file to be trusted."""
    try:
        status, raw = read_bounded(path, MAX_BYTES)
    except FileNotFoundError:
        link = ": the link leads nowhere" if path.is_symlink() else "; `triage init` writes one"
        raise _wrong(path, f"there is no such file{link}") from None
    except OSError as error:
        raise _wrong(path, f"cannot be read: {os.strerror(error.errno or 0)}") from None
    except ValueError:
        raise _wrong(path, "is no name that a file can have") from None
    _trusted(path, status, environ)
    if len(raw) > MAX_BYTES:
        raise _wrong(path, f"is larger than {MAX_BYTES // 1024} KiB; that is no configuration of triage")
    return SourceFile(path, _decoded(path, raw), stat.S_IMODE(status.st_mode))


def _trusted(path: Path, status: os.stat_result, environ: Mapping[str, str]) -> None:
    """Refuse what is no regular file, and what somebody else could have written.

    A configuration names programs' endpoints and may put any environment variable into a URL: whoever writes it
    can have them sent anywhere. So the owner has to be us or root, or the person who called sudo.
    """
    if stat.S_ISDIR(status.st_mode):
        raise _wrong(path, f"is a folder; name the file in it, such as {safe(str(path / FILE_NAME))}")
    if not stat.S_ISREG(status.st_mode):
        raise _wrong(path, "is not a regular file")
    us = os.geteuid()
    trusted = {us, 0}
    if us == 0 and environ.get("SUDO_UID", "").isdecimal():
        trusted.add(int(environ["SUDO_UID"]))
    if status.st_uid not in trusted:
        raise _wrong(
            path,
            f"belongs to {_user(status.st_uid)}, who could change what triage connects to:"
            f" take it over with `chown {_user(us)} {quoted(path)}`, or run triage as its owner",
        )
    if status.st_mode & stat.S_IWOTH:
        raise _wrong(path, f"can be changed by everybody on this machine: run `chmod o-w {quoted(path)}`")


def _decoded(path: Path, raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong(path, "is UTF-16; save it as UTF-8")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _wrong(path, "starts with a byte order mark; save it as UTF-8 without BOM", 1)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise _wrong(path, "is not UTF-8", raw.count(b"\n", 0, error.start) + 1) from None
    text = text.replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise _wrong(path, f"the line is longer than {MAX_LINE} characters", number)
    return text


def quoted(path: Path) -> str:
    """A path as it can be pasted into a shell, made safe to show."""
    return safe(shlex.quote(str(path)))


def _user(uid: int) -> str:
    try:
        return safe(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return str(uid)


def _wrong(path: Path, message: str, line: int | None = None) -> ConfigError:
    return ConfigError([Mistake(message, line)], str(path))
