"""Writes a triage.toml and loads it, in a world of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from triage_tui.config import ConfigError, Settings, load_settings


class World:
    """A folder with a file, an environment, and an empty machine to discover in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.root.mkdir()
        self.environ: dict[str, str] = {"HOME": str(folder / "home")}
        self.file = folder / "triage.toml"

    def write(self, text: str | bytes, mode: int = 0o600) -> None:
        """Write the file."""
        self.file.write_bytes(text.encode() if isinstance(text, str) else text)
        self.file.chmod(mode)

    def load(self, *, environment: str | None = None, environ: Mapping[str, str] = {}) -> Settings:
        """Load it."""
        return load_settings(
            config=None,
            environment=environment,
            environ=self.environ | dict(environ),
            cwd=self.folder,
            root=self.root,
        )

    def refused(self, text: str | bytes, *, mode: int = 0o600, environment: str | None = None) -> str:
        """What is said of a file that cannot be used, with the path left out."""
        self.write(text, mode)
        with pytest.raises(ConfigError) as caught:
            self.load(environment=environment)
        return str(caught.value).replace(str(self.file), "FILE")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A new one."""
    return World(tmp_path)
