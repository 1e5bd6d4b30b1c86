"""`python -m benchmarks.diagnosis`: every drill of the lab, from several seeds, and what the diagnosis made of it.

Right is: the finding that is the drill's truth leads within three looks of the time in which the drill promises to be
visible, nothing of the same severity stands beside it, and the right guide is among the first two.
A full run takes hours. It can be made in slices, several faults after one another in one lab:

    python -m benchmarks.diagnosis --seeds 1-2 --drill database-down --drill worker-down --out results.jsonl
    python -m benchmarks.diagnosis --table results.jsonl more.jsonl
    python -m benchmarks.diagnosis --calm 600        a lab in which nothing is broken
    python -m benchmarks.diagnosis --cost            one pass on 500 containers, 500 sessions and 200 queues
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from benchmarks.diagnosis.cost import cost
from benchmarks.diagnosis.drilling import Result, calm, drill, opened
from triage_tui.guides.library import Library
from triage_tui.guides.places import shipped
from triage_tui.lab.drills import all_drills


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.diagnosis",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--drill", action="append", metavar="ID", help="only this one; repeatable")
    parser.add_argument("--seeds", default="1", metavar="N-M", help="from which seeds (1)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="append each result as a line of JSON")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="write down what was seen, for tests")
    parser.add_argument(
        "--table", type=Path, nargs="+", metavar="FILE", help="only print what was measured before"
    )
    parser.add_argument("--calm", type=float, metavar="S", help="watch a lab in which nothing is broken")
    parser.add_argument("--cost", action="store_true", help="what one pass costs")
    arguments = parser.parse_args()
    if arguments.cost:
        print(cost())
        return 0
    if arguments.table:
        print(table(result for path in arguments.table for result in _read(path)))
        return 0
    with tempfile.TemporaryDirectory(prefix="triage-drills-") as folder:
        return _calm(Path(folder), arguments.calm) if arguments.calm else _drills(Path(folder), arguments)


def _calm(folder: Path, seconds: float) -> int:
    with opened(folder) as (_, settings):
        judged, findings = calm(settings, seconds)
    print(f"{judged} pictures in {seconds:g} s, {len(findings)} findings {', '.join(findings)}")
    return 0


def _drills(folder: Path, arguments: argparse.Namespace) -> int:
    drills = all_drills()
    names = arguments.drill or list(drills)
    first, _, last = arguments.seeds.partition("-")
    library = Library([shipped()], None)
    results: list[Result] = []
    with opened(folder) as (lab, settings):
        for seed in range(int(first), int(last or first) + 1):
            for name in names:
                if (lacks := drills[name].lacks()) is not None:
                    print(f"{name}: left out, {lacks}", file=sys.stderr)
                    continue
                result = drill(lab, settings, library, name, seed, arguments.record)
                results.append(result)
                print(_line(result), file=sys.stderr, flush=True)
                if arguments.out is not None:
                    with arguments.out.open("ab") as file:
                        file.write(msgspec.json.encode(result) + b"\n")
    print(table(results))
    return 0


def _read(path: Path) -> list[Result]:
    return [msgspec.json.decode(line, type=Result) for line in path.read_bytes().splitlines() if line]


def _line(one: Result) -> str:
    led = f"{one.led_s:.1f} s" if one.led_s is not None else "never"
    words = [
        f"{'right' if one.right else 'WRONG'} {one.drill}:{one.seed}",
        f"led {led} of {one.within_s:g} s",
    ]
    words += [f"guide {one.guide}", "" if one.alone else "not alone"]
    words += [
        f"beside: {one.beside}" if one.beside else "",
        f"told before the fault: {one.noise}" if one.noise else "",
    ]
    return "; ".join(word for word in [*words, one.broken] if word)


def table(results: Iterable[Result]) -> str:
    """One row a drill, and a last one for all."""
    by_drill: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_drill[result.drill].append(result)
    rows = [
        "| drill | seeds | finding first | alone | guide in two | all right | median s | else |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    everything = [one for group in by_drill.values() for one in group]
    for name, group in sorted(by_drill.items()):
        beside = "; ".join(sorted({one.beside or one.broken for one in group} - {""}))[:100]
        rows.append(f"| {name} | {_counts(group)} | {beside} |")
    rows.append(f"| all | {_counts(everything)} | |")
    noisy = [one for one in everything if one.noise]
    rows.append("")
    rows.append(f"Never well before the fault: {len(noisy)} of {len(everything)} times.")
    return "\n".join(rows)


def _counts(group: list[Result]) -> str:
    led = [one.led_s for one in group if one.led_s is not None]
    median = f"{statistics.median(led):.1f}" if led else ""
    counts = (
        sum(one.first for one in group),
        sum(one.alone for one in group),
        sum(one.guide in (1, 2) for one in group),
        sum(one.right for one in group),
    )
    return f"{len(group)} | {' | '.join(map(str, counts))} | {median}"


if __name__ == "__main__":
    sys.exit(main())
