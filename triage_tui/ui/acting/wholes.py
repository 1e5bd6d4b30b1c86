"""What is acted on as a whole, as the screen shows it: a project's containers, a server's sessions that are idle
in a transaction. Whatever comes into it later was not shown. Pure."""

from __future__ import annotations

from triage_tui.actions.act import Identity
from triage_tui.actions.docker.identity import project_identity
from triage_tui.actions.postgres.identity import idle_identity
from triage_tui.model import Sighting
from triage_tui.model.docker import DockerData
from triage_tui.model.postgres import PostgresData, Session


def is_idle(session: Session) -> bool:
    """It has a transaction open and does nothing."""
    return (session.state or "").startswith("idle in transaction")


def whole(sighting: Sighting, id: str, argument: str) -> Identity | None:
    """The identity of what the action is done to; None: nothing of it is shown."""
    match id, sighting.data:
        case "compose.restart", DockerData(containers=containers):
            them = [(one.id, one.name) for one in containers if one.project == argument and not one.one_off]
            return project_identity(argument, them) if them else None
        case "postgres.terminate-idle", PostgresData(sessions=sessions):
            idle = [(one.pid, one.backend_start) for one in sessions if is_idle(one)]
            known = [(pid, began) for pid, began in idle if began is not None]
            shown = f"those of the {len(known)} sessions on the screen that still are idle in a transaction"
            return idle_identity(shown, known) if known else None
    return None
