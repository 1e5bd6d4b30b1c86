"""Containers, seen through anything that speaks the Docker Engine API."""

from triage_tui.sources.docker.source import DockerSource

__all__ = ["DockerSource"]
