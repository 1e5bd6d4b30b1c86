"""On which line each key and each element of a TOML document stands.

`tomllib` decides what is valid and what it means, but keeps no positions. tomlkit keeps none either (its issue
55) and reports a duplicate key without a line (202); the fork of tomli that did ended in 2022; tree-sitter would
bring two compiled packages. For a text that `tomllib` has accepted already, finding positions takes only a walk
over brackets, strings and keys. Tests hold the walk to finding exactly the paths that `tomllib` finds.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""Keys and, within arrays, indexes from the top of the document: `("environments", "dev", "targets", 0, "url")`."""

_TOKEN = re.compile(
    r"""
      (?P<space> [ \t]+ )
    | (?P<comment> \#[^\n]* )
    | (?P<newline> \n )
    | (?P<string>
          \"{3} (?: [^"\\] | \\. | \"{1,2}(?!\") )* \"{3,5}
        | '{3} (?: [^'] | '{1,2}(?!') )* '{3,5}
        | \" (?: [^"\\\n] | \\. )* \"
        | ' [^'\n]* '
      )
    | (?P<mark> [\[\]{}=,.] )
    | (?P<bare> [^\s\#"'\[\]{}=,.]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_BLANK = frozenset({"space", "comment", "newline"})


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def locate(text: str) -> dict[KeyPath, int]:
    """Line (from 1) of every key and every array element. The text must be valid TOML with `\\n` line ends.

    A table's line is that of its header, or of the first key or header that implies it.
    """
    return _Walk(text).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tokens = _tokens(text)
        self._next = 0
        self._tables: Counter[KeyPath] = Counter()
        table: KeyPath = ()
        while (token := self._skip()) is not None:
            if token.text == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, over: frozenset[str] = _BLANK) -> _Token | None:
        """The next token that is none of these, left where it is."""
        while self._next < len(self._tokens):
            if self._tokens[self._next].kind not in over:
                return self._tokens[self._next]
            self._next += 1
        return None

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _header(self) -> KeyPath:
        """Pass `[a.b]` or `[[a.b]]`; the path of the table that it opens."""
        line = self._take().line
        array = self._tokens[self._next].text == "["
        if array:
            self._take()
        *above, name = self._key()
        table: KeyPath = ()
        for part in above:
            table = self._latest((*table, part), line)
        table = (*table, name)
        if array:
            self.lines.setdefault(table, line)
            self._tables[table] += 1
            table = (*table, self._tables[table] - 1)
        else:
            table = self._latest(table, line)
        self.lines[table] = line
        for _ in range(2 if array else 1):
            self._skip()
            self._take()
        return table

    def _latest(self, table: KeyPath, line: int) -> KeyPath:
        """The table at a path, or the last one where the path names an array of tables."""
        self.lines.setdefault(table, line)
        count = self._tables[table]
        return (*table, count - 1) if count else table

    def _key(self) -> list[str]:
        """Pass `a."b".c`; its parts."""
        parts = []
        while (token := self._skip()) is not None and (token.kind in ("bare", "string") or token.text == "."):
            self._take()
            if token.text != ".":
                parts.append(_unquoted(token.text) if token.kind == "string" else token.text)
        return parts

    def _pair(self, table: KeyPath) -> None:
        """Pass `key = value` within a table."""
        first = self._skip()
        line = first.line if first else 0
        for part in self._key():
            table = (*table, part)
            self.lines.setdefault(table, line)
        self._take()
        self._value(table)

    def _value(self, path: KeyPath) -> None:
        """Pass whatever stands after `=` or within an array."""
        token = self._skip()
        if token is None or token.text not in ("[", "{"):
            # A date may hold a space and a number a dot; what ends a value is none of these.
            while (part := self._skip(frozenset({"space", "bare", "string"}))) and part.text == ".":
                self._take()
            return
        self._take()
        index = 0
        while (inner := self._skip()) is not None and inner.text not in ("]", "}"):
            if inner.text == ",":
                self._take()
            elif token.text == "{":
                self._pair(path)
            else:
                self.lines[(*path, index)] = inner.line
                self._value((*path, index))
                index += 1
        self._take()


def _tokens(text: str) -> list[_Token]:
    tokens = []
    line = 1
    for match in _TOKEN.finditer(text):
        tokens.append(_Token(match.lastgroup or "", match.group(), line))
        line += match.group().count("\n")
    return tokens


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text[1:-1]
    value: str = tomllib.loads(f"key = {text}")["key"]
    return value
