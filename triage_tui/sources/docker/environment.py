"""Environments of containers out of their inspections. Values come in here and go no further."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from msgspec import Struct

from triage_tui.model.environment import ContainerEnvironment, Flaw, FlawKind
from triage_tui.sources.docker.inspections import Inspections
from triage_tui.sources.docker.labels import PROJECT_LABELS, SERVICE_LABELS
from triage_tui.sources.docker.rows import Inspected, Row
from triage_tui.sources.docker.variables import flaws_of
from triage_tui.text import safe
from triage_tui.text.places.names import is_secret

MOST_NAMES = 300
"""Variables kept of one container. Those of Kubernetes' service links alone are more; none of them matters."""

LONGEST_NAME = 120

_OF_IMAGES = frozenset((
    "PATH", "HOME", "HOSTNAME", "TERM", "PWD", "SHLVL", "LANG", "LANGUAGE", "LC_ALL", "TZ", "DEBIAN_FRONTEND",
    "GPG_KEY", "container",
))  # fmt: skip
"""Variables that tell nothing about a service."""

_KEY = secrets.token_bytes(32)
"""What fingerprints are keyed with. Without it a short secret could be found by trying."""


def fingerprint(value: str) -> str:
    """What a secret's value is compared by, within this process."""
    return blake2b(value.encode("utf-8", "surrogateescape"), key=_KEY, digest_size=6).hexdigest()


class _Known(Struct):
    """What was made of one inspection. It holds as long as that inspection does."""

    inspected: Inspected
    runs: bool
    made: ContainerEnvironment


class Environments:
    """Environments of all containers, each looked into when its inspection is new.

    require  container or service → variables that it has to have
    """

    def __init__(self, require: Mapping[str, tuple[str, ...]]) -> None:
        self._require = require
        self._known: dict[str, _Known] = {}

    def of(self, rows: Sequence[Row], inspections: Inspections) -> tuple[ContainerEnvironment, ...]:
        """Of those that were inspected, in the order of the rows."""
        self._known = {row.id: self._known[row.id] for row in rows if row.id in self._known}
        return tuple(
            self._of(row, inspected)
            for row in rows
            if (inspected := inspections.get(row.id)) is not None and inspected.config.env is not None
        )

    def _of(self, row: Row, inspected: Inspected) -> ContainerEnvironment:
        known = self._known.get(row.id)
        if known is None or known.inspected is not inspected or known.runs != row.runs:
            made = environment_of(row, inspected, self._require)
            known = self._known[row.id] = _Known(inspected, row.runs, made)
        return known.made


def environment_of(
    row: Row, inspected: Inspected, require: Mapping[str, tuple[str, ...]] = {}
) -> ContainerEnvironment:
    """One container's environment, without a value."""
    environment = {safe(name, limit=LONGEST_NAME): value for name, value in inspected.environment.items()}
    own = {name: environment[name] for name in sorted(environment.keys() - _OF_IMAGES)[:MOST_NAMES]}
    service = row.label(*SERVICE_LABELS)
    flaws = [*flaws_of(own), *_lacking(row, service, environment, require)]
    return ContainerEnvironment(
        container=safe(row.name, limit=128),
        image=safe(inspected.config.image or row.image or "", limit=256),
        project=row.label(*PROJECT_LABELS),
        service=service,
        runs=row.runs,
        names=tuple(own),
        fingerprints={name: fingerprint(value) for name, value in own.items() if value and is_secret(name)},
        flaws=tuple(flaws),
    )


def _lacking(
    row: Row, service: str | None, environment: Mapping[str, str], require: Mapping[str, tuple[str, ...]]
) -> Iterator[Flaw]:
    for where in dict.fromkeys((row.name, service)):
        for name in require.get(where or "", ()):
            if name not in environment:
                yield Flaw(
                    name, FlawKind.MISSING, f"is required of {safe(where)} in triage.toml and not there"
                )
            elif not environment[name].strip():
                yield Flaw(
                    name,
                    FlawKind.MISSING,
                    f"is required of {safe(where)} in triage.toml and set to nothing",
                )
