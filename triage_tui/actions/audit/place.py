"""What the audit's files are called. They stand in the state folder."""

from __future__ import annotations

from triage_tui.config.state import FOLDER, open_file, open_folder, state_folder

__all__ = ["FOLDER", "HEAD", "LOG", "open_file", "open_folder", "state_folder"]

LOG = "audit.jsonl"
HEAD = "audit.head"
"""Number and hash of the last record: what tells that records are missing from the end of the log."""
