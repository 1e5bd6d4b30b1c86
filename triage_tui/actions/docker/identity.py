"""Which run of which container: a name alone belongs to the next one by now."""

from __future__ import annotations

from triage_tui.actions.act import Identity

NEVER = ""
"""For a container that has never started."""


def container_identity(id: str, name: str, started_at: str | None) -> Identity:
    """A container's identity. started_at: as `Container.started_at`, exact to the microsecond; None: never."""
    began = f", started {started_at[11:19]} UTC" if started_at else ", never started"
    return Identity(
        shown=f"{name} ({id[:12]}{began})",
        parts=(("id", id), ("started_at", started_at or NEVER)),
    )
