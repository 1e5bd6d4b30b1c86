"""What a running lab can be asked, on a socket in its folder: one JSON object a line each way."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
from msgspec import Struct

from triage_tui.lab.drill import Place

_MOST_BYTES = 1 << 20


class ControlError(Exception):
    """The lab refused, or is not there; the message is for people."""


class AskStatus(Struct, frozen=True, tag="status"):
    """How it is."""


class AskBreak(Struct, frozen=True, tag="break"):
    """Cause a fault. drill: None for one that the lab chooses; seed: None for one that nobody knows."""

    drill: str | None = None
    seed: int | None = None


class AskMend(Struct, frozen=True, tag="mend"):
    """Undo faults. drill: None for all of them."""

    drill: str | None = None


class AskDown(Struct, frozen=True, tag="down"):
    """End."""


Ask = AskStatus | AskBreak | AskMend | AskDown


class Truth(Struct, frozen=True):
    """A fault that is there now, with all that is to be found out about it. Ages in seconds."""

    drill: str
    title: str
    seed: int
    finding: str
    guide: str
    visible_within_s: float
    place: Place
    age_s: float = 0.0


class Member(Struct, frozen=True):
    """One container. health: None where it has no check."""

    name: str
    state: str
    health: str | None


class Answer(Struct, frozen=True, omit_defaults=True):
    """Of any question. error: why it was not done; then nothing else is said."""

    error: str | None = None
    config: str = ""
    endpoints: dict[str, str] = {}
    up_s: float = 0.0
    pid: int = 0
    containers: tuple[Member, ...] = ()
    troubles: tuple[str, ...] = ()
    broken: tuple[Truth, ...] = ()
    mended: tuple[str, ...] = ()


def ask(control: Path, question: Ask, timeout_s: float) -> Answer:
    """Ask a lab and wait for its answer. Raises ControlError."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(control))
            connection.sendall(msgspec.json.encode(question) + b"\n")
            line = b""
            while not line.endswith(b"\n") and len(line) < _MOST_BYTES:
                piece = connection.recv(1 << 16)
                if not piece:
                    break
                line += piece
        except TimeoutError:
            raise ControlError(f"the lab has not answered within {timeout_s:g} s") from None
        except OSError:
            raise ControlError("no lab is running here: triage lab up") from None
    try:
        answer = msgspec.json.decode(line, type=Answer)
    except msgspec.DecodeError:
        raise ControlError("the lab ended while it was asked") from None
    if answer.error is not None:
        raise ControlError(answer.error)
    return answer
