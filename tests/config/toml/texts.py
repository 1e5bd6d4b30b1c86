"""TOML as Hypothesis writes it: valid documents in every spelling that the language has for the same thing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import strategies as st

_BARE = st.text("abcXYZ019_-", min_size=1, max_size=6)
_WEIRD = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f")
    | st.sampled_from("#[]{}=,.\"'\\ \t"),
    max_size=6,
)
_SPACE = st.sampled_from(["", " ", "\t", "  "])
_COMMENT = st.sampled_from(["", "  # [not] = { a, 'table' } \"\"\" '''", "# x"])
_BLANK = st.sampled_from(["", "\n", "# a = 1\n", "   # [[b]]\n\n"])


def _basic(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _spellings(text: str) -> list[str]:
    spellings = [_basic(text), '"' + "".join(f"\\U{ord(each):08x}" for each in text) + '"']
    if "'" not in text:
        spellings += [f"'{text}'", f"'''\n{text}\nx'''", f"'''{text}'''''" if text else "''"]
    body = _basic(text)[1:-1]
    spellings += [f'"""{body}"""', f'"""\n{body}\n  ""{body}"" \\\n   """', f'"""{body}"""""']
    return spellings


@st.composite
def _keys(draw: st.DrawFn, most: int = 1) -> str:
    parts = draw(
        st.lists(
            _BARE | _WEIRD.map(_basic) | _WEIRD.filter(lambda t: "'" not in t).map(lambda t: f"'{t}'"),
            min_size=1,
            max_size=most,
        )
    )
    return f"{draw(_SPACE)}.{draw(_SPACE)}".join(parts)


_SCALARS = st.sampled_from(
    [
        "1",
        "-0",
        "+1_000",
        "0xdead_BEEF",
        "1.5",
        "-1e-3",
        "6.02e+23",
        "inf",
        "-nan",
        "true",
        "false",
        "1979-05-27",
        "07:32:00.999",
        "1979-05-27 07:32:00",
        "1979-05-27T07:32:00.5-07:00",
        "1979-05-27 07:32:00Z",
    ]
) | _WEIRD.flatmap(lambda text: st.sampled_from(_spellings(text)))


def _inline(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(_keys(most=2), values).map(" = ".join), max_size=3).map(
        lambda p: f"{{ {', '.join(p)} }}"
    )


@st.composite
def _array(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    elements = draw(st.lists(values, max_size=3))
    gap = draw(st.sampled_from(["", " ", "\n", " # ],[\n  "]))
    last = draw(st.sampled_from(["", ","])) if elements else ""
    return f"[{gap}{f'{gap},{gap}'.join(elements)}{gap}{last}{gap}]"


_VALUES = st.recursive(_SCALARS, lambda inner: _array(inner) | _inline(inner), max_leaves=6)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Texts that are mostly valid TOML: tables, arrays of tables, dotted keys, every kind of value."""
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 8))):
        lines.append(draw(_BLANK))
        match draw(st.sampled_from(["pair", "pair", "pair", "table", "array"])):
            case "pair":
                lines.append(
                    f"{draw(_keys(most=3))}{draw(_SPACE)}={draw(_SPACE)}{draw(_VALUES)}{draw(_COMMENT)}\n"
                )
            case "table":
                lines.append(
                    f"{draw(_SPACE)}[{draw(_SPACE)}{draw(_keys(most=3))}{draw(_SPACE)}]{draw(_COMMENT)}\n"
                )
            case _:
                lines.append(f"[[{draw(_keys(most=3))}]]{draw(_COMMENT)}\n")
    return "".join(lines)


def pieces(words: Sequence[str]) -> st.SearchStrategy[str]:
    """Words of the language in any order: rarely valid, often nearly."""
    return st.lists(st.sampled_from(words), max_size=40).map("".join)
