"""All rules asked about one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from triage_tui.config.limits import Bound
from triage_tui.diagnosis.rule import Needs, Rule, Scene, Unclear
from triage_tui.model import Finding, Picture, Severity, Sighting, State
from triage_tui.model.finding import Key


class Judgement(Struct, frozen=True):
    """What the rules say about one picture.

    found    everything that is wrong
    judged   (finding id, target): a finding of these that is not in `found` is well, unless it is unclear
    unclear  what cannot be told; subject None: all subjects of this rule at this target
    defects  mistakes of rules: what they look for is unclear, and the others go on
    """

    found: dict[Key, Finding]
    judged: frozenset[tuple[str, str]]
    unclear: frozenset[tuple[str, str, str | None]]
    defects: tuple[Exception, ...] = ()

    def well(self, key: Key) -> bool:
        """It was looked for, could be told, and is not there."""
        rule, target, subject = key
        return (
            key not in self.found
            and (rule, target) in self.judged
            and (rule, target, subject) not in self.unclear
            and (rule, target, None) not in self.unclear
        )


def judge(
    rules: Sequence[Rule],
    picture: Picture,
    bounds: Mapping[str, Bound],
    active: Mapping[Key, Severity] = MappingProxyType({}),
) -> Judgement:
    """Ask every rule about every target of its kinds of which it has what it needs."""
    found: dict[Key, Finding] = {}
    judged: set[tuple[str, str]] = set()
    unclear: set[tuple[str, str, str | None]] = set()
    defects: list[Exception] = []
    for sighting in picture.sightings:
        target = sighting.target.name
        for rule in rules:
            if sighting.target.kind not in rule.kinds or not _suffices(rule, sighting):
                continue
            judged.add((rule.id, target))
            try:
                for said in rule.judge(Scene(rule.id, picture, sighting, bounds, active)):
                    if isinstance(said, Unclear):
                        unclear.add((rule.id, target, said.subject))
                    else:
                        found[said.key] = said
            except Exception as error:
                unclear.add((rule.id, target, None))
                defects.append(error)
    return Judgement(found, frozenset(judged), frozenset(unclear), tuple(defects))


def _suffices(rule: Rule, sighting: Sighting) -> bool:
    if rule.needs is Needs.FRESH:
        return sighting.known
    return sighting.state is not State.CONNECTING or sighting.problem is not None
