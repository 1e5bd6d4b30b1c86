"""What the engine says by itself: the stream of events about containers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, field

from triage_tui.model.docker import ContainerEvent
from triage_tui.sources.docker.client import AnswerError, Client
from triage_tui.text import safe

MOST_EVENTS = 100
"""Events kept, the newest; see model.docker.DockerData."""

MOST_CHANGED = 5_000
"""Container ids noted as changed between two looks; beyond that everything counts as changed."""

LOOK_BACK_S = 900
"""On the first look, events of this long ago are asked for as well: what happened just before one came to look.
Docker remembers its last 256."""

MOST_OOM = 1_000
"""Containers of which the latest kill for memory is remembered."""

LONGEST_LINE = 256 << 10

_ACTIONS = frozenset(
    {
        "create", "start", "restart", "die", "died", "stop", "kill", "oom", "pause", "unpause", "rename", "update",
        "destroy", "remove", "health_status",
    }
)  # fmt: skip
"""Events that change what a look shows. Health checks make three `exec_…` events each time; those are left out."""


class _Actor(Struct):
    id: str = field(name="ID", default="")
    attributes: dict[str, str] | None = field(name="Attributes", default=None)


class _Raw(Struct):
    """One line of the stream. `status`, `id` and `from` are gone since API 1.52 and not used."""

    kind: str = field(name="Type", default="")
    action: str = field(name="Action", default="")
    actor: _Actor = field(name="Actor", default_factory=_Actor)
    time: int = 0
    nanoseconds: int = field(name="timeNano", default=0)
    health: str = field(name="HealthStatus", default="")


_decode = msgspec.json.Decoder(_Raw).decode


def filters_for(engine: str | None) -> dict[str, Any]:
    """What the server is asked to send. Podman calls some events otherwise, so there the choice is made here."""
    if engine == "Podman":
        return {"type": "container"}
    return {"type": "container", "event": sorted(_ACTIONS - {"died", "remove"})}


def lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines of a stream in pieces. One that is longer than LONGEST_LINE raises AnswerError."""
    rest = b""
    for piece in pieces:
        rest += piece
        *whole, rest = rest.split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(rest) > LONGEST_LINE:
            raise AnswerError(f"a line of the event stream has more than {LONGEST_LINE} bytes")


class EventLog:
    """The newest events, and which containers changed since one last asked. Written by a subscription's thread,
    read by the loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[ContainerEvent] = deque(maxlen=MOST_EVENTS)
        self._changed: set[str] = set()
        self._all_changed = False
        self._seen_to = 0
        self._seen_then: set[tuple[str, str]] = set()
        self._oom_at: dict[str, int] = {}

    @property
    def since(self) -> str | None:
        """The newest event's time as the engine wants it in `since`; None before the first."""
        with self._lock:
            return f"{self._seen_to // 10**9}.{self._seen_to % 10**9:09d}" if self._seen_to else None

    def add(self, line: bytes) -> None:
        """Note one line of the stream; what was seen before is skipped. Raises msgspec.MsgspecError for nonsense."""
        raw = _decode(line)
        action, _, detail = raw.action.partition(":")
        if raw.kind != "container" or action not in _ACTIONS or not raw.actor.id:
            return
        detail = detail.strip() or raw.health
        action = {"died": "die", "remove": "destroy"}.get(action, action)
        word = f"{action}: {detail}" if detail else action
        at = raw.nanoseconds or raw.time * 10**9
        with self._lock:
            if at < self._seen_to or (at == self._seen_to and (raw.actor.id, word) in self._seen_then):
                return
            if at > self._seen_to:
                self._seen_to, self._seen_then = at, set()
            self._seen_then.add((raw.actor.id, word))
            if len(self._changed) < MOST_CHANGED:
                self._changed.add(raw.actor.id)
            else:
                self._all_changed = True
            if action == "oom":
                self._note_oom(raw.actor.id, at)
            event = _event(raw, word, at)
            if not self._repeats_health(event):
                self._events.append(event)

    def events(self) -> tuple[ContainerEvent, ...]:
        """The newest MOST_EVENTS, the newest last."""
        with self._lock:
            return tuple(self._events)

    def oom_at(self, id: str) -> datetime | None:
        """When a process of this container was last killed for memory; None where that was not heard of."""
        with self._lock:
            at = self._oom_at.get(id)
        return datetime.fromtimestamp(at / 1e9, UTC) if at is not None else None

    def take_changed(self) -> tuple[set[str], bool]:
        """Ids that events were about since the last call, and whether there were too many to remember."""
        with self._lock:
            changed, everything = self._changed, self._all_changed
            self._changed, self._all_changed = set(), False
            return changed, everything

    def _note_oom(self, id: str, at: int) -> None:
        self._oom_at.pop(id, None)
        if len(self._oom_at) >= MOST_OOM:
            del self._oom_at[next(iter(self._oom_at))]
        self._oom_at[id] = at

    def _repeats_health(self, event: ContainerEvent) -> bool:
        # Older Podman reports the health after each check, changed or not.
        if not event.action.startswith("health_status"):
            return False
        for earlier in reversed(self._events):
            if earlier.container_id == event.container_id:
                return earlier.action == event.action
        return False


class Subscription:
    """One connection on which the engine sends events, and the thread that waits for them.

    It is never repaired: when it has ended, make another one with the log's `since`.
    """

    def __init__(
        self, log: EventLog, connect: Callable[[], Client], since: str, filters: dict[str, Any]
    ) -> None:
        self._log = log
        self._since = since
        self._filters = filters
        self._connect = connect
        self._client: Client | None = None
        self._stopped = False
        self.agreed = False
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._listen, name="docker-events", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """It still listens."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End it; its thread comes back within milliseconds."""
        self._stopped = True
        if self._client is not None:
            self._client.abort()

    def _listen(self) -> None:
        try:
            self._client = client = self._connect()
            if self._stopped:
                return
            pieces = client.stream_events(self._since, self._filters)
            self.agreed = True
            for line in lines(pieces):
                self._log.add(line)
        except BaseException as error:
            self.error = error if not self._stopped else None
        finally:
            if self._client is not None:
                self._client.close()


def _event(raw: _Raw, word: str, at: int) -> ContainerEvent:
    attributes = raw.actor.attributes or {}
    code = attributes.get("exitCode", "")
    return ContainerEvent(
        at=datetime.fromtimestamp(at / 1e9, UTC).isoformat(timespec="milliseconds"),
        action=safe(word, limit=80),
        container_id=safe(raw.actor.id, limit=64),
        name=safe(attributes.get("name", ""), limit=128),
        exit_code=int(code) if code.isdigit() and len(code) < 10 else None,
    )
