"""What a signal would do to a process, and whom it must not be sent to."""

from __future__ import annotations

import os

from triage_tui.actions import guard
from triage_tui.actions.act import Order, Preview, Reach, Refused
from triage_tui.actions.process.identity import process_identity
from triage_tui.actions.process.proc import CHILDREN_SHOWN, About, ourselves, read
from triage_tui.actions.process.signals import Sent
from triage_tui.model import Kind
from triage_tui.model.docker import DockerData
from triage_tui.sources.clock import Clock
from triage_tui.text.figures import age


def preview(order: Order, reach: Reach, pid: int, name: str, sent: Sent, clock: Clock) -> Preview:
    """Raises Refused. Blocks for as long as the process's files take to read."""
    try:
        about = read(pid, clock.wall().timestamp())
    except ProcessLookupError:
        raise Refused("gone", f"there is no process {pid} (any more)", "Look again.") from None
    identity = process_identity(pid, about.started, name=about.name, user=about.user)
    guard.same(order.pinned, identity)
    _protect(about)
    container = _container(about, reach)
    facts = [
        ("command", about.command or about.name),
        ("user", about.user or "?"),
        ("age", age(about.age_s)),
        ("state", about.status or "?"),
        ("parent", about.parent or "none"),
        ("children", str(len(about.children))),
        (f"SIG{name}", f"{sent.about}; {_handled(about, sent)}"),
    ]
    if container is not None:
        facts.append(("container", container))
    return Preview(
        order=order,
        identity=identity,
        endpoint="this machine",
        title=f"send SIG{name} to {identity.shown}",
        danger=sent.danger,
        facts=tuple(facts),
        affects=_affects(about, sent, container),
        sends=(f"{'pidfd_send_signal' if hasattr(os, 'pidfd_open') else 'kill'}({pid}, SIG{name})",),
        undo=sent.undo,
        taken_at=clock.steady(),
    )


def _protect(about: About) -> None:
    """Raises Refused for what this machine or this program cannot do without."""
    why = None
    if about.pid == 1:
        why = "process 1 holds this machine (or container) together"
    elif about.kernel:
        why = f"process {about.pid} is a thread of the kernel, which takes no signals"
    elif about.pid in ourselves():
        why = f"process {about.pid} is triage itself, or runs it"
    if why is not None:
        raise Refused("unavailable", why, "Choose another one.")


def _handled(about: About, sent: Sent) -> str:
    if about.caught is None or about.ignored is None:
        return "whether the program handles it cannot be seen"
    if sent.number in about.caught:
        return "the program handles it"
    if sent.number in about.ignored:
        return "the program ignores it"
    return f"the program does not handle it: that {sent.default}"


def _affects(about: About, sent: Sent, container: str | None) -> tuple[str, ...]:
    told = [f"child {child}" for child in about.children[:CHILDREN_SHOWN]]
    if len(about.children) > CHILDREN_SHOWN:
        told.append(f"{len(about.children) - CHILDREN_SHOWN} more children")
    ends = sent.ends or (about.caught is not None and sent.number not in about.caught)
    if about.first and container is not None and ends:
        told.insert(0, f"container {container}: it ends with this process")
    return tuple(told)


def _container(about: About, reach: Reach) -> str | None:
    """The name of its container where an engine that is watched knows it, or else its id."""
    if about.container is None:
        return None
    for sighting in reach.picture().of_kind(Kind.DOCKER):
        for one in sighting.data.containers if isinstance(sighting.data, DockerData) else ():
            if one.id and about.container.startswith(one.id):
                return one.name
    return about.container[:12]
