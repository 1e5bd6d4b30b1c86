"""Folders that must stay fresh: backups, deliveries, exports."""

from triage_tui.sources.files.source import FilesSource

__all__ = ["FilesSource"]
