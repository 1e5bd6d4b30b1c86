"""Which run of which container: a name alone belongs to the next one by now."""

from __future__ import annotations

from collections.abc import Iterable

from triage_tui.actions.act import Identity
from triage_tui.text import safe

NEVER = ""
"""For a container that has never started."""


def container_identity(id: str, name: str, started_at: str | None) -> Identity:
    """A container's identity. started_at: as `Container.started_at`, exact to the microsecond; None: never."""
    began = f", started {started_at[11:19]} UTC" if started_at else ", never started"
    return Identity(
        shown=f"{name} ({id[:12]}{began})",
        parts=(("id", id), ("started_at", started_at or NEVER)),
    )


def project_identity(project: str, them: Iterable[tuple[str, str]]) -> Identity:
    """A compose project's identity: the very containers that it has, those that somebody ran once left out. When each
    of them started is no part of it: one that ends over and over is a reason to restart its project.

    them  id and name of each
    """
    known = sorted(set(them))
    return Identity(
        shown=f"project {safe(project)} with {', '.join(sorted(name for _, name in known))}",
        parts=tuple(known),
    )
