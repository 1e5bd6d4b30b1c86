"""Guides written for a test."""

from __future__ import annotations

from pathlib import Path

BODY = "\n## Checks\n\nLook.\n\n## Fix\n\nMend.\n\n## Verify\n\nLook again.\n"


def guide(
    folder: Path, id: str, front: str = "", body: str = BODY, title: str = "Something is wrong"
) -> Path:
    """Write an entry that lint has nothing against, with `front` added to its front matter. Answers with its path."""
    path = folder / f"{id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    extra = f"{front.rstrip()}\n" if front else ""
    base = "" if "source:" in front else "source: {title: us}\n"
    base += "" if "last_verified:" in front else "last_verified: 2026-01-10\n"
    path.write_text(f"---\nid: {id}\ntitle: {title}\n{extra}{base}---\n{body}", encoding="utf-8")
    return path
