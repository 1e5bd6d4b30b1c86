"""The environment that the arguments of a command choose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from triage_tui.cli.refusal import CannotError

if TYPE_CHECKING:
    from argparse import Namespace

    from triage_tui.config.settings import Settings


def settings_of(arguments: Namespace) -> Settings:
    """What --config and --env choose, or what is found here. Raises CannotError."""
    from triage_tui.config.errors import ConfigError
    from triage_tui.config.load import load_settings

    try:
        return load_settings(
            config=arguments.config, environment=arguments.env, environ=os.environ, cwd=Path.cwd()
        )
    except ConfigError as error:
        raise CannotError(str(error)) from error
