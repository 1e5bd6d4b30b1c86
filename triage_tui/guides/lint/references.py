"""Names in an entry that have to exist elsewhere: signals, findings, checks, actions, other entries."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.guides.lint.subject import Subject, unknown
from triage_tui.model.deeds import ACTIONS, CHECKS
from triage_tui.model.findings import FINDINGS
from triage_tui.model.signals import SIGNALS


def references(subject: Subject, ids: set[str]) -> None:
    """Note every name that leads nowhere. ids: of all entries."""
    front = subject.entry.front
    for place, name in _signals(subject):
        if name not in SIGNALS:
            subject.note(unknown("signal", name, set(SIGNALS)), *place)
    for index, finding in enumerate(front.findings):
        if finding not in FINDINGS:
            subject.note(unknown("finding", finding, FINDINGS), "findings", index)
    for index, check in enumerate(front.checks):
        if check.probe and check.probe not in CHECKS:
            hint = "; it is an action, not a check" if check.probe in ACTIONS else ""
            subject.note(unknown("probe", check.probe, CHECKS) + hint, "checks", index, "probe")
    for index, action in enumerate(front.actions):
        if action.action and action.action not in ACTIONS:
            hint = "; it is a check, not an action" if action.action in CHECKS else ""
            subject.note(unknown("action", action.action, ACTIONS) + hint, "actions", index, "action")
    for index, related in enumerate(front.related):
        if related == front.id:
            subject.note("it is related to itself", "related", index)
        elif related not in ids:
            subject.note(f"dead link: {unknown('entry', related, ids)}", "related", index)
    _repeated(subject, "related", front.related)
    _repeated(subject, "findings", front.findings)
    _causes(subject)


def _signals(subject: Subject) -> Iterator[tuple[tuple[str | int, ...], str]]:
    front = subject.entry.front
    for index, symptom in enumerate(front.symptoms):
        yield ("symptoms", index, "signal"), symptom.signal
    for index, verification in enumerate(front.verify):
        yield ("verify", index, "signal"), verification.signal


def _causes(subject: Subject) -> None:
    front = subject.entry.front
    checks = {check.id for check in front.checks}
    _repeated(subject, "checks", tuple(check.id for check in front.checks))
    _repeated(subject, "causes", tuple(cause.id for cause in front.causes))
    for index, cause in enumerate(front.causes):
        for key, names in (("supports", cause.supports), ("refutes", cause.refutes)):
            for number, name in enumerate(names):
                if name not in checks:
                    subject.note(unknown("check", name, checks), "causes", index, key, number)
        both = set(cause.supports) & set(cause.refutes)
        if both:
            subject.note(f"`{min(both)}` supports this cause and refutes it", "causes", index)


def _repeated(subject: Subject, key: str, names: tuple[str, ...]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            subject.note(f"`{name}` stands here twice", key, index)
