"""Networks, of which there are only names: every process has this machine's own."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from triage_tui.lab.engine.spec import ServiceSpec

ADDRESS = "127.0.0.1"
"""Where every service can be reached, from other services too."""


class Network(Struct, frozen=True):
    """A network as Docker lists it. project: compose's, where it made it."""

    name: str
    driver: str
    project: str | None = None

    @property
    def id(self) -> str:
        """The same for the same name."""
        return hashlib.sha256(f"network {self.name}".encode()).hexdigest()


BUILT_IN = (Network("bridge", "bridge"), Network("host", "host"), Network("none", "null"))


def network_of(spec: ServiceSpec) -> Network:
    """The one that a service is in: its project's, or the default one."""
    if spec.project is None:
        return BUILT_IN[0]
    return Network(f"{spec.project}_default", "bridge", spec.project)
