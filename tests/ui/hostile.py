"""Text that wants to be more than text, and pictures that hold it in every place that can hold text."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

ATTACKS = (
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b]52;c;Zm9v\x07",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1b[?1049l\x1b[?25h",
    "\x1b[",
    "\x1b]52;c;",
    "\x9b31m",
    "\x9d52;c;Zm9v\x9c",
    "a\rb",
    "a\nb\x0bc\x0cd",
    "\x07\x08\x7f\x00",
    "\u202eevil\u202c \u2066x\u2069",
    "zero\u200bwidth\u200d\ufeff\u2060",
    "\u3164\u2800\u115f",
    "e" + "\u0301" * 50,
    "\u0301leads",
    "[/foo]",
    "[b",
    "[b + x",
    "[$x]",
    "[@click=app.quit]press me[/]",
    "[link=https://evil.example]x[/link]",
    "[/]",
    "[ERROR] \\[x]",
    "$HOME {x} %s %n",
    "\ud800 \udfff lone",
    "\U000e0041\U000f0000\uffff",
    "日本語テキスト" * 4,
    "👩‍👩‍👧❤️🏽🇩🇪",
    "ﷺ" * 3,
    "x" * 3000,
    "",
    " ",
)
"""One of each kind: escapes whole, cut off and in eight bits, controls, what misleads the eye, markup, odd widths."""

hostile_text = st.one_of(
    st.sampled_from(ATTACKS),
    st.lists(st.sampled_from(ATTACKS), min_size=1, max_size=4).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")),
    st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
)
"""Any text at all, lone surrogates included, with a liking for attacks."""

Model = TypeVar("Model")


def poisoned(value: Model, data: st.DataObject, texts: st.SearchStrategy[str] = hostile_text) -> Model:
    """The same model with every string in it, at any depth, replaced by drawn text. Enumerations stay as they are.

    A few distinct texts are drawn and dealt out, so that a picture of a thousand strings stays cheap.
    """
    hand = data.draw(st.lists(texts, min_size=1, max_size=12), label="texts")
    dealt = 0

    def replace(part: Any) -> Any:
        nonlocal dealt
        if isinstance(part, Enum):
            return part
        if isinstance(part, str):
            dealt += 1
            return hand[dealt % len(hand)]
        if isinstance(part, msgspec.Struct):
            fields = {name: replace(getattr(part, name)) for name in part.__struct_fields__}
            return type(part)(**fields)
        if isinstance(part, tuple):
            return tuple(replace(item) for item in part)
        if isinstance(part, dict):
            return {replace(key): replace(item) for key, item in part.items()}
        return part

    return replace(value)  # type: ignore[no-any-return]
