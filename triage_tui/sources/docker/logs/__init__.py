"""Containers' logs, watched cheaply: followed, sampled when too much comes, and searched for what matters."""

from triage_tui.sources.docker.logs.reading import Recognise
from triage_tui.sources.docker.logs.watch import LogWatch

__all__ = ["LogWatch", "Recognise"]
