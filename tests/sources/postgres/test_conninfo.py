"""Where a connection goes, from URLs, keyword strings, service files and the environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage_tui.config.secret import Secret
from triage_tui.sources.postgres import conninfo
from triage_tui.sources.postgres.conninfo import ConnectionInfo, MalformedError, read_conninfo, read_service


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No PG* variables, a home without files, no sockets on this machine."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(conninfo, "_SOCKET_FOLDERS", (tmp_path / "sockets",))
    return tmp_path


def info(url: str) -> ConnectionInfo:
    return read_conninfo(Secret(url))


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("postgresql://app:pw@db.internal:6543/shop", "postgresql://app@db.internal:6543/shop"),
        ("postgres://app@db/shop?sslmode=require", "postgresql://app@db:5432/shop"),
        ("host=db user=app dbname=shop password=pw", "postgresql://app@db:5432/shop"),
        ("postgresql://app@[::1]:5433/shop", "postgresql://app@[::1]:5433/shop"),
        ("postgresql://app@a:1,b:2/shop", "postgresql://app@a:1,b:2/shop"),
        ("postgresql://app@a,b/shop", "postgresql://app@a:5432,b:5432/shop"),
        ("postgresql://app@/shop?host=/run/pg", "postgresql://app@/shop?host=/run/pg"),
        ("postgresql://app@/shop?host=/run/pg&port=5433", "postgresql://app@/shop?host=/run/pg&port=5433"),
        ("postgresql://app@db", "postgresql://app@db:5432/app"),
        ("postgresql://a%40b:p%40w@db/x%2Fy", "postgresql://a%40b@db:5432/x/y"),
        ("hostaddr=10.0.0.1 user=app dbname=shop", "postgresql://app@10.0.0.1:5432/shop"),
    ],
)
def test_the_endpoint_says_where_and_as_whom_and_not_with_what(url: str, endpoint: str) -> None:
    assert info(url).endpoint == endpoint


def test_the_password_goes_to_the_server_and_nowhere_else() -> None:
    found = info("postgresql://app:p%40ss-w0rd@db/shop")
    assert found.parameters["password"] == "p@ss-w0rd"
    assert "w0rd" not in repr(found)
    assert "w0rd" not in found.endpoint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://app:hunter2@db/shop", "mysql:// is not a PostgreSQL URL"),
        ("postgresql://app:hunter2@db:543a/shop", "the port is not a number from 1 to 65535"),
        ("postgresql://app:hunter2@db:0/shop", "the port is not a number from 1 to 65535"),
        ("postgresql://app:hunter2@db:70000/shop", "the port is not a number from 1 to 65535"),
        ("postgresql://app:hunter2@db/shop?no_such=hunter2", "the connection string cannot be read"),
        ("postgresql://app:hunter2%zz@db/shop", "the connection string cannot be read"),
        ("postgresql://app:hunter2@[::1/shop", "the connection string cannot be read"),
        ("password='hunter2", "the connection string cannot be read"),
        ("hunter2", "the connection string cannot be read"),
        ("service=hunted", "no service file has a section [hunted]"),
    ],
)
def test_a_malformed_string_is_described_without_what_may_be_a_password(url: str, words: str) -> None:
    with pytest.raises(MalformedError) as refused:
        info(url)
    assert words in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.text())
@example("postgresql://\x00")
@example("postgresql://a:b@c:5432,d/e?host=")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = info(text)
    except MalformedError:
        return
    assert isinstance(found.endpoint, str)


def test_the_environment_fills_in_what_the_url_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "env-host")
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATABASE", "env-db")
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    found = info("postgresql://app@/")
    assert found.endpoint == "postgresql://app@env-host:6000/env-db"
    # libpq reads it where it needs it.
    assert "password" not in found.parameters


def test_no_url_is_what_libpq_would_connect_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db")
    monkeypatch.setenv("PGUSER", "app")
    assert read_conninfo(None).endpoint == "postgresql://app@db:5432/app"


def test_a_server_on_this_machine_is_found_by_its_socket(bare_environment: Path) -> None:
    sockets = bare_environment / "sockets"
    sockets.mkdir()
    (sockets / ".s.PGSQL.5432").touch()
    found = info("dbname=shop user=app")
    assert found.parameters["host"] == str(sockets)
    assert found.endpoint == f"postgresql://app@/shop?host={sockets}"
    assert "host" not in info("dbname=shop user=app port=5433").parameters


def test_a_service_is_looked_up_here_and_the_string_goes_over_it(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_environment / ".pg_service.conf").write_text(
        "# ours\n[other]\nhost=no\n\n[shop]\nhost=db\nport = 6000\nuser=app\ndbname=shop\n[last]\nhost=no\n"
    )
    assert info("service=shop").endpoint == "postgresql://app@db:6000/shop"
    assert info("service=shop user=me").endpoint == "postgresql://me@db:6000/shop"
    monkeypatch.setenv("PGSERVICE", "shop")
    assert read_conninfo(None).endpoint == "postgresql://app@db:6000/shop"


def test_a_section_is_read_up_to_the_next_one() -> None:
    lines = ["[a]", "host=1", "host=2", "", "#host=3", "[b]", "port=4"]
    assert read_service(lines, "a") == {"host": "1"}
    assert read_service(lines, "b") == {"port": "4"}
    assert read_service(lines, "c") is None
