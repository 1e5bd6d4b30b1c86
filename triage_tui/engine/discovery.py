"""Targets that nobody configured: servers in containers that publish a port."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, runtime_checkable

from msgspec import Struct

from triage_tui.config.published import Published
from triage_tui.config.settings import TargetSpec


@runtime_checkable
class Publisher(Protocol):
    """A source that knows what containers publish."""

    def published(self) -> tuple[Published, ...]:
        """Published ports as of the last look."""
        ...


class Change(Struct, frozen=True):
    """What to do after a look at an engine: names to stop watching, then specs to start with."""

    gone: tuple[str, ...] = ()
    new: tuple[TargetSpec, ...] = ()


class Finds:
    """What is found through each engine.

    A container that has stopped keeps its targets: that its database does not answer is what the reader came to
    see. They go when the container is removed, and change when it comes back elsewhere.
    """

    def __init__(self, configured: Iterable[TargetSpec]) -> None:
        self._configured = tuple(configured)
        self._ports: dict[str, tuple[Published, ...]] = {}
        self._specs: dict[str, tuple[TargetSpec, ...]] = {}

    def after_look(self, engine: str, published: tuple[Published, ...], existing: Collection[str]) -> Change:
        """What changed since the last look at this engine.

        published  ports of the containers that run; existing = names of all containers, running or not
        """
        before = self._ports.get(engine, ())
        running = {port.container for port in published}
        exist = set(existing)
        stopped = tuple(port for port in before if port.container in exist and port.container not in running)
        if (*published, *stopped) == before:
            return Change()
        # Where no engine is watched nothing of this is needed, and it is half of what importing the engine would take.
        from triage_tui.config.discovery.containers import targets_from

        others = [spec for name, specs in self._specs.items() if name != engine for spec in specs]
        known = [*self._configured, *others]
        new = targets_from(published, known)
        # Those that run come first: where a stopped container had the same port, another has it now.
        new += targets_from(stopped, [*known, *new])
        old = self._specs.get(engine, ())
        self._ports[engine] = (*published, *stopped)
        self._specs[engine] = new
        return Change(
            gone=tuple(spec.name for spec in old if spec not in new),
            new=tuple(spec for spec in new if spec not in old),
        )
