"""Runs of words that two texts share, compared by their hashes: that a text is not copied can be shown without having
the other one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

LENGTH = 9
"""Words in a run. Fewer are common by chance, in commands first of all."""

_WORD = re.compile(r"[^\W_]+")


def runs(text: str) -> Iterator[tuple[int, int]]:
    """(line, hash) of each run of nine words, in their order; line: of its first word, from 1.

    Words are compared without case and without what stands between them.
    """
    found = [
        (number, word)
        for number, line in enumerate(text.splitlines(), 1)
        for word in _WORD.findall(line.lower())
    ]
    for at in range(len(found) - LENGTH + 1):
        yield found[at][0], _hash(" ".join(word for _, word in found[at : at + LENGTH]))


def _hash(run: str) -> int:
    return int.from_bytes(blake2b(run.encode(), digest_size=8).digest())


def load(path: Path) -> frozenset[int]:
    """The hashes of a file that `dump` wrote. Raises OSError, and ValueError where it is no such file."""
    raw = path.read_bytes()
    if len(raw) % 8:
        raise ValueError(f"{path} holds no hashes")
    return frozenset(int.from_bytes(raw[at : at + 8]) for at in range(0, len(raw), 8))


def dump(texts: list[str], path: Path) -> int:
    """Write the hashes of all runs of some texts. Returns how many there are."""
    hashes = sorted({run for text in texts for _, run in runs(text)})
    path.write_bytes(b"".join(value.to_bytes(8) for value in hashes))
    return len(hashes)
