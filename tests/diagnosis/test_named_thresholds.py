"""No rule compares with a number of its own: every threshold has a name, a source, and a place in triage.toml."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.diagnosis.scenes import found, seen
from triage_tui.config import limits
from triage_tui.config.scopes import SCOPES
from triage_tui.config.settings import Threshold
from triage_tui.diagnosis import rules
from triage_tui.diagnosis.registry import all_rules
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.postgres import Blocking, Database, PostgresData
from triage_tui.model.redis import Memory, RedisData

MODULES = sorted(Path(rules.__path__[0]).rglob("*.py"))

NO_THRESHOLDS = {
    ("clients", "_OLDEST"): "what may be a major version of PostgreSQL in the tag of an image",
    ("clients", "_NEWEST"): "likewise",
    ("docker", "0.02"): "what of a container's memory is worth a sentence of evidence, and decides nothing",
    ("drift", "2"): "two values differ, one does not",
    ("logs", "2"): "what `again` means",
    ("memory", "1.0"): "below one, resident memory is less than what is used",
    ("memory", "MIB"): "what of its growth is worth a sentence of evidence, and decides nothing",
    ("queue", "SINCE_SHARE"): "how two instants are taken for one, and no measure of how bad anything is",
    ("schema", "_SHOWN"): "how many names are shown",
}
"""(module, number) → why it is none. 0 and 1 are none anywhere: something is there, or more than one is."""


def compared(module: Path) -> Iterator[str]:
    """Numbers, and constants of the module that are numbers, with which something is compared in order."""
    tree = ast.parse(module.read_text())
    numbers = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _is_number(node.value)
        for target in _names(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        if not all(isinstance(how, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for how in node.ops):
            continue
        for side in (node.left, *node.comparators):
            if (
                isinstance(side, ast.Constant)
                and isinstance(side.value, int | float)
                and side.value not in (0, 1)
            ):
                yield str(side.value)
            elif isinstance(side, ast.Constant) and isinstance(side.value, float) and side.value == 1.0:
                yield "1.0"
            for part in ast.walk(side):
                if isinstance(part, ast.Name) and part.id in numbers:
                    yield part.id


def _names(node: ast.Assign) -> Iterator[ast.Name]:
    for target in node.targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                yield part


def _is_number(value: ast.expr) -> bool:
    return all(
        isinstance(part, ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop | ast.Tuple | ast.Load)
        or (isinstance(part, ast.Constant) and isinstance(part.value, int | float))
        for part in ast.walk(value)
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_rule_compares_with_named_limits_alone(module: Path) -> None:
    own = {(module.stem, number) for number in compared(module)}
    assert sorted(own - NO_THRESHOLDS.keys()) == []


def test_what_is_excused_is_there() -> None:
    there = {(module.stem, number) for module in MODULES for number in compared(module)}
    assert sorted(NO_THRESHOLDS.keys() - there) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_limit_that_a_rule_asks_for_is_told_by_a_rule(module: Path) -> None:
    """`triage explain` tells what a finding is compared with by the rules' own lists."""
    asked = {
        node.args[0].value
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("severity", "limit", "scope")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    told = {name for rule in all_rules() for name in rule.limits}
    assert sorted(asked - told) == []


def test_what_counts_has_one_value_with_a_reason() -> None:
    for one in SCOPES:
        assert one.default.warning is not None
        assert one.default.critical is None
        assert limits.source_of(one.name)
    told = {name for rule in all_rules() for name in rule.limits}
    assert sorted({one.name for one in SCOPES} - told) == [], "every one of them is some rule's"


MIB = 1 << 20
LOOP = DockerData(
    (Container("1", "api", "shop/api", state="running", restarts=4, age_s=30.0, restart_policy="always"),)
)
WAITS = PostgresData("16", blocking=(Blocking(7, 0, victims=3), Blocking(8, 1, waits_for=7, wait_s=6.0)))
IDLE = PostgresData("16", databases=(Database("shop", commits_per_s=9.0, cache_hit_ratio=0.5),))
SMALL = RedisData("8", memory=Memory(40 * MIB, rss_bytes=90 * MIB, fragmentation=2.2))


@pytest.mark.parametrize(
    ("finding", "data", "name", "value"),
    [
        ("docker.restart-loop", LOOP, "docker.steady_s", 20),
        ("redis.fragmented", SMALL, "redis.fragmented_from_bytes", 30 * MIB),
        ("postgres.low-cache-hit", IDLE, "postgres.busy_commits_per_s", 5),
    ],
)
def test_another_value_tells_otherwise(
    finding: str, data: DockerData | PostgresData | RedisData, name: str, value: float
) -> None:
    plain = found(finding, seen(data))
    other = found(finding, seen(data), thresholds={name: Threshold(warning=value)})
    assert bool(plain) != bool(other)
    # Only `critical` may be given as well.
    assert found(finding, seen(data), thresholds={name: Threshold(critical=value)}) == other


def test_how_many_have_to_wait_for_one() -> None:
    assert [str(one.severity) for one in found("postgres.blocked-sessions", seen(WAITS))] == ["critical"]
    patient = {"postgres.waiters": Threshold(warning=4)}
    assert [
        str(one.severity) for one in found("postgres.blocked-sessions", seen(WAITS), thresholds=patient)
    ] == ["warning"]
