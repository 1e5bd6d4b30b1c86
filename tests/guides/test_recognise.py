"""Line after line, the same entries are found that a paste would find by their signatures."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from triage_tui.guides.library import Library
from triage_tui.guides.places import shipped
from triage_tui.guides.recognise import Recogniser

LINES = (Path(__file__).parents[2] / "benchmarks" / "guides" / "lines.tsv").read_text().splitlines()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the index of the guides that ship: making it anew for each test would take longer than the tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def recognise(cache: Path) -> Recogniser:
    return Recogniser([shipped()], cache)


def test_it_agrees_with_matching(recognise: Recogniser, cache: Path) -> None:
    """On lines as programs write them."""
    library = Library([shipped()], cache)
    asked = 0
    for row in LINES[::2]:
        line = row.partition("\t")[0]
        best = next((one for one in library.match(line) if one.how == "signature"), None)
        if best is not None:
            asked += 1
            assert recognise(line) == best.row.id, line
    library.close()
    assert asked > 30


@pytest.mark.parametrize(
    "line",
    ["", "   ", "GET /health 200 3ms", "INFO ready", "x" * 5000, "connection from 10.0.0.1 accepted", "\N{SNOWMAN}"],
)  # fmt: skip
def test_what_nobody_knows(recognise: Recogniser, line: str) -> None:
    assert recognise(line) is None


def test_a_line_in_json_is_taken_out_of_it(recognise: Recogniser) -> None:
    said = 'password authentication failed for user "app"'
    plain = recognise(f"FATAL:  {said}")
    assert plain is not None
    escaped = said.replace('"', '\\"')
    assert recognise(f'{{"level":"error","msg":"FATAL:  {escaped}"}}') == plain


def test_a_guide_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "stock.md").write_text(
        "---\nid: shop/stock\ntitle: No stock\nsignatures:\n  - text: StockDepletedError\n  - regex: 'E\\d\\d'\n"
        "not: [in a test]\n---\n\n# Symptoms\n\nNothing.\n"
    )
    own = Recogniser([tmp_path], None)
    assert own("app.StockDepletedError: none left") == "shop/stock"
    assert own("code E17") == "shop/stock", "a signature without a literal is asked about every line"
    assert own("StockDepletedError in a test") is None


def test_many_threads_read_the_guides_once(cache: Path) -> None:
    """Two engines, whose logs are read by two threads."""
    recognise = Recogniser([shipped()], cache)
    found: list[str | None] = []
    line = "FATAL:  sorry, too many clients already"
    threads = [threading.Thread(target=lambda: found.append(recognise(line))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert found[0] is not None
