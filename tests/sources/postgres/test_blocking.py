"""The blocking tree: every session once, below somebody it waits for, with exactly its victims."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage_tui.model.postgres import Blocking
from triage_tui.sources.postgres.blocking import Wait, blocking_tree

Graph = dict[int, frozenset[int]]

_PIDS = st.integers(1, 9)
_GRAPHS: st.SearchStrategy[Graph] = st.dictionaries(_PIDS, st.frozensets(_PIDS, min_size=1, max_size=4))


def tree(graph: Graph) -> tuple[Blocking, ...]:
    return blocking_tree(Wait(pid, tuple(sorted(them))) for pid, them in graph.items())


def outline(lines: tuple[Blocking, ...]) -> list[tuple[int, int, int | None, int]]:
    return [(line.pid, line.depth, line.waits_for, line.victims) for line in lines]


def without_loops(graph: Graph) -> Graph:
    """Who waits for nobody but itself does not wait."""
    others = {pid: them - {pid} for pid, them in graph.items()}
    return {pid: them for pid, them in others.items() if them}


def behind(graph: Graph, blocker: int) -> frozenset[int]:
    """Everybody who waits for a session, found the slow way; itself among them where it is in a circle."""
    found: frozenset[int] = frozenset()
    while True:
        more = frozenset(pid for pid, them in graph.items() if them & (found | {blocker}))
        if more <= found:
            return found
        found |= more


def test_nobody_waits() -> None:
    assert blocking_tree([]) == ()
    assert blocking_tree([Wait(1, ())]) == ()


def test_who_waits_for_itself_alone_does_not_wait() -> None:
    """As a parallel worker does, which the server names by its leader."""
    assert blocking_tree([Wait(1, (1,))]) == ()
    assert outline(blocking_tree([Wait(1, (1, 2))])) == [(2, 0, None, 1), (1, 1, 2, 0)]


def test_a_chain_is_a_chain() -> None:
    assert outline(tree({3: frozenset({2}), 2: frozenset({1})})) == [
        (1, 0, None, 2),
        (2, 1, 1, 1),
        (3, 2, 2, 0),
    ]


def test_one_long_queue_is_two_levels_deep() -> None:
    """Each waits for all before it; three thousand pairs become 80 lines."""
    lines = blocking_tree(Wait(pid, tuple(range(1, pid)), wait_s=100.0 - pid) for pid in range(2, 82))
    assert len(lines) == 81
    assert outline(lines[:2]) == [(1, 0, None, 80), (2, 1, 1, 79)]
    assert [line.depth for line in lines].count(1) == 80
    assert {line.waits_for for line in lines[1:]} == {1}


def test_a_queue_as_the_server_tells_it_for_a_row() -> None:
    """The first waits for the transaction, the others for the first, who holds the place in front of the row."""
    lines = tree({2: frozenset({1}), 3: frozenset({2}), 4: frozenset({2, 3}), 5: frozenset({2, 3, 4})})
    assert [(line.pid, line.depth) for line in lines] == [(1, 0), (2, 1), (3, 2), (4, 2), (5, 2)]
    assert [line.victims for line in lines] == [4, 3, 2, 1, 0]


def test_most_victims_come_first_then_the_longest_wait() -> None:
    waits = [
        Wait(11, (10,), wait_s=99.0),
        Wait(21, (20,), wait_s=1.0),
        Wait(22, (20,), wait_s=5.0),
        Wait(23, (20,)),
    ]
    assert [line.pid for line in blocking_tree(waits)] == [20, 22, 21, 23, 10, 11]


def test_a_session_behind_two_blockers_is_drawn_once() -> None:
    lines = tree({3: frozenset({1, 2})})
    assert [line.pid for line in lines if line.depth == 1] == [3]
    assert {line.pid: line.victims for line in lines} == {1: 1, 2: 1, 3: 0}


def test_what_it_waits_for_stands_with_the_waiting_session() -> None:
    root, waiting = blocking_tree([Wait(2, (1,), "ShareLock", "public.stock", 3.5)])
    assert root == Blocking(1, 0, victims=1)
    assert waiting == Blocking(2, 1, 1, 0, "ShareLock", "public.stock", 3.5)


def test_prepared_transactions_are_told_apart() -> None:
    waits = [Wait(5, (0,), prepared=("a",)), Wait(6, (0,), prepared=("b",)), Wait(7, (0, 5), prepared=("a",))]
    lines = blocking_tree(waits)
    assert [(line.pid, line.prepared, line.victims) for line in lines if line.depth == 0] == [
        (0, "a", 2),
        (0, "b", 1),
    ]
    assert {line.pid: line.waits_for for line in lines if line.depth} == {5: 0, 6: 0, 7: 0}


def test_a_prepared_transaction_that_is_not_known_is_a_root_all_the_same() -> None:
    root, waiting = blocking_tree([Wait(5, (0,))])
    assert (root.pid, root.prepared, root.victims) == (0, None, 1)
    assert waiting.waits_for == 0


def test_a_deadlock_has_a_first_line_although_it_has_no_root() -> None:
    lines = blocking_tree([Wait(1, (2,), wait_s=4.0), Wait(2, (1,), wait_s=9.0), Wait(3, (1,), wait_s=1.0)])
    assert outline(lines) == [(2, 0, 1, 2), (1, 1, 2, 2), (3, 2, 1, 0)]
    assert [line.cycle for line in lines] == [True, True, False]


def test_a_deadlock_behind_somebody_is_below_him() -> None:
    lines = tree({1: frozenset({2, 9}), 2: frozenset({1})})
    assert outline(lines) == [(9, 0, None, 2), (1, 1, 9, 1), (2, 2, 1, 1)]
    assert [line.cycle for line in lines] == [False, True, True]


def test_a_queue_of_thousands_needs_no_recursion() -> None:
    lines = blocking_tree(Wait(pid, (pid - 1,)) for pid in range(2, 5002))
    assert len(lines) == 5001
    assert lines[0].victims == 5000
    assert lines[-1].depth == 5000


@given(_GRAPHS)
def test_every_session_is_drawn_once(graph: Graph) -> None:
    graph = without_loops(graph)
    everybody = sorted({*graph, *(pid for them in graph.values() for pid in them)})
    assert sorted(line.pid for line in tree(graph)) == everybody


@given(_GRAPHS)
def test_victims_are_those_who_wait_directly_or_through_others(graph: Graph) -> None:
    lines = tree(graph)
    graph = without_loops(graph)
    for line in lines:
        waiting = behind(graph, line.pid)
        assert line.victims == len(waiting - {line.pid})
        assert line.cycle == (line.pid in waiting)


@given(_GRAPHS)
def test_a_line_stands_below_somebody_it_waits_for(graph: Graph) -> None:
    above: list[Blocking] = []
    for line in tree(graph):
        del above[line.depth :]
        assert len(above) == line.depth
        if line.waits_for is None:
            assert line.pid not in without_loops(graph)
        else:
            assert line.waits_for in graph[line.pid]
        if above:
            assert line.waits_for == above[-1].pid
        elif line.waits_for is not None:
            assert line.cycle
        above.append(line)


@given(_GRAPHS)
def test_no_way_up_to_a_root_is_shorter_than_the_one_drawn(graph: Graph) -> None:
    lines = tree(graph)
    graph = without_loops(graph)
    depth = {line.pid: line.depth for line in lines}
    for pid, them in graph.items():
        if depth[pid]:
            assert depth[pid] == 1 + min(depth[blocker] for blocker in them)


@given(_GRAPHS, st.randoms(use_true_random=False))
def test_the_order_of_the_answer_does_not_matter(graph: Graph, chance: object) -> None:
    """Rows that are the same stay where they are from one look to the next."""
    pids = list(graph)
    chance.shuffle(pids)  # type: ignore[attr-defined]
    assert tree({pid: graph[pid] for pid in pids}) == tree(graph)


@given(_GRAPHS)
def test_roots_with_more_victims_come_first(graph: Graph) -> None:
    victims = [line.victims for line in tree(graph) if line.depth == 0]
    assert victims == sorted(victims, reverse=True)
