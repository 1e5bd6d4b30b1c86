"""How a value is written after its name: quoted in a dozen ways, bare, as a list, a block or a call."""

from __future__ import annotations

import re

from triage_tui.text.places.rule import BLANK, NEWLINE, REDACTED, lazily

_ESCAPED = r"(?P<mark>\\{1,7}[\"'])(?>(?:(?!(?<!\\)(?P=mark)).)*)(?:(?P=mark)|\Z)"
_TRIPLE = r"(?:\"\"\"(?>(?:(?!\"\"\").)*)(?:\"\"\"|\Z)|'''(?>(?:(?!''').)*)(?:'''|\Z))"
_DOUBLED = (
    r"(?:''(?=[^'\s,;)\]}])(?>(?:[^']|'(?!'))*)(?:''|\Z)"
    r"|\"\"(?=[^\"\s,;)\]}])(?>(?:[^\"]|\"(?!\"))*)(?:\"\"|\Z))"
)
_DOUBLE = r"\"(?>(?:[^\"\\]|\\.?)*)(?:\"|\Z)"
_SINGLE = r"'(?>(?:[^'\\]|\\.?|'')*)(?:'|\Z)"
_SHELL_TAIL = r"(?>(?:(?:\"'\"|\\')'(?>(?:[^'\\]|\\.?)*)(?:'|\Z)|\w++)*)"

QUOTED = rf"[BRUFEN]{{0,2}}&?(?:{_ESCAPED}|{_TRIPLE}|{_DOUBLED}|{_DOUBLE}|{_SINGLE}{_SHELL_TAIL})"
"""A string literal of Python, JSON (at any depth of escaping), SQL or a shell; it may be cut off."""

BARE = (
    rf"(?:(?:[^\s\"'`,;&<>(){{}}\[\]{NEWLINE}]|&(?![\w.-]{{1,40}}=)(?=\w))(?>(?:[^\s\"'`,;&<>(){{}}\[\]{NEWLINE}]"
    # A comma within a password, not one before the next `name=`, before a quote or at the end.
    rf"|[,;&](?![\w.-]{{1,40}}(?:\s?=|:\s))(?=[^\s\"'\\,;&)\]}}>{NEWLINE}])"
    r"|[`\"'](?=[A-Za-z0-9])"
    r"|[()<>{}\[\]](?=[A-Za-z0-9!@#$%^*_+]))*))"
)
"""An unquoted word. Punctuation belongs to it only where the word goes on."""

_LIST = r"\[\s{0,3}(?=\\{0,7}[\"'])[^\]]*+\]?"
_BRACES = r"(?<==)\{[^{}\"']{1,200}\}"
_BLOCK = (
    rf"[|>][+-]?\d?{BLANK}{{0,20}}[{NEWLINE}]{{1,3}}(?P<indent>{BLANK}{{1,40}})[^{NEWLINE}]++"
    rf"(?>(?:[{NEWLINE}]{{1,3}}(?P=indent)[^{NEWLINE}]++)*)"
)

VALUE = rf"(?:{QUOTED}|{_BLOCK}|{_LIST}|{_BRACES}|{BARE})"
"""Use it once per pattern: it has named groups."""

ARGUMENT = rf"(?:{QUOTED}|[^\s\"'{NEWLINE}](?>(?:[^\s\"'{NEWLINE}]|[\"'](?=[A-Za-z0-9]))*))"
"""A word of a command line."""

_STRING = r"\"(?>(?:[^\"\\]|\\.?)*)(?:\"|\Z)|'(?>(?:[^'\\]|\\.?|'')*)(?:'|\Z)"
CALL = lazily(
    rf"(?P<function>[A-Za-z_][\w.]{{0,60}}+)\((?P<arguments>(?>(?:[^()\"']|{_STRING}|\([^()]{{0,200}}\)){{0,400}}))\)",
    re.DOTALL,
)
"""`crypt('…', gen_salt('bf'))`, `SecretStr('…')`."""

_LITERAL = lazily(_STRING, re.DOTALL)


def without_literals(code: str) -> str:
    """The code with what its string literals hold replaced."""
    return _LITERAL().sub(f"'{REDACTED}'", code)


def like(value: str) -> str:
    """What stands for a value: redacted, in the quotes that the value had, so that the line still reads the same."""
    opening = re.match(r"[A-Za-z]{0,2}&?(\\{0,7}(?:\"\"\"|'''|[\"']))", value)
    if opening is None:
        return REDACTED
    mark = opening.group(1)
    closed = len(value) >= len(opening.group()) + len(mark) and value.endswith(mark)
    return f"{mark}{REDACTED}{mark if closed else ''}"
