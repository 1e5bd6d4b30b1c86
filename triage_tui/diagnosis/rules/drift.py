"""One secret with different values in services that have to agree on it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.text import figures

_AGREED = re.compile(
    r"HMAC|JWT|SIGN|SHARED|INTERNAL|WEBHOOK|SERVICE_TO|S2S|INTER_?SERVICE|CLUSTER|COOKIE|SESSION_KEY|ENCRYPT|FERNET"
)
"""Names of secrets that two sides have to have in common. Passwords, API keys and Django's SECRET_KEY are each one's
own, so of those only one that stands alone against several tells anything."""


class _Holder(Struct, frozen=True):
    container: str
    fingerprint: str
    age_s: float | None


def drift(scene: Scene) -> Iterator[Finding]:
    """One finding for each container whose value is not that of the others in its project."""
    data = scene.data(DockerData)
    odd: defaultdict[str, list[tuple[str, _Holder, list[_Holder]]]] = defaultdict(list)
    for (_, variable), holders in _holders(data).items():
        for holder in _odd_ones(variable, holders, scene.scope("config.drift_services")):
            odd[holder.container].append((variable, holder, [one for one in holders if one is not holder]))
    for container, found in odd.items():
        names = ", ".join(variable for variable, *_ in found)
        yield scene.finding(
            # Of two that differ nobody knows whether they were ever meant to agree.
            Severity.CRITICAL if any(_is_outvoted(*one) for one in found) else Severity.WARNING,
            container,
            f"{container} has another {names} than the rest of its project",
            [evidence for variable, holder, others in found for evidence in _told(variable, holder, others)],
            against=_may_be_meant(found),
            checks=[scene.deed("env.present", container, "which of its variables are there")],
            about=[one.container for _, _, others in found for one in others],
        )


def _is_outvoted(variable: str, holder: _Holder, others: Sequence[_Holder]) -> bool:
    return _AGREED.search(variable) is not None and len(others) > len({one.fingerprint for one in others})


def _holders(data: DockerData) -> dict[tuple[str, str], list[_Holder]]:
    """(project, variable) → who has it: of each service of a project one container, the youngest."""
    ages = {container.name: container.age_s for container in data.containers}
    found: defaultdict[tuple[str, str], dict[str, _Holder]] = defaultdict(dict)
    for environment in data.environments:
        if not environment.project or not _is_meant_to_run(data, environment.container):
            continue
        age = ages.get(environment.container)
        for variable, fingerprint in environment.fingerprints.items():
            of_service = found[environment.project, variable]
            service = environment.service or environment.container
            known = of_service.get(service)
            if known is None or (age or 0.0) < (known.age_s or 0.0):
                of_service[service] = _Holder(environment.container, fingerprint, age)
    return {key: list(services.values()) for key, services in found.items()}


def _is_meant_to_run(data: DockerData, name: str) -> bool:
    def runs(container: Container) -> bool:
        return container.name == name and container.state in ("running", "restarting", "paused")

    return any(map(runs, data.containers))


def _odd_ones(variable: str, holders: Sequence[_Holder], many: float) -> list[_Holder]:
    """Those that differ from what most have; of two that differ from each other, the one that was made last.

    many: services from which on one that differs from all others is the odd one, whatever the secret is called
    """
    counts = Counter(holder.fingerprint for holder in holders)
    if len(counts) < 2:
        return []
    (most, number), *rest = counts.most_common()
    agreed = _AGREED.search(variable) is not None
    if number > rest[0][1]:
        odd = [holder for holder in holders if holder.fingerprint != most]
        # Several that agree with nobody: each has its own, and is meant to.
        stands_alone = len(odd) == 1 and len(holders) >= many
        return odd if agreed or stands_alone else []
    if not agreed:
        return []
    return [min(holders, key=lambda holder: (holder.age_s is None, holder.age_s or 0.0, holder.container))]


def _told(variable: str, holder: _Holder, others: Sequence[_Holder]) -> Iterator[Evidence]:
    yield Evidence(f"{variable} of {holder.container} has the fingerprint {holder.fingerprint}")
    values: defaultdict[str, list[str]] = defaultdict(list)
    for one in others:
        values[one.fingerprint].append(one.container)
    for fingerprint, containers in values.items():
        yield Evidence(f"{variable} of {', '.join(sorted(containers))} has the fingerprint {fingerprint}")
    if holder.age_s is not None:
        yield Evidence(f"{holder.container} was started {figures.age(holder.age_s)} ago", age_s=0.0)


def _may_be_meant(found: Sequence[tuple[str, _Holder, list[_Holder]]]) -> list[str]:
    if any(
        len({one.fingerprint for one in (holder, *others)}) == len(others) + 1 for _, holder, others in found
    ):
        return ["no two of them agree: which one is wrong, fingerprints do not tell"]
    return []


RULES = (
    Rule(
        "config.env-drift",
        (Kind.DOCKER,),
        "Keyed fingerprints of one variable in the services of a project that have it. Values are never read out.",
        "One side signs with what the other side does not know, and every request between them is refused.",
        drift,
        limits=("config.drift_services",),
        clear_s=4.0,
    ),
)
