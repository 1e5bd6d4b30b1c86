"""A pooler that a container publishes is watched where its own user may use the console."""

from __future__ import annotations

from triage_tui.config.discovery import targets_from
from triage_tui.config.published import Published
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PgbouncerSpec


def pooler(**environment: str) -> Published:
    return Published(
        container="shop-pgbouncer-1",
        image="docker.io/edoburu/pgbouncer:v1.23",
        container_port=5432,
        host="0.0.0.0",
        host_port=16432,
        environment={name: Secret(value) for name, value in environment.items()},
    )


def test_its_user_is_in_a_list() -> None:
    listed = pooler(DB_USER="app", DB_PASSWORD="p w", STATS_USERS="ops, app")
    (spec,) = targets_from([listed], ())
    assert isinstance(spec, PgbouncerSpec)
    assert spec.url.reveal() == "postgresql://app:p%20w@127.0.0.1:16432/pgbouncer"
    assert targets_from([listed], [spec]) == ()


def test_its_user_is_in_none() -> None:
    assert targets_from([pooler(DB_USER="app", DB_PASSWORD="pw", ADMIN_USERS="postgres")], ()) == ()
    assert targets_from([pooler()], ()) == ()
