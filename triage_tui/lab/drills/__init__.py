"""The drills, one file each: a real fault, how it is undone, and the truth about it."""

from __future__ import annotations

import importlib
import pkgutil

from triage_tui.lab.drill import Drill


def all_drills() -> dict[str, Drill]:
    """By id, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    drills = [importlib.import_module(f"{__name__}.{name}").DRILL for name in names]
    return {drill.id: drill for drill in drills}
