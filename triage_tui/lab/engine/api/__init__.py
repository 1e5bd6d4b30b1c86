"""Docker's API over a unix socket, for any client that speaks it; needs the extra `demo`."""

from triage_tui.lab.engine.api.faults import Faults
from triage_tui.lab.engine.api.server import Api, SocketError

__all__ = ["Api", "Faults", "SocketError"]
