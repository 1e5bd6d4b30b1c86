"""What it means: rules from pictures to findings, and from findings to incidents."""

from triage_tui.diagnosis.diagnostician import Diagnostician

__all__ = ["Diagnostician"]
