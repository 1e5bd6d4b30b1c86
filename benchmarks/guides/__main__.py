"""`python -m benchmarks.guides`: how often the right guide comes first, and how often a wrong one is claimed.

Figures are of the guides that ship. questions.tsv, lines.tsv and unrelated.txt were written apart from the entries and
hold none of their examples; each line is mutated three times, from fixed seeds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zlib import crc32

from benchmarks.guides.mutate import mutate
from benchmarks.guides.peers import Grep, PlainFts
from benchmarks.guides.speed import measure
from triage_tui.guides.files import find, text_of
from triage_tui.guides.library import Library
from triage_tui.guides.parse import parse
from triage_tui.guides.places import shipped

HERE = Path(__file__).parent
SEEDS = (1, 2, 3)
PARTS = ("all", "tuned", "held", "apart")
"""Everything that was written first; the half of it that was looked at while search and match were tuned; the half that
was not; and a later set in apart/, written from the problems before that tuning began and never looked at meanwhile."""

Finder = Callable[[str], Sequence[str]]
Cases = Sequence[tuple[str, Sequence[str]]]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guides", description=__doc__)
    parser.add_argument("--part", choices=PARTS, default="all", help="questions and lines of this part only")
    parser.add_argument(
        "--failures", action="store_true", help="print what was not found, or claimed wrongly"
    )
    parser.add_argument("--speed", type=int, metavar="N", help="measure times with N entries instead")
    arguments = parser.parse_args()
    if arguments.speed:
        with tempfile.TemporaryDirectory(prefix="triage-guides-") as folder:
            measure(arguments.speed, Path(folder))
        return 0
    library = Library([shipped()], None)
    texts = [(entry.id, text) for text in map(text_of, _paths()) if (entry := parse(text).entry) is not None]
    questions, lines = (
        list(_cases("questions.tsv", arguments.part)),
        list(_cases("lines.tsv", arguments.part)),
    )
    mutated = [(mutate(line, seed), ids) for seed in SEEDS for line, ids in lines]
    unrelated = list(_lines("unrelated.txt", arguments.part))
    ask: Finder = lambda asked: [hit.row.id for hit in library.search(asked)]  # noqa: E731
    know: Finder = lambda line: [one.row.id for one in library.match(line)]  # noqa: E731
    peers = {
        "FTS5, any word": PlainFts(texts, any_word=True).find,
        "FTS5, all words": PlainFts(texts, any_word=False).find,
        "grep": Grep(texts).find,
    }
    print(
        f"{len(library.index)} entries; {len(questions)} questions, {len(mutated)} lines, {len(unrelated)} unrelated\n"
    )
    print("| questions | R@1 | R@5 | MRR |\n| --- | --- | --- | --- |")
    for name, finder in {"triage": ask, **peers}.items():
        _row(name, finder, questions)
    print("\n| error lines | R@1 | R@5 | MRR | false accepts |\n| --- | --- | --- | --- | --- |")
    for name, finder in {"triage": know, **peers}.items():
        _row(name, finder, mutated, unrelated)
    if arguments.failures:
        _failures(ask, questions)
        _failures(know, mutated)
        for line in unrelated:
            if found := know(line):
                print(f"claimed: {found[0]}: {line}")
    return 0


def _paths() -> Iterator[Path]:
    return (Path(found.path) for found in find(shipped()))


def _lines(name: str, part: str) -> Iterator[str]:
    path = HERE / "apart" / name if part == "apart" else HERE / name
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("# ") and part in ("all", "apart", _half(line)):
            yield line


def _half(line: str) -> str:
    """The half that a line belongs to, whatever is added to the file."""
    return "tuned" if crc32(line.partition("\t")[0].encode()) % 2 else "held"


def _cases(name: str, part: str) -> Iterator[tuple[str, Sequence[str]]]:
    for line in _lines(name, part):
        asked, _, ids = line.partition("\t")
        yield asked, ids.split()


def _row(name: str, finder: Finder, cases: Cases, unrelated: Sequence[str] = ()) -> None:
    ranks = [_rank(finder(asked), ids) for asked, ids in cases]
    first = sum(rank == 1 for rank in ranks) / len(ranks)
    five = sum(1 <= rank <= 5 for rank in ranks) / len(ranks)
    mrr = statistics.mean(1 / rank if rank else 0.0 for rank in ranks)
    cells = [name, f"{first:.3f}", f"{five:.3f}", f"{mrr:.3f}"]
    if unrelated:
        cells.append(f"{sum(bool(finder(line)) for line in unrelated) / len(unrelated):.3f}")
    print(f"| {' | '.join(cells)} |")


def _rank(found: Sequence[str], ids: Sequence[str]) -> int:
    """The place of the first right one, from 1; 0 where there is none."""
    return next((place for place, id in enumerate(found, start=1) if id in ids), 0)


def _failures(finder: Finder, cases: Cases) -> None:
    for asked, ids in cases:
        found = finder(asked)
        if _rank(found, ids) != 1:
            print(f"rank {_rank(found, ids) or 'none'}: {asked}")
            print(f"    wanted {', '.join(ids)}; found {', '.join(found[:3])}")


if __name__ == "__main__":
    started = time.perf_counter()
    code = main()
    print(f"\n{time.perf_counter() - started:.0f} s", file=sys.stderr)
    sys.exit(code)
