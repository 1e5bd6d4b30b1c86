"""The statements, and which of them a server gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage_tui.sources import postgres
from triage_tui.sources.postgres.queries import query
from triage_tui.sources.postgres.statements import OUR_MARK

FILES = sorted((Path(postgres.__file__).parent / "sql").glob("*.sql"))


@pytest.mark.parametrize(
    ("version", "has_waitstart"),
    [((12,), False), ((13,), False), ((14,), True), ((18,), True), ((99,), True)],
)
def test_the_newest_text_that_the_server_understands(version: tuple[int, ...], has_waitstart: bool) -> None:
    assert ("waitstart" in query("locks", version)) == has_waitstart


@pytest.mark.parametrize(
    ("version", "column"),
    [
        ((1, 7), "total_time"),
        ((1, 8), "total_exec_time"),
        ((1, 10), "total_exec_time"),
        ((2, 0), "total_exec_time"),
    ],
)
def test_versions_of_an_extension_are_numbers_not_fractions(version: tuple[int, ...], column: str) -> None:
    assert re.search(rf"\b{column}\b", query("statements", version))


def test_an_unknown_statement_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        query("no-such-statement", (18,))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_statement_is_marked_bounded_and_reads_only(file: Path) -> None:
    text = file.read_text()
    assert OUR_MARK.decode() in text
    assert ";" not in re.sub(r"--.*", "", text)
    assert not re.search(r"\b(INSERT|UPDATE|DELETE|TRUNCATE|ALTER|CREATE|DROP|LOCK TABLE|SET)\b", text)
    by_name = re.search(r"= ANY \(%\(oids\)s|FROM unnest\(%\([op]ids\)s", text)
    one_row = "GROUP BY" in text or file.stem.split("-")[0] in {"identity", "extension", "upstream"}
    assert "LIMIT %(" in text or by_name or one_row
