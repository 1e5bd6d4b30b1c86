"""Who is behind a session whose client is a pooler."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Scene
from triage_tui.model import Evidence, Kind
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import Session


def real_client(scene: Scene, session: Session | None) -> Iterator[Evidence]:
    """What a pooler that is watched too says about a session: the program that uses it now, and from where. Nothing
    where none knows it."""
    if session is None:
        return
    for sighting in scene.picture.of_kind(Kind.PGBOUNCER):
        if not sighting.known or not isinstance(sighting.data, PgbouncerData):
            continue
        client = sighting.data.behind(session.pid, session.client)
        if client is not None:
            program = f"{client.application} at {client.client}" if client.application else client.client
            yield Evidence(
                f"its client is the pooler {sighting.target.name}, behind which it is {program}",
                age_s=sighting.age_s,
            )
            return
