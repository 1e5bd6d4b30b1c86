"""Whether the reader's terminal or file takes more than ASCII."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = ("LC_ALL", "LC_CTYPE", "LANG")
"""In the order in which POSIX lets one override the other."""


def speaks_unicode(environ: Mapping[str, str]) -> bool:
    """The locale that the environment asks for is one in UTF-8.

    Python itself cannot be asked: in the C locale it writes UTF-8 all the same (PEP 538, PEP 540), and the terminal
    shows question marks.
    """
    chosen = next((environ[name] for name in _NAMES if environ.get(name)), "")
    return "utf8" in chosen.lower().replace("-", "")
