"""Making foreign text safe: sanitise, redact, measure. Everything foreign enters the model through `safe`."""

from triage_tui.text.redact import REDACTED, redact, redact_url
from triage_tui.text.safe import safe
from triage_tui.text.width import ascii_only, display_width, fit

__all__ = [
    "REDACTED",
    "ascii_only",
    "display_width",
    "fit",
    "redact",
    "redact_url",
    "safe",
]
