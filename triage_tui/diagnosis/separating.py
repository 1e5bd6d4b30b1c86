"""Where several causes remain: how likely each is, and the check whose answer would tell most.

Bayes' rule over the table of possibilities.py. The check that is proposed is the one with the largest expected
information: the entropy of the shares now, less the mean entropy after its answer (Lindley 1956). An answer that is
unknown tells nothing, and one that is old counts no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.diagnosis.outcomes import known_outcome
from triage_tui.diagnosis.possibilities import PASSES, RARE, SPLITS, About, Cause, Split
from triage_tui.diagnosis.ties import Ties
from triage_tui.model import Deed, Evidence, Finding, Kind, Picture, Possible, ProblemKind
from triage_tui.model.outcome import Heard, Outcome

HEARD_S = 120.0
"""Seconds for which an answer counts. What a check saw two minutes ago may have been mended, or have broken, since."""

LEAST_BITS = 0.05
"""Information below which a check is not worth asking for."""

SETTLED = 0.9
"""Share from which on nothing is left to separate."""

LIKELY = 0.5
"""Share from which on the guides of a cause come before the others, once a check has spoken for it."""

Shares = dict[str, float]


class Place(Struct, frozen=True):
    """Where one check is asked: a target, and what there."""

    target: str
    argument: str


def separated(
    finding: Finding, picture: Picture, heard: Sequence[Heard], findings: Sequence[Finding], ties: Ties
) -> Finding:
    """The finding with its possible causes, ranked, with what checks said of them, and with the check that separates
    them best as its first proposal. As it is, where one cause is all that is known of.

    heard     what was asked, and counts more than what looks say
    findings  all that is found in this picture: what looks say already is not asked again
    """
    split = SPLITS.get(finding.id)
    if split is None or finding.stale:
        return finding
    places = {
        check: place
        for check, about in split.checks.items()
        if (place := _place(about, finding, picture, ties))
    }
    if not places:
        return finding
    said = {check: one for check, place in places.items() if (one := _said(check, place, picture, heard))}
    outcomes = {check: _seen(check, place, picture, findings) for check, place in places.items()}
    outcomes |= {check: one.outcome for check, one in said.items()}
    shares = after(split, prior(split, _kind(finding)), outcomes)
    ranked = sorted(split.causes, key=lambda cause: -shares[cause.id])
    open_ = {check: one for check, one in places.items() if outcomes[check] is Outcome.UNKNOWN}
    return replace(
        finding,
        causes=tuple(Possible(one.id, one.words, shares[one.id]) for one in ranked),
        checks=_checks(finding, split, shares, open_),
        evidence=(*finding.evidence, *(_evidence(one, picture) for one in said.values())),
        guides=_guides(finding, ranked[0], shares) if said else finding.guides,
    )


def prior(split: Split, kind: str) -> Shares:
    """How likely each cause is by the kind of problem alone. They add up to one."""
    weights = {
        one.id: one.weight.get(kind, RARE) if kind and _names(split, kind) else one.weight.get("", RARE)
        for one in split.causes
    }
    return _shares(weights)


def after(split: Split, shares: Shares, outcomes: Mapping[str, Outcome]) -> Shares:
    """How likely each cause is once checks have answered. Unknown answers change nothing."""
    for check, outcome in outcomes.items():
        if outcome is not Outcome.UNKNOWN:
            failed = outcome is not Outcome.PASS
            shares = _shares({one.id: shares[one.id] * _expects(one, check, failed) for one in split.causes})
    return shares


def information(split: Split, shares: Shares, check: str) -> float:
    """Bits that the answer of a check is expected to tell."""
    left = 0.0
    for failed in (True, False):
        joint = {one.id: shares[one.id] * _expects(one, check, failed) for one in split.causes}
        left += sum(joint.values()) * _entropy(_shares(joint))
    return _entropy(shares) - left


def best(split: Split, shares: Shares, checks: Iterable[str]) -> str | None:
    """The check that is expected to tell most; None where none tells enough, or nothing is left to tell."""
    if max(shares.values()) >= SETTLED:
        return None
    bits = {check: information(split, shares, check) for check in checks}
    found = max(bits, key=lambda check: bits[check], default=None)
    return found if found is not None and bits[found] >= LEAST_BITS else None


def _checks(finding: Finding, split: Split, shares: Shares, open_: Mapping[str, Place]) -> tuple[Deed, ...]:
    check = best(split, shares, open_)
    if check is None:
        return finding.checks
    place = open_[check]
    deed = Deed(check, place.target, place.argument, _why(split, shares, check))
    others = (one for one in finding.checks if (one.id, one.target) != (check, place.target))
    return (deed, *others)


def _why(split: Split, shares: Shares, check: str) -> str:
    """Which of the likely causes a failure speaks for, and which it speaks against."""
    likely = [one for one in split.causes if shares[one.id] >= LEAST_BITS]
    fails = [one.id for one in likely if one.fails.get(check, PASSES) >= LIKELY]
    passes = [one.id for one in likely if one.id not in fails]
    return f"tells {_listed(fails)} from {_listed(passes)}"


def _listed(ids: Sequence[str]) -> str:
    return " or ".join(f"“{one}”" for one in ids) or "the rest"


def _guides(finding: Finding, first: Cause, shares: Shares) -> tuple[str, ...]:
    if shares[first.id] < LIKELY:
        return finding.guides
    return tuple(dict.fromkeys((*first.guides, *finding.guides)))


def _evidence(one: Heard, picture: Picture) -> Evidence:
    return Evidence(f"{one.id}: {one.outcome}: {one.message}", age_s=max(0.0, picture.taken_at - one.at))


def _said(check: str, place: Place, picture: Picture, heard: Sequence[Heard]) -> Heard | None:
    """The latest answer that still counts. A target's own endpoint names the target itself."""
    sighting = picture.of(place.target)
    itself = ("", sighting.target.endpoint if sighting is not None else "")
    fitting = [
        one
        for one in heard
        if one.id == check
        and one.target in (place.target, "")
        and (one.argument == place.argument or one.argument in itself)
        and picture.taken_at - one.at <= HEARD_S
        and one.outcome is not Outcome.UNKNOWN
    ]
    return max(fitting, key=lambda one: one.at, default=None)


def _seen(check: str, place: Place, picture: Picture, findings: Sequence[Finding]) -> Outcome:
    """What the last look at a place says already."""
    sighting = picture.of(place.target)
    return (
        known_outcome(check, sighting, findings, place.argument) if sighting is not None else Outcome.UNKNOWN
    )


def _place(about: About, finding: Finding, picture: Picture, ties: Ties) -> Place | None:
    """None: there is nothing here that could be asked so."""
    match about:
        case About.TARGET:
            return Place(finding.target, "")
        case About.SUBJECT:
            return Place(finding.target, finding.subject) if finding.subject else None
        case About.CONTAINER:
            return next((Place(*node) for node in ties.containers_of(finding)), None)
        case About.DATABASE:
            return _only(picture, Kind.POSTGRES)
        case About.HOST:
            return _only(picture, Kind.HOST)


def _only(picture: Picture, kind: Kind) -> Place | None:
    found = [one.target.name for one in picture.sightings if one.target.kind is kind]
    return Place(found[0], "") if len(found) == 1 else None


def _kind(finding: Finding) -> str:
    """The kind of problem that a finding rests on, where its evidence begins with one."""
    first = finding.evidence[0].text.partition(":")[0] if finding.evidence else ""
    return first if first in _KINDS else ""


_KINDS = frozenset(kind.value for kind in ProblemKind)


def _names(split: Split, kind: str) -> bool:
    return any(kind in one.weight for one in split.causes)


def _expects(cause: Cause, check: str, failed: bool) -> float:
    share = cause.fails.get(check, PASSES)
    return share if failed else 1.0 - share


def _shares(weights: Mapping[str, float]) -> Shares:
    total = sum(weights.values())
    return {id: weight / total for id, weight in weights.items()}


def _entropy(shares: Mapping[str, float]) -> float:
    return -sum(share * log2(share) for share in shares.values() if share > 0)
