"""What the lab's process is told when it is started: one JSON object as its only argument."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Incident(Struct, frozen=True):
    """Something that breaks by itself.

    calm_s  after all is well
    drill   None for any
    seed    None for one that nobody knows
    """

    calm_s: float
    drill: str | None = None
    seed: int | None = None


class Order(Struct, frozen=True):
    """One lab.

    folder  where it lives; claimed by whoever starts it
    stays   it ends when it is asked to; else when its standard input ends
    """

    folder: str
    stays: bool
    incident: Incident | None = None


def encode_order(order: Order) -> str:
    """As an argument."""
    return msgspec.json.encode(order).decode()


def decode_order(argument: str) -> Order:
    """Raises msgspec.DecodeError for anything that `encode_order` did not make."""
    return msgspec.json.decode(argument, type=Order)
