"""The machine this program runs on, read with psutil and a few files of the kernel."""

from triage_tui.sources.host.source import HostSource

__all__ = ["HostSource"]
