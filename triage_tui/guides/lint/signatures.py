"""Signatures and their examples: each has to be run, to be reached, and to lead here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.guides import signed
from triage_tui.guides.lint.subject import Subject
from triage_tui.guides.pattern import Pattern, PatternError, pattern
from triage_tui.guides.signed import Signed
from triage_tui.text import safe

MIN_WEIGHT = 3
"""Characters that a signature has to ask for; two are found in any log."""


def signatures(subject: Subject, everyone: Sequence[Signed]) -> None:
    """Note what cannot be run, asks for too little, is never reached, or leads elsewhere. everyone: of all entries."""
    front = subject.entry.front
    patterns = [_runnable(subject, index) for index in range(len(front.signatures))]
    for index, source in enumerate(front.excludes):
        try:
            pattern(source)
        except PatternError as error:
            subject.note(f"{error}", "not", index)
    if front.signatures and not front.examples.matches:
        subject.note(
            "signatures without an example: give `examples: {matches: [...], misses: [...]}`", "signatures"
        )
        return
    if front.signatures and not front.examples.misses:
        subject.note(
            "no `misses`: give a line that looks alike and belongs elsewhere", "examples", advice=True
        )
    for index, found in enumerate(patterns):
        if found is not None and not any(
            _reaches(found, subject.signed, line) for line in front.examples.matches
        ):
            subject.note("unreachable: no example leads to this signature", "signatures", index)
    for index, line in enumerate(front.examples.matches):
        _leads_here(subject, index, line, everyone)
    for index, line in enumerate(front.examples.misses):
        hit = subject.signed.best(line)
        if hit is not None:
            source = safe(hit[0].source, limit=60)
            subject.note(
                f"this example must miss, and `{source}` is found in it", "examples", "misses", index
            )


def _runnable(subject: Subject, index: int) -> Pattern | None:
    place = ("signatures", index)
    try:
        found = signed.of(subject.entry.front.signatures[index])
    except PatternError as error:
        subject.note(f"{error}", *place)
        return None
    if found.weight < MIN_WEIGHT:
        subject.note(
            f"ambiguous: it asks for so little ({found.weight} characters) that any log holds it", *place
        )
    return found


def _reaches(found: Pattern, own: Signed, line: str) -> bool:
    return found.search(line) is not None and not own.excluded(line)


def _leads_here(subject: Subject, index: int, line: str, everyone: Sequence[Signed]) -> None:
    place = ("examples", "matches", index)
    own = subject.signed.best(line)
    if own is None:
        why = "; `not` excludes it" if subject.signed.excluded(line) else ""
        subject.note(f"no signature is found in this example{why}", *place)
        return
    for other in everyone:
        hit = other.best(line) if other.id != subject.entry.id else None
        if hit is None or hit[0].weight < own[0].weight:
            continue
        how = "just as well" if hit[0].weight == own[0].weight else "better"
        subject.note(
            f"ambiguous: this example fits {other.id} {how}, by `{safe(hit[0].source, limit=60)}`", *place
        )
