"""Labels that say which project and service a container belongs to."""

from __future__ import annotations

PROJECT_LABELS = ("com.docker.compose.project", "io.podman.compose.project", "com.docker.stack.namespace")
SERVICE_LABELS = ("com.docker.compose.service", "io.podman.compose.service", "com.docker.swarm.service.name")

MIGRATIONS_LABEL = "triage.migrations"
"""What the image's code wants of a database: `shop=alembic:7c1e90ab42d3`, several separated by blanks."""
