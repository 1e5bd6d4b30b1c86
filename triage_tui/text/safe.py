"""The one door through which foreign text enters the model."""

from __future__ import annotations

from triage_tui.text.redact import redact
from triage_tui.text.sanitise import DEFAULT_LIMIT, LOOKED_AT, cut, decode, visible

PLAIN_CHARACTERS = 256
PLAIN_TEXTS = 2048
"""How long a text may be, and how many there may be, of which it is remembered that they are safe as they are."""

# Names, images and users are the same at every look. Nothing that holds a secret gets in here: that would be changed.
_plain: set[str] = set()


def safe(value: str | bytes | None, *, limit: int = DEFAULT_LIMIT) -> str:
    """Foreign text made visible, then without secrets, then cut to `limit` characters, in this order.

    Cutting first could leave the head of a secret without the marks that give it away. At most LOOKED_AT characters
    (or four times the limit) are looked at.
    """
    if isinstance(value, str) and value in _plain and len(value) <= limit:
        return value
    bound = max(LOOKED_AT, 4 * limit)
    text = decode(value, bound + 1)
    shown = redact(visible(text[:bound]))
    if len(text) > bound and len(shown) <= limit:
        # Long secrets shrank so much that the border comes into sight. What it splits might be half a secret.
        shown = shown[: shown.rfind(" ") + 1] + "…" * limit
    kept = cut(shown, limit)
    if isinstance(value, str) and kept == value and len(value) <= PLAIN_CHARACTERS:
        if len(_plain) >= PLAIN_TEXTS:
            _plain.clear()
        _plain.add(value)
    return kept
