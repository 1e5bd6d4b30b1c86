"""Personal data and secrets in text: what kind they are of and a masked sample, never the value."""

from triage_tui.text.personal.detect import Found, found_in, masked

__all__ = ["Found", "found_in", "masked"]
