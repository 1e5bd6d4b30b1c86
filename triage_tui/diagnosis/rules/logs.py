"""What container logs show: errors that a guide knows, and what should not stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.docker import DockerData
from triage_tui.model.logs import LogHit, SensitiveHit
from triage_tui.text import figures

_MOST_SHOWN = 3


def signature(scene: Scene) -> Iterator[Finding | Unclear]:
    """One finding for each container whose log holds such lines now: the guide with the latest line first."""
    data = scene.data(DockerData)
    if data.logs is None:
        yield Unclear()
        return
    recent_s = scene.limit("logs.recent_s", Severity.WARNING) or 0.0
    by_container: defaultdict[str, list[LogHit]] = defaultdict(list)
    for hit in data.logs.hits:
        if hit.last_age_s is not None and hit.last_age_s <= recent_s:
            by_container[hit.container].append(hit)
    for container, hits in by_container.items():
        hits.sort(key=lambda hit: (-hit.count, hit.last_age_s))
        again = len(hits) > 1 or any(_repeats(hit, recent_s) for hit in hits)
        yield scene.finding(
            # A line that came once may be the end of something.
            Severity.WARNING if again or _has_ended(data, container) else Severity.INFO,
            container,
            f"{container} logs an error that a guide knows",
            [evidence for hit in hits[:_MOST_SHOWN] for evidence in _lines(hit)],
            against=_incomplete(data, container),
            began_s=max((hit.first_age_s for hit in hits if hit.first_age_s is not None), default=None),
            checks=[scene.deed("docker.logs-tail", container, "whether it goes on")],
            quotes=[hit.line for hit in hits],
            guides=[hit.entry for hit in hits],
        )


def _lines(hit: LogHit) -> Iterator[Evidence]:
    times = f"{figures.count(hit.count)} times" if hit.count > 1 else "once"
    yield Evidence(f"{times}, the last {figures.age(hit.last_age_s)} ago: {hit.line}", age_s=hit.last_age_s)


def _repeats(hit: LogHit, recent_s: float) -> bool:
    """Two lines and more within the time that counts as now, as far as their number and their age tell."""
    over_s = max(hit.first_age_s or 0.0, recent_s)
    return hit.count > 1 and hit.count * recent_s / over_s >= 2


def _has_ended(data: DockerData, container: str) -> bool:
    return any(one.name == container and one.state == "exited" for one in data.containers)


def sensitive_data(scene: Scene) -> Iterator[Finding | Unclear]:
    """One finding for each container that has written such lines lately, by kind and with masked samples."""
    data = scene.data(DockerData)
    if data.logs is None:
        yield Unclear()
        return
    recent_s = scene.limit("logs.sensitive_recent_s", Severity.WARNING) or 0.0
    by_container: defaultdict[str, list[SensitiveHit]] = defaultdict(list)
    for hit in data.logs.sensitive:
        if hit.last_age_s is not None and hit.last_age_s <= recent_s:
            by_container[hit.container].append(hit)
    for container, hits in by_container.items():
        kinds = list(dict.fromkeys(hit.kind for hit in hits))
        times = sum(hit.count for hit in hits)
        severity = scene.severity("logs.sensitive_lines", times, container) or Severity.INFO
        yield scene.finding(
            severity,
            container,
            f"{container} writes {_listed(kinds)} to its log",
            [_altogether(scene, severity, times, hits), *map(_such_as, hits)],
            against=_incomplete(data, container),
            began_s=max((hit.first_age_s for hit in hits if hit.first_age_s is not None), default=None),
            checks=[scene.deed("docker.logs-tail", container, "which part of the program writes it")],
        )


def _altogether(scene: Scene, severity: Severity, times: int, hits: Sequence[SensitiveHit]) -> Evidence:
    """All of them together: this is what is compared."""
    return Evidence(
        f"{figures.count(times)} {'line' if times == 1 else 'lines'}",
        "logs.sensitive_lines",
        float(times),
        scene.limit("logs.sensitive_lines", severity) if severity is not Severity.INFO else None,
        min((hit.last_age_s for hit in hits if hit.last_age_s is not None), default=None),
    )


def _such_as(hit: SensitiveHit) -> Evidence:
    when = f"{figures.count(hit.count)} times, the last {figures.age(hit.last_age_s)} ago"
    return Evidence(f"{hit.kind}: {when}, such as {hit.sample}", age_s=hit.last_age_s)


def _listed(kinds: Sequence[str]) -> str:
    plural = [f"{kind}es" if kind.endswith("s") else f"{kind}s" for kind in kinds]
    return plural[0] if len(plural) == 1 else f"{', '.join(plural[:-1])} and {plural[-1]}"


def _incomplete(data: DockerData, container: str) -> list[str]:
    dropped = data.logs.dropped_by.get(container) if data.logs is not None else None
    if not dropped:
        return []
    return [f"{figures.count(dropped)} of its lines came too fast to be looked at: there may be more"]


RULES = (
    Rule(
        "logs.signature",
        (Kind.DOCKER,),
        "Lines of containers' logs in which the signature of a guide is found, as far as they were looked at.",
        "Somebody has met this error before and written down what helps.",
        signature,
        limits=("logs.recent_s",),
        clear_s=4.0,
    ),
    Rule(
        "logs.sensitive-data",
        (Kind.DOCKER,),
        "Lines of containers' logs that hold addresses, numbers of phones, cards and accounts, tokens or passwords.",
        "Logs are kept for long and read by many; what stands there has left the house.",
        sensitive_data,
        limits=("logs.sensitive_lines", "logs.sensitive_recent_s"),
        clear_s=4.0,
    ),
)
