"""Pens: how a cell is drawn, and the shortest way from one to another.

A pen is what SGR parameters say since the last reset: a foreground, a background and attributes. Pens are numbered,
so that comparing two cells compares two integers; pen 0 is the terminal's default.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

RESET = "\x1b[0m"

_EXTENDED = {"38": 0, "48": 1}
_CUBE = {0: 0, 95: 1, 135: 2, 175: 3, 215: 4, 255: 5}
"""Level of a channel in the colour cube (16–231) by its value; 232–255 are greys from 8 in steps of 10."""

_EXTENDED_LENGTH = {"5": 3, "2": 5}


class Pen(NamedTuple):
    """SGR parameters, as they are written. Empty: the default."""

    foreground: str = ""
    background: str = ""
    attributes: frozenset[str] = frozenset()


_pens: list[Pen] = [Pen()]
_numbers: dict[Pen, int] = {Pen(): 0}


def number(pen: Pen) -> int:
    """The number of a pen. A program has a few dozen of them."""
    known = _numbers.get(pen)
    if known is None:
        known = _numbers[pen] = len(_pens)
        _pens.append(pen)
    return known


@lru_cache(maxsize=4096)
def after(current: int, parameters: str) -> int:
    """The pen after an SGR sequence with these parameters (`1;38;2;255;0;0`). Unknown parameters change nothing."""
    foreground, background, attributes = _pens[current]
    parts = parameters.split(";") if parameters else ["0"]
    index = 0
    while index < len(parts):
        part = parts[index].lstrip("0") or "0"
        if part in _EXTENDED:
            length = _EXTENDED_LENGTH.get(parts[index + 1] if index + 1 < len(parts) else "", 0)
            colour = parts[index : index + length]
            if length and len(colour) == length and all(piece.isdigit() for piece in colour):
                if part == "38":
                    foreground = _shortest(colour)
                else:
                    background = _shortest(colour)
            index += max(1, length)
            continue
        code = int(part) if part.isdigit() and len(part) < 4 else -1
        match code:
            case 0:
                foreground, background, attributes = Pen()
            case 1 | 2 | 3 | 4 | 7 | 9 | 21 | 53:
                attributes |= {part}
            case 22:
                attributes -= {"1", "2"}
            case 23:
                attributes -= {"3"}
            case 24:
                attributes -= {"4", "21"}
            case 27:
                attributes -= {"7"}
            case 29:
                attributes -= {"9"}
            case 55:
                attributes -= {"53"}
            case 39:
                foreground = ""
            case 49:
                background = ""
            case _ if 30 <= code <= 37 or 90 <= code <= 97:
                foreground = part
            case _ if 40 <= code <= 47 or 100 <= code <= 107:
                background = part
            # Blinking (5, 6) and hidden (8) text is left out on purpose: nothing on this screen may do either.
        index += 1
    return number(Pen(foreground, background, attributes))


def _shortest(colour: list[str]) -> str:
    """A true colour that the 256-colour cube holds, by its number there: half as long, and the same colour."""
    if colour[1] == "2":
        red, green, blue = (int(piece) for piece in colour[2:])
        steps = [_CUBE.get(part) for part in (red, green, blue)]
        if red == green == blue and (red - 8) % 10 == 0 and 8 <= red <= 238:
            return f"{colour[0]};5;{232 + (red - 8) // 10}"
        if None not in steps:
            first, second, third = (step or 0 for step in steps)
            return f"{colour[0]};5;{16 + 36 * first + 6 * second + third}"
    return ";".join(colour)


@lru_cache(maxsize=16_384)
def change(current: int | None, wanted: int) -> str:
    """The shortest SGR sequence that turns one pen into another. current: None where it is not known."""
    if current == wanted:
        return ""
    pen = _pens[wanted]
    from_reset = ["0"] if pen == Pen() else ["0", *_parameters(Pen(), pen)]
    if current is None or _pens[current].attributes - pen.attributes:
        return f"\x1b[{';'.join(from_reset)}m"
    from_current = _parameters(_pens[current], pen)
    shortest = min((";".join(from_current), ";".join(from_reset)), key=len)
    return f"\x1b[{shortest if shortest != '0' else ''}m"


def _parameters(old: Pen, new: Pen) -> list[str]:
    parameters = sorted(new.attributes - old.attributes)
    if new.foreground != old.foreground:
        parameters.append(new.foreground or "39")
    if new.background != old.background:
        parameters.append(new.background or "49")
    return parameters
