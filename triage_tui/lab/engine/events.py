"""What happened: the latest events, and those who listen for more."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from triage_tui.lab.engine.feed import Feed

REMEMBERED = 256
"""Events that can be asked for later; Docker remembers as many."""

BEHIND = 4096
"""Events that a listener may be behind; beyond that it misses the oldest."""

Event = dict[str, Any]


class Events:
    """All of one engine's events."""

    def __init__(self) -> None:
        self._past: deque[Event] = deque(maxlen=REMEMBERED)
        self._listeners: set[Feed[Event]] = set()
        self._last_ns = 0

    def container(self, id: str, image: str, action: str, attributes: Mapping[str, str]) -> None:
        """Something happened to a container. attributes: its labels, image and name, and what the action adds."""
        self._tell(
            {
                "status": action,
                "id": id,
                "from": image,
                "Type": "container",
                "Action": action,
                "Actor": {"ID": id, "Attributes": dict(sorted(attributes.items()))},
            }
        )

    def network(self, id: str, action: str, attributes: Mapping[str, str]) -> None:
        """Something happened to a network."""
        self._tell(
            {
                "Type": "network",
                "Action": action,
                "Actor": {"ID": id, "Attributes": dict(sorted(attributes.items()))},
            }
        )

    def past(self, since_ns: int, until_ns: int) -> list[Event]:
        """What is remembered of that time, the oldest first."""
        return [event for event in self._past if since_ns <= event["timeNano"] <= until_ns]

    def listen(self, wanted: Callable[[Event], bool]) -> Feed[Event]:
        """Events from now on, without end."""
        return Feed(self._listeners, BEHIND, wanted)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def _tell(self, event: Event) -> None:
        # Two events never have the same time, so that who asks again `since` the last one misses none.
        self._last_ns = now = max(time.time_ns(), self._last_ns + 1)
        event |= {"scope": "local", "time": now // 10**9, "timeNano": now}
        self._past.append(event)
        for listener in self._listeners:
            listener.add(event)
