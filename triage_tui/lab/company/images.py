"""What the images of some services hold beside their program, so that a drill can take it away."""

from __future__ import annotations

from pathlib import Path

HEADS = {"therapy": "7c1e90ab42d3", "residency": "b5d2f6c80e17"}
"""Stack → the newest revision of its migrations."""

BEFORE = {"therapy": "3f08d1c6a7b9", "residency": "91ac4e0d23f8"}
"""And the one before."""

_REVISION = '''"""{title}"""

revision = {revision!r}
down_revision = {before!r}
'''

_SEED = """import sys

from triage_tui.lab.company.services.seed import main

sys.exit(main())
"""


def lay_out(images: Path) -> None:
    """Write them all. Raises OSError."""
    install_postcodes(images)
    install_libmagic(images)
    seed = seed_script(images)
    seed.parent.mkdir(parents=True)
    seed.write_text(_SEED)
    for stack, head in HEADS.items():
        versions = migrations(images, stack)
        versions.mkdir(parents=True)
        for revision, before, title in ((BEFORE[stack], None, "first"), (head, BEFORE[stack], "second")):
            text = _REVISION.format(title=title, revision=revision, before=before)
            (versions / f"{revision}_{title}.py").write_text(text)


def install_postcodes(images: Path) -> None:
    """Put it where it has to be."""
    module = postcodes_module(images)
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text("KNOWN = tuple(range(10115, 10155))\n")


def install_libmagic(images: Path) -> None:
    """Likewise."""
    magic = libmagic(images)
    magic.parent.mkdir(parents=True, exist_ok=True)
    magic.touch()


def postcodes_module(images: Path) -> Path:
    """A module that therapist-service needs."""
    return images / "therapist-service" / "site-packages" / "postcodes.py"


def libmagic(images: Path) -> Path:
    """A library that residency-backend needs."""
    return images / "residency-backend" / "usr" / "lib" / "libmagic.so.1"


def seed_script(images: Path) -> Path:
    """What puts people into residency's database."""
    return images / "residency-backend" / "app" / "scripts" / "seed_people.py"


def migrations(images: Path, stack: str) -> Path:
    """Folder with the migrations that the stack's code was released with."""
    return images / stack / "alembic" / "versions"
