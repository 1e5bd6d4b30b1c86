"""Sessions and locks in few words."""

from __future__ import annotations

from triage_tui.model import Sighting
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.text import figures
from triage_tui.ui.palette import Tone


def data_of(sighting: Sighting) -> PostgresData | None:
    """What is known of the server; None where nothing is."""
    return sighting.data if isinstance(sighting.data, PostgresData) else None


def short_state(state: str) -> str:
    """A state as a narrow column can hold it."""
    match state:
        case "idle in transaction":
            return "idle in tx"
        case "idle in transaction (aborted)":
            return "aborted tx"
        case _:
            return state


def state_tone(state: str) -> Tone:
    """How much a state wants to be looked at."""
    if state.endswith("(aborted)"):
        return "bad"
    return "warn" if state.startswith("idle in transaction") else "dim" if state == "idle" else "text"


def app_of(session: Session) -> str:
    """The name that a program gave itself; where it gave none, the user it logs in as."""
    return session.application or session.user or figures.UNKNOWN


def owner_of(session: Session) -> str:
    """User and database."""
    return f"{session.user or figures.UNKNOWN}@{session.database or figures.UNKNOWN}"


def lock_of(node: Blocking) -> str:
    """The lock that is waited for, with the table where it is known."""
    mode = (node.mode or figures.UNKNOWN).removesuffix("Lock")
    return f"{mode} {node.relation}" if node.relation else mode


def wait_of(session: Session) -> str:
    """What a session waits for, in the server's words."""
    if session.wait_event_type is None and session.wait_event is None:
        return figures.ABSENT
    return f"{session.wait_event_type or figures.UNKNOWN} {session.wait_event or ''}".rstrip()
