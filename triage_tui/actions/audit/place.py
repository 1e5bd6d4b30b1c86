"""What the audit's files are called. They stand in the state folder, see config/state.py."""

from __future__ import annotations

LOG = "audit.jsonl"
HEAD = "audit.head"
"""Number and hash of the last record: what tells that records are missing from the end of the log."""
