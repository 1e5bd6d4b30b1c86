"""Guides as they are in the wild, made into entries."""

from triage_tui.guides.importing.wild import Imported, Result, read

__all__ = ["Imported", "Result", "read"]
