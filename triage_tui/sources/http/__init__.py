"""HTTP endpoints: one GET, its status, how long it took, and how long the certificate is still good."""

from triage_tui.sources.http.source import HttpSource

__all__ = ["HttpSource"]
