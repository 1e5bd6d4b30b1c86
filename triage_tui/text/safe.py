"""The one door through which foreign text enters the model."""

from __future__ import annotations

from triage_tui.text.redact import redact
from triage_tui.text.sanitise import DEFAULT_LIMIT, cut, decode, visible

LOOKED_AT = 16_384
"""Characters of one string that are looked at. Far more than is ever kept, so that a secret split at this border
has its visible half cut away as well."""


def safe(value: str | bytes | None, *, limit: int = DEFAULT_LIMIT) -> str:
    """Foreign text made visible, then without secrets, then cut to `limit` characters, in this order.

    Cutting first could leave the head of a secret without the marks that give it away.
    """
    text = decode(value)[: max(LOOKED_AT, 4 * limit)]
    return cut(redact(visible(text)), limit)
