"""What is here to watch when nobody has said: variables, sockets, engines, and what containers publish."""

from triage_tui.config.discovery.containers import targets_from
from triage_tui.config.discovery.here import Discovered, discover

__all__ = ["Discovered", "discover", "targets_from"]
