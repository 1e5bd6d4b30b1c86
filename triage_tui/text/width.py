"""Text measured and cut in terminal cells, and text for terminals that have no Unicode."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

_ASCII = str.maketrans(
    {
        "…": ".", "·": ".", "•": "*", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
        "→": ">", "←": "<", "↑": "^", "↓": "v", "≤": "<", "≥": ">", "×": "x", "−": "-",
        "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "`", "┘": "+", "├": "|", "┤": "|", "┬": "+", "┴": "+", "┼": "+",
        "█": "#", "▉": "#", "▊": "#", "▋": "#", "▌": "#", "▍": "#", "▎": ":", "▏": ":", "░": ".", "▒": ":", "▓": "#",
        "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "=", "▆": "=", "▇": "#",
        "●": "*", "○": "o", "◌": "~", "⊘": "!", "‖": "|", "✓": "+", "✗": "x", "▲": "^", "▼": "v", "▸": ">", "␊": "/",
        **{chr(0x2400 + code): "^" for code in range(0x20) if code != 0x0A}, "␡": "^",
    }
)  # fmt: skip
"""Our own symbols by something alike; each is one cell wide, so nothing moves."""


def display_width(text: str) -> int:
    """Terminal cells that the text takes."""
    return cell_len(text)


def fit(text: str, width: int, *, ellipsis: str = "…") -> str:
    """The text in exactly `width` cells: padded with spaces, or cut with an ellipsis."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length == width:
        return text
    if length < width:
        return text + " " * (width - length)
    return (
        set_cell_size(text, width - cell_len(ellipsis)) + ellipsis
        if width > cell_len(ellipsis)
        else ellipsis[:width]
    )


def ascii_only(text: str) -> str:
    """The text in ASCII, every character still as many cells wide: symbols by likeness, the rest as `?`."""
    if text.isascii():
        return text
    replaced = text.translate(_ASCII)
    if replaced.isascii():
        return replaced
    return "".join(c if c.isascii() else "?" * cell_len(c) for c in replaced)
