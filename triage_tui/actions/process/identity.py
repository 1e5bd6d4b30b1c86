"""Which process: a pid alone may belong to another one by now."""

from __future__ import annotations

from triage_tui.actions.act import Identity


def process_identity(pid: int, started: float, *, name: str = "", user: str | None = None) -> Identity:
    """A process's identity. started: as `model.host.Process.started`, which is the same at every look."""
    of = f" of {user}" if user else ""
    return Identity(
        shown=f"process {pid}{f' ({name})' if name else ''}{of}",
        parts=(("pid", str(pid)), ("started", repr(started))),
    )
