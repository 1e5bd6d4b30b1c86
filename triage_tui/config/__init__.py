"""triage.toml and what is found on this machine, made into Settings."""

from triage_tui.config.errors import ConfigError, Mistake
from triage_tui.config.load import load_settings
from triage_tui.config.settings import Settings

__all__ = ["ConfigError", "Mistake", "Settings", "load_settings"]
