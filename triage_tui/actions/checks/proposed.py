"""Which questions to ask: about a finding, about a row of a kind of target, or as a guide has them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from triage_tui.actions.checks.answer import BY_HAND, Question
from triage_tui.actions.checks.registry import all_checks
from triage_tui.guides.entry import Check as GuideCheck
from triage_tui.guides.entry import Entry, Scalar
from triage_tui.model import Finding, Kind, Picture

_OF_ROWS: dict[Kind, tuple[tuple[str, bool], ...]] = {
    Kind.DOCKER: (
        ("docker.health", True),
        ("docker.top", True),
        ("docker.logs-tail", True),
        ("env.present", True),
    ),
    Kind.POSTGRES: (
        ("postgres.ping", False),
        ("postgres.locks", True),
        ("postgres.connections", False),
        ("postgres.slow-statements", False),
        ("migrations.status", False),
    ),
    Kind.REDIS: (
        ("redis.ping", False),
        ("queue.depths", True),
        ("queue.workers", True),
        ("redis.memory", False),
        ("redis.persistence", False),
        ("redis.slowlog", False),
    ),
    Kind.HOST: (("disk.free", False), ("process.list", False)),
    Kind.HTTP: (
        ("http.get", False),
        ("dns.resolve", False),
        ("tcp.connect", False),
        ("tls.certificate", False),
    ),
    Kind.PGBOUNCER: (("pgbouncer.pools", False), ("tcp.connect", False)),
    Kind.FILES: (("files.fresh", False),),
}
"""What is worth asking about a row; True: about its subject."""

_ARGUMENTS = ("container", "queue", "mount", "url", "path", "host", "database", "pid", "name")
"""Words of a guide's `args` that become the argument of a question, the first that is there; the rest are options."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_OF_DOCKER = ("container", "worker", "service")

MOST_TARGETS = 3
"""Targets of one kind that a guide's check is asked of, where nothing says which of them is meant."""


class Selected(Struct, frozen=True):
    """What the reader looks at: a target, and a container, a queue, a session in it. about: further names."""

    target: str = ""
    subject: str = ""
    about: tuple[str, ...] = ()


def of_finding(finding: Finding) -> list[Question]:
    """What a finding proposes, the best first; of those that propose none, what is asked of its target."""
    return [Question(one.id, one.target, one.argument, why=one.why) for one in finding.checks]


def of_row(kind: Kind, target: str, subject: str = "") -> list[Question]:
    """What is worth asking about a row. Without a subject, what is asked of the target as a whole."""
    checks = all_checks()
    return [
        Question(id, target, subject if about_subject else "")
        for id, about_subject in _OF_ROWS[kind]
        if subject or not checks[id].needs_argument
    ]


def of_guide(entry: Entry, selected: Selected, picture: Picture) -> list[Question]:
    """All checks of a guide's entry, about what is selected. A program that a guide names is not run, and its answer
    unknown: whoever reads it copies it."""
    return [question for one in entry.front.checks for question in _questions(one, selected, picture)]


def _questions(one: GuideCheck, selected: Selected, picture: Picture) -> Iterator[Question]:
    if one.probe not in all_checks():
        yield Question(BY_HAND, argument=shlex.join(one.argv) if one.argv else one.probe)
        return
    filled = {name: _filled(value, selected, picture) for name, value in one.args.items()}
    argument = next((filled[name] for name in _ARGUMENTS if filled.get(name)), "")
    used = next((name for name in _ARGUMENTS if filled.get(name)), "")
    options = {name: text for name, text in filled.items() if name != used}
    if used == "host" and options.get("port"):
        argument = f"{argument}:{options['port']}"
    kinds = all_checks()[one.probe].kinds
    if not kinds or (used in ("url", "path") and argument):
        yield Question(
            one.probe, "" if argument else selected.target, argument, options, meanings=one.outcomes
        )
        return
    for target in _targets(kinds, selected, picture):
        yield Question(one.probe, target, argument, options, meanings=one.outcomes)


def _targets(kinds: Sequence[Kind], selected: Selected, picture: Picture) -> list[str]:
    names = [one.target.name for one in picture.sightings if one.target.kind in kinds]
    if selected.target in names:
        return [selected.target]
    named = [name for name in names if name in selected.about]
    return (named or names)[:MOST_TARGETS] or [selected.target]


def _filled(value: Scalar | Sequence[Scalar], selected: Selected, picture: Picture) -> str:
    """A value with what is selected in the place of `{names}`; empty where nothing stands for one."""
    if not isinstance(value, (str, int, float)):
        return ", ".join(str(one) for one in value)
    missing = False

    def chosen(match: re.Match[str]) -> str:
        nonlocal missing
        word = _stands_for(match[1], selected, picture)
        missing = missing or not word
        return word

    text = _PLACEHOLDER.sub(chosen, str(value))
    return "" if missing else text


def _stands_for(name: str, selected: Selected, picture: Picture) -> str:
    sighting = picture.of(selected.target)
    kind = sighting.target.kind if sighting is not None else None
    if name == "target":
        return selected.target
    if name in _OF_DOCKER:
        return selected.subject if kind is Kind.DOCKER else _first_container(selected.about, picture)
    wanted: Mapping[str, Kind] = {
        "queue": Kind.REDIS,
        "pid": Kind.POSTGRES,
        "database": Kind.POSTGRES,
        "mount": Kind.HOST,
    }
    if name in wanted and kind is wanted[name]:
        return selected.subject
    return ""


def _first_container(names: Iterable[str], picture: Picture) -> str:
    containers = {
        container.name
        for one in picture.of_kind(Kind.DOCKER)
        for container in getattr(one.data, "containers", ())
    }
    return next((name for name in names if name in containers), "")
