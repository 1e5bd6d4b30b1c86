"""A TOML document that knows its lines and collects what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from triage_tui.config.errors import ConfigError, Mistake
from triage_tui.config.toml.file import SourceFile
from triage_tui.config.toml.locate import KeyPath, locate
from triage_tui.text import safe

_PLACE = re.compile(r"(?s)(.*) \(at (?:line (\d+), column \d+|(end) of document)\)")
_TWICE = re.compile(r"(?s)Cannot (?:declare|mutate immutable namespace) \('(.*)',?\).*")


class Document:
    """One parsed file. Whoever checks a part of it says here what is wrong, and goes on."""

    def __init__(self, source: SourceFile) -> None:
        """Raises ConfigError where the text is not TOML."""
        self.source = source
        self._mistakes: dict[Mistake, None] = {}
        try:
            self.data: dict[str, Any] = tomllib.loads(source.text)
            self._lines = locate(source.text)
        except RecursionError:
            raise ConfigError([Mistake("is nested too deeply")], str(source.path)) from None
        except ValueError as error:
            raise ConfigError([_syntax(str(error), source.text)], str(source.path)) from None

    def line(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest thing around it that stands in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)

    def mistake(self, path: KeyPath, message: str) -> None:
        """Note that something is wrong at a key. Saying it twice is saying it once."""
        self._mistakes[Mistake(message, self.line(path))] = None

    @property
    def count(self) -> int:
        """How many mistakes were noted so far: the same before and after means that nothing was wrong between."""
        return len(self._mistakes)

    def raise_mistakes(self) -> None:
        """Raise everything that was noted as one ConfigError; do nothing where there is nothing."""
        if self._mistakes:
            raise ConfigError(self._mistakes, str(self.source.path))


def _syntax(error: str, text: str) -> Mistake:
    """What tomllib says, which names single characters and keys of the text and never a value."""
    match = _PLACE.fullmatch(error)
    if match is None:
        # Numbers with thousands of digits are refused by int() itself, without a place.
        return Mistake("holds a number that is too long")
    words, line, end = match.groups()
    if twice := _TWICE.match(words):
        words = f"{twice[1]} is declared twice".replace("', '", ".")
    elif words == "Cannot overwrite a value":
        words = "a key is given twice"
    number = len(text.rstrip("\n").split("\n")) if end else int(line)
    return Mistake(f"not valid TOML: {safe(words)}", number)
