"""What a program sent to its terminal, taken apart: text, sequences, and the modes that are left on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["text", "csi", "string", "escape", "control"]

_TOKEN = re.compile(
    r"(?P<csi>(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~])"
    r"|(?P<string>(?:\x1b[P\]X^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c))"
    r"|(?P<escape>\x1b[ -/]*[0-~]?)"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)


class Token(NamedTuple):
    """A stretch of text, or one control sequence as it was sent."""

    kind: Kind
    sent: str


def tokens(sent: str) -> Iterator[Token]:
    """All that was sent, in order; nothing is left out."""
    for match in _TOKEN.finditer(sent):
        yield Token(match.lastgroup, match.group())  # type: ignore[arg-type]


SCREEN_MODES = frozenset(
    {"1049", "25", "7", "1000", "1002", "1003", "1004", "1006", "1015", "1016", "2004", "2026", "2048"}
)
"""Alternate screen, cursor, line wrap, mouse, focus reports, pasting, synchronised output, in-band resizes."""

_LISTED = re.compile(
    r"\x1b\[[0-9;]*[HGCDABdmJK]"  # cursor, pen, clearing
    rf"|\x1b\[\?(?:{'|'.join(sorted(SCREEN_MODES))})[hl]"
    r"|\x1b\[\?20(?:26|48)\$p"
    r"|\x1b\[[<>]\d{0,3}u"
    r"|\x1b\]22;[a-z-]*\x1b\\"
    r"|\x1b\[2[23];2t|\x1b\]2;[^\x00-\x1f\x7f-\x9f]*\x1b\\"  # the window's title: keep, put back, set
    r"|\r|\n"
)


def unlisted(sent: str) -> list[str]:
    """The sequences and control characters that no program like this one has to send."""
    return [
        token.sent for token in tokens(sent) if token.kind != "text" and not _LISTED.fullmatch(token.sent)
    ]


def colours(sent: str) -> set[str]:
    """The SGR parameters that set a colour: `31`, `48;5;17`, `38;2;1;2;3`; resets to the default are not among them."""
    found: set[str] = set()
    for token in tokens(sent):
        if token.kind != "csi" or not token.sent.endswith("m"):
            continue
        parts = token.sent[2:-1].split(";")
        while parts:
            part = parts.pop(0)
            if part in ("38", "48"):
                length = 1 if parts[:1] == ["5"] else 3
                found.add(";".join([part, *parts[: length + 1]]))
                del parts[: length + 1]
            elif re.fullmatch(r"3[0-7]|4[0-7]|9[0-7]|10[0-7]", part):
                found.add(part)
    return found


class Modes:
    """The terminal's modes after what was sent."""

    def __init__(self, sent: str) -> None:
        self.on: set[str] = {"25", "7"}
        self.keyboards = 0
        for token in tokens(sent):
            if token.kind != "csi":
                continue
            private = re.fullmatch(r"\x1b\[\?([0-9;]+)([hl])", token.sent)
            if private is not None:
                for mode in private[1].split(";"):
                    (self.on.add if private[2] == "h" else self.on.discard)(mode)
            elif re.fullmatch(r"\x1b\[>\d*u", token.sent):
                self.keyboards += 1
            elif re.fullmatch(r"\x1b\[<\d*u", token.sent):
                self.keyboards -= 1

    @property
    def left_over(self) -> list[str]:
        """What a program that has ended should have put back."""
        left = [f"mode {mode} is on" for mode in sorted(self.on - {"25", "7"})]
        left += [f"mode {mode} is off" for mode in sorted({"25", "7"} - self.on)]
        if self.keyboards:
            left.append(f"{self.keyboards} keyboard protocols pushed")
        return left
