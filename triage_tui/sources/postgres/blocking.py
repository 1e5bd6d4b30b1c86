"""Who waits for whom, as a tree that can be read. Pure functions.

The server says for each waiting session which others it waits for, be it that they hold the lock or stand before
it in the queue. Eighty sessions that update one row make three thousand such pairs. Each waiting session is drawn
once, below the one of its blockers that is nearest to a root: everything waits for the root, the first in the
queue waits for it directly, and the rest stand side by side below the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from triage_tui.model.postgres import Blocking

PREPARED = 0
"""The process id that stands for a prepared transaction."""

Node = int | str
"""A process id, or the gid of a prepared transaction ("" where it is not known which one)."""


class Wait(Struct, frozen=True):
    """One waiting session and why it waits.

    blocked_by  process ids; 0 for a prepared transaction
    prepared    gids of the prepared transactions behind the 0; empty: not known which
    """

    pid: int
    blocked_by: tuple[int, ...]
    mode: str | None = None
    relation: str | None = None
    wait_s: float | None = None
    prepared: tuple[str, ...] = ()


def blocking_tree(waits: Iterable[Wait]) -> tuple[Blocking, ...]:
    """The tree, line by line: root blockers first, most victims first, longest wait first.

    A deadlock that the server has not broken yet has no root: its session that waits longest is drawn first, at
    depth 0, with `waits_for` naming the one that it waits for.
    """
    by_pid = {wait.pid: wait for wait in waits}
    blockers: dict[Node, frozenset[Node]] = {
        pid: them for pid, wait in by_pid.items() if (them := _blockers(wait))
    }
    rings = _rings(blockers)
    victims = _victims(blockers, rings)
    ring_of = {node: ring for ring in rings for node in ring}

    def order(node: Node) -> tuple[float, float, str]:
        wait = by_pid.get(node) if isinstance(node, int) else None
        wait_s = wait.wait_s if wait is not None and wait.wait_s is not None else 0.0
        return -victims[node], -wait_s, f"{node:>12}"

    waiting = _reversed(blockers)
    roots = [
        min(ring, key=order)
        for ring in rings
        if all(blocker in ring for node in ring for blocker in blockers.get(node, ()))
    ]
    lines: list[Blocking] = []
    children = _nearest(sorted(roots, key=order), waiting, order)
    stack: list[tuple[Node, int, Node | None]] = [
        (root, 0, None) for root in sorted(roots, key=order, reverse=True)
    ]
    while stack:
        node, depth, parent = stack.pop()
        ring = ring_of[node]
        if parent is None and len(ring) > 1:
            parent = min((blocker for blocker in blockers[node] if blocker in ring), key=order)
        lines.append(_line(node, depth, parent, by_pid, victims[node], len(ring) > 1))
        stack += [(child, depth + 1, node) for child in reversed(children[node])]
    return tuple(lines)


def _line(
    node: Node, depth: int, parent: Node | None, waits: Mapping[int, Wait], victims: int, cycle: bool
) -> Blocking:
    waits_for = parent if isinstance(parent, int) or parent is None else PREPARED
    if isinstance(node, str):
        return Blocking(PREPARED, depth, waits_for, victims, prepared=node or None)
    wait = waits.get(node)
    if wait is None:
        return Blocking(node, depth, waits_for, victims)
    return Blocking(node, depth, waits_for, victims, wait.mode, wait.relation, wait.wait_s, cycle)


def _blockers(wait: Wait) -> frozenset[Node]:
    found: set[Node] = {pid for pid in wait.blocked_by if pid not in (PREPARED, wait.pid)}
    if PREPARED in wait.blocked_by:
        found.update(wait.prepared or ("",))
    return frozenset(found)


def _reversed(blockers: Mapping[Node, frozenset[Node]]) -> dict[Node, list[Node]]:
    """For each blocker those that wait for it."""
    waiting: defaultdict[Node, list[Node]] = defaultdict(list)
    for pid, them in blockers.items():
        for blocker in them:
            waiting[blocker].append(pid)
    return waiting


def _nearest(
    roots: list[Node], waiting: Mapping[Node, list[Node]], order: Callable[[Node], tuple[float, float, str]]
) -> defaultdict[Node, list[Node]]:
    """Each waiting session below the blocker with the fewest steps to a root (breadth-first from all roots)."""
    children: defaultdict[Node, list[Node]] = defaultdict(list)
    placed = set(roots)
    level = roots
    while level:
        following: list[Node] = []
        for node in level:
            for child in sorted(waiting.get(node, ()), key=order):
                if child not in placed:
                    placed.add(child)
                    children[node].append(child)
                    following.append(child)
        level = following
    return children


def _victims(blockers: Mapping[Node, frozenset[Node]], rings: list[frozenset[Node]]) -> dict[Node, int]:
    """How many sessions wait for each node, directly or through others.

    rings  in an order in which blockers come before those who wait for them

    Sets of sessions are kept as bits of one number each: a thousand sessions make half a million pairs.
    """
    bit = {pid: 1 << place for place, pid in enumerate(blockers)}
    ring_of = {node: index for index, ring in enumerate(rings) for node in ring}
    behind = [0] * len(rings)
    for index in reversed(range(len(rings))):
        members = sum(bit.get(node, 0) for node in rings[index])
        for node in rings[index]:
            for blocker in blockers.get(node, ()):
                if ring_of[blocker] != index:
                    behind[ring_of[blocker]] |= behind[index] | members
    return {
        node: behind[index].bit_count() + len(ring) - 1 for index, ring in enumerate(rings) for node in ring
    }


def _rings(blockers: Mapping[Node, frozenset[Node]]) -> list[frozenset[Node]]:
    """Groups of nodes that wait for each other in a circle; most consist of one node. Blockers come first.

    Strongly connected components by Tarjan's algorithm (1972), without recursion: a queue may be thousands long.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_nodes: list[Node] = []
    is_open: set[Node] = set()
    rings: list[frozenset[Node]] = []
    for start in blockers:
        if start in index:
            continue
        work: list[tuple[Node, list[Node]]] = []

        def enter(node: Node, work: list[tuple[Node, list[Node]]] = work) -> None:
            index[node] = low[node] = len(index)
            open_nodes.append(node)
            is_open.add(node)
            work.append((node, list(blockers.get(node, ()))))

        enter(start)
        while work:
            node, ahead = work[-1]
            if ahead:
                following = ahead.pop()
                if following not in index:
                    enter(following)
                elif following in is_open:
                    low[node] = min(low[node], index[following])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                ring: set[Node] = set()
                while node not in ring:
                    member = open_nodes.pop()
                    is_open.discard(member)
                    ring.add(member)
                rings.append(frozenset(ring))
    return rings
