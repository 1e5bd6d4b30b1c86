"""Guides held to their word: every mistake in them, with file and line."""

from triage_tui.guides.lint.folder import Report, lint
from triage_tui.guides.lint.subject import Remark

__all__ = ["Remark", "Report", "lint"]
