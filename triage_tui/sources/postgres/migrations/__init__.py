"""How far schemas have come: what migration tools noted in a database, against what a folder with the code wants."""

from triage_tui.sources.postgres.migrations.schemas import Schemas

__all__ = ["Schemas"]
