"""The locator finds exactly the paths that tomllib finds, on the lines where they stand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, example, given

from tests.config.toml.texts import documents, pieces
from triage_tui.config.toml.locate import KeyPath, locate

EVERYTHING = '''\
# comment = 1
title = "a # b"   # [x]
"quoted.key".inner = [1, # one ]
  2.5, { x = 1, y.z = "}" },
  """
 multi [ " "" line""", 'lit # eral',
]
[environments.dev]
when = 1979-05-27 07:32:00.5 # c
low = -1.5e3
[[environments.dev.targets]]
kind = "x"
headers = { "X-Y" = "z", w = [ {}, [ ] ] }
[environments.dev.targets.sub]
empty = ""
also = \'\'\'
\'quoted\'\'\'\'\'
[[environments.dev.targets]]
[environments.dev.targets.sub]
again = """""a"""""
[ x . "y\\u0041" ]
  k   =   1
'''


def paths(value: Any, above: KeyPath = ()) -> Iterator[KeyPath]:
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*above, key)
        yield from paths(inner, (*above, key))


def test_every_kind_of_line() -> None:
    found = locate(EVERYTHING)
    assert set(found) == set(paths(tomllib.loads(EVERYTHING)))
    assert found["title",] == 2
    assert found["quoted.key", "inner"] == 3
    assert found["quoted.key", "inner", 0] == 3
    assert found["quoted.key", "inner", 2, "y", "z"] == 4
    assert found["quoted.key", "inner", 3] == 5
    assert found["quoted.key", "inner", 4] == 6
    assert found["environments", "dev"] == 8
    assert found["environments", "dev", "when"] == 9
    assert found["environments", "dev", "targets", 0] == 11
    assert found["environments", "dev", "targets", 0, "headers", "w", 1] == 13
    assert found["environments", "dev", "targets", 0, "sub", "also"] == 16
    assert found["environments", "dev", "targets", 1] == 18
    assert found["environments", "dev", "targets", 1, "sub", "again"] == 20
    assert found["x", "yA", "k"] == 22


def test_a_table_that_was_implied_before_has_the_line_of_its_header() -> None:
    assert locate("[a.b]\n[a]\nx = 1\n")["a",] == 2


@given(documents())
@example("a = \"\"\nb = ''\n")
@example("[[a.b]]\n[[a.b.c]]\n[a.b.c.d]\n[[a.b]]\n[[a.b.c]]\nx=1\n")
def test_the_paths_are_those_of_tomllib(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    found = locate(text)
    assert set(found) == set(paths(data))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


WORDS = [
    "a",
    "b",
    ".",
    "=",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    "\n",
    " ",
    "1",
    '"',
    '"""',
    "'",
    "'''",
    "\\",
    "# x\n",
    "a = 1\n",
    "[a]\n",
    "[[b]]\n",
    '"k" = ',
    "2020-01-01 10:00:00",
    "1.5",
]


@given(pieces(WORDS))
def test_whatever_tomllib_accepts_is_walked_through(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(locate(text)) == set(paths(data))


@pytest.mark.parametrize("value", ["1", '"x"', "[1, 2]", "{ a = 1 }", "'''\n\n\n'''"])
def test_the_line_after_a_value_counts_its_lines(value: str) -> None:
    text = f"first = {value}\nsecond = 2\n"
    assert locate(text)["second",] == text[: text.index("second")].count("\n") + 1
