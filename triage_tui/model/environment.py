"""Environments of containers, by names alone: no value is ever in here."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class FlawKind(StrEnum):
    """What is wrong with a variable. The value is the word used in JSON.

    EMPTY            it is there and holds nothing
    MISSING          it is needed and not there
    DEFAULT_SECRET   it is a secret with the value of an example, or one that everybody knows
    DATABASE_URL     it should be the address of a database and is none
    DOUBLE_PASSWORD  it is a Redis URL that holds a password, and the same password is handed over apart
    """

    EMPTY = "empty"
    MISSING = "missing"
    DEFAULT_SECRET = "default-secret"
    DATABASE_URL = "database-url-invalid"
    DOUBLE_PASSWORD = "redis-url-double-password"


class Flaw(Struct, frozen=True):
    """Something wrong with one variable. words: a sentence that holds nothing of any value."""

    variable: str
    kind: FlawKind
    words: str


class ContainerEnvironment(Struct, frozen=True):
    """The environment that a container was made with.

    names         its variables, sorted, at most a few hundred; without those that every image has
    fingerprints  secret → what its value is compared by: equal where the values are. Keyed with random bytes of this
                  process, so it says nothing about the value, and nothing at all tomorrow
    runs          the container runs now
    """

    container: str
    image: str
    project: str | None = None
    service: str | None = None
    runs: bool = True
    names: tuple[str, ...] = ()
    fingerprints: dict[str, str] = {}
    flaws: tuple[Flaw, ...] = ()
