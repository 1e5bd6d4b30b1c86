"""Real servers from wheels: no system package, no root, and nothing left when their parent is gone."""

from triage_tui.lab.embedded.server import EmbeddedServer, StartError

__all__ = ["EmbeddedServer", "StartError"]
