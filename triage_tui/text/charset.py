"""Whether the reader's terminal or file takes more than ASCII."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_NAMES = ("LC_ALL", "LC_CTYPE", "LANG")
"""In the order in which POSIX lets one override the other."""

_COERCED = frozenset({"C.UTF-8", "C.utf8"})
"""What Python puts into LC_CTYPE where it finds itself in the C locale (PEP 538)."""

_FIRST_ENVIRONMENT = Path("/proc/self/environ")


def speaks_unicode(environ: Mapping[str, str]) -> bool:
    """The locale that the environment asks for is one in UTF-8.

    Python itself cannot be asked: in the C locale it writes UTF-8 all the same (PEP 538, PEP 540), and the terminal
    shows question marks.
    """
    names = [name for name in _NAMES if name != "LC_CTYPE" or not _is_coerced(environ)]
    chosen = next((environ[name] for name in names if environ.get(name)), "")
    return "utf8" in chosen.lower().replace("-", "")


def _is_coerced(environ: Mapping[str, str]) -> bool:
    """Of this process's own environment: LC_CTYPE was set by Python and not by the reader, since the process began
    without it. Where that cannot be read, the variable is believed."""
    if environ is not os.environ or environ.get("LC_CTYPE") not in _COERCED:
        return False
    try:
        began_with = _FIRST_ENVIRONMENT.read_bytes().split(b"\0")
    except OSError:
        return False
    return not any(variable.startswith(b"LC_CTYPE=") and variable != b"LC_CTYPE=C" for variable in began_with)
