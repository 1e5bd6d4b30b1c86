"""Which fault is tried on which action and check, as the tests themselves say it: `@pytest.mark.covers(ids, *faults)`.

Read from the source, so that nothing has to be collected or run. `ids` are apart by spaces; `*` is every action.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from triage_tui.actions.checks.registry import all_checks
from triage_tui.model.deeds import ACTIONS

TESTS = Path(__file__).parents[1]

FAULTS = (
    *("success", "refusal", "timeout", "gone", "replaced", "permission", "down"),
    *("two-presses", "stale", "read-only"),
)
"""refusal: the server says no; down: between preview and run; of a check: before it is asked. stale: old data."""

SAFETY = range(1, 16)
"""The rules for acting: 1-10 never the wrong thing, 11-15 read-only and preview. `@pytest.mark.safety(numbers)`.

1 identity captured at the key press; 2 a reused pid; 3 a container made anew; 4 no answer is never done; 5 lag drops
keys; 6 what a confirm shows, and what does not confirm; 7 the exact name; 8 old data; 9 never again by itself; 10 two
presses; 11 read-only at the transport; 12 own commands are dangerous; 13 the preview; 14 dry run; 15 purge and undo.
"""

READS = frozenset({"refusal", "replaced", "two-presses", "read-only"})
"""Nothing that a check could do: it changes nothing, is meant for whatever answers now, and may be asked twice. That a
server refuses it is told as a missing permission."""

NONE: dict[str, tuple[str, str]] = {
    "docker.stop": (
        "refusal",
        "an engine ends whatever runs; what has ended is refused before anything is sent",
    ),
    "process.signal": ("down", "the kernel is not down"),
    "queue.pause queue.resume": (
        "replaced",
        "a queue is what stands under its keys: no other has its name",
    ),
    "disk.free process.list": (
        "timeout permission down stale",
        "of this machine, and read when they are asked",
    ),
    "files.fresh": ("down", "a folder is no server"),
    "dns.resolve": (
        "permission down stale",
        "of the system's resolver, which is asked anew and asks nobody's rights",
    ),
    "tcp.connect tls.certificate": ("gone permission stale", "a port has nothing in it, and is asked anew"),
    "http.get": ("gone stale", "404 is an answer like 503, and it is asked anew"),
    "docker.health docker.logs-tail docker.top env.present postgres.version-against-client": (
        "permission",
        "an engine has no rights within: its socket opens, or it does not, and then nothing is told",
    ),
    "postgres.ping postgres.connections redis.ping redis.memory redis.persistence redis.slowlog": (
        "gone",
        "asked of the server itself",
    ),
}
"""ids → faults that there cannot be, and why."""

HOLES: dict[str, tuple[str, str]] = {
    "files.fresh": ("timeout stale", "no file system that hangs can be had by an ordinary user"),
    "http.get": ("timeout", "tried on the source, tests/engines/http"),
    "postgres.locks": (
        "gone",
        "a session that has ended waits for nobody: it passes, and nothing tells it apart",
    ),
    "postgres.version-against-client": (
        "success",
        "tests/diagnosis/test_versions.py, and the drill backup-version",
    ),
}
"""ids → faults that are not tried here, and why not."""


def cells(of: dict[str, tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """(id, fault) of one of the two."""
    return frozenset(
        (id, fault) for ids, (faults, _) in of.items() for id in ids.split() for fault in faults.split()
    )


def actions_and_checks() -> tuple[frozenset[str], frozenset[str]]:
    """All ids."""
    return frozenset(ACTIONS), frozenset(all_checks())


@cache
def covered() -> frozenset[tuple[str, str]]:
    """(id, fault) that some test holds."""
    return frozenset(
        (id, fault)
        for ids, *faults in _marks("covers")
        for id in (ACTIONS if ids == "*" else str(ids).split())
        for fault in map(str, faults)
    )


@cache
def rules_held() -> frozenset[int]:
    """Rules for acting that some test holds."""
    return frozenset(number for numbers in _marks("safety") for number in numbers if isinstance(number, int))


def _marks(name: str) -> Iterator[tuple[object, ...]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text()
        if f"mark.{name}(" not in text:
            continue
        tree = ast.parse(text)
        names = _constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"pytest.mark.{name}":
                yield tuple(_value(argument, names) for argument in node.args)


def _constants(tree: ast.Module) -> dict[str, object]:
    """What stands at the top of a module and is made of literals and of such names."""
    found: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = _value(node.value, found)
            except (ValueError, KeyError, TypeError):
                continue
    return found


def _value(node: ast.expr, names: dict[str, object]) -> object:
    """A literal, a name of the module, several of them, or `" ".join(several)`. Raises ValueError, KeyError."""
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Tuple):
        several: list[object] = []
        for one in node.elts:
            if isinstance(one, ast.Starred):
                more = _value(one.value, names)
                several.extend(more if isinstance(more, tuple) else ())
            else:
                several.append(_value(one, names))
        return tuple(several)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "' '.join":
        several_words = _value(node.args[0], names)
        assert isinstance(several_words, tuple)
        return " ".join(map(str, several_words))
    return ast.literal_eval(node)
