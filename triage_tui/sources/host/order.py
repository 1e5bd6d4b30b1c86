"""An order that a reader can follow, and a slow line too: things change places only where that says something."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TypeVar

K = TypeVar("K")


def clearly_more(this: float, that: float, *, by: float) -> bool:
    """More by a quarter, and by more than noise is."""
    return this > 1.25 * that + by


def settle(before: Iterable[K], weights: Mapping[K, float], *, by: float) -> list[K]:
    """Everything that has a weight, in the order of `before` but for what is now clearly more than what stands above.

    What was not there before comes in where it belongs by its weight. by: a difference that is no more than noise.
    """
    kept = [key for key in before if key in weights]
    new = deque(sorted(weights.keys() - set(kept), key=lambda key: -weights[key]))
    order: list[K] = []
    for key in kept:
        while new and weights[new[0]] > weights[key]:
            order.append(new.popleft())
        order.append(key)
    order.extend(new)
    for at in range(1, len(order)):
        place = at
        while place and clearly_more(weights[order[at]], weights[order[place - 1]], by=by):
            place -= 1
        if place < at:
            order.insert(place, order.pop(at))
    return order


def keep_seats(seats: Iterable[K], weights: Mapping[K, float], *, number: int, by: float) -> list[K]:
    """As many as there are seats, in their places; who is gone, or clearly less than somebody who has no seat, is
    replaced in his place. by: a difference that is no more than noise."""
    seated = list(seats)
    standing = deque(sorted(weights.keys() - set(seated), key=lambda key: -weights[key]))
    for place, key in enumerate(seated):
        if key not in weights and standing:
            seated[place] = standing.popleft()
    seated = [key for key in seated if key in weights]
    while standing and len(seated) < number:
        seated.append(standing.popleft())
    while standing and seated:
        least = min(range(len(seated)), key=lambda place: weights[seated[place]])
        if not clearly_more(weights[standing[0]], weights[seated[least]], by=by):
            break
        seated[least] = standing.popleft()
    return seated[:number]
