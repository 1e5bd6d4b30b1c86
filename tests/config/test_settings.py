"""What a right configuration means."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.config.loading import World, world
from triage_tui.config import ConfigError
from triage_tui.config.secret import Secret
from triage_tui.config.settings import (
    DockerSpec,
    FilesSpec,
    HostSpec,
    HttpSpec,
    PgbouncerSpec,
    PostgresSpec,
    RedisSpec,
    Settings,
    kind_of,
)
from triage_tui.config.starter import render, write

__all__ = ["world"]

DESIGN = """
[environments.prod]
read_only = true
discover = true

[[environments.prod.targets]]
kind = "postgres"
name = "shop-db"
url = "${DATABASE_URL}"
depends_on = []

[thresholds]
"redis.memory_ratio" = { warning = 0.8, critical = 0.9 }

[guides]
folders = ["~/runbooks"]
"""


def test_the_example_of_the_design(world: World) -> None:
    """Every line of it."""
    world.write(DESIGN)
    loaded = world.load(environ={"DATABASE_URL": "postgresql://app:pw@db/shop"})
    assert loaded.environment == "prod"
    assert loaded.read_only
    assert loaded.discover
    database = loaded.targets[0]
    assert isinstance(database, PostgresSpec)
    assert database.url is not None
    assert database.url.reveal() == "postgresql://app:pw@db/shop"
    assert loaded.thresholds["redis.memory_ratio"].critical == 0.9
    assert loaded.guide_folders == (str(world.folder / "home" / "runbooks"),)


@pytest.mark.parametrize(
    ("name", "read_only"),
    [("prod", True), ("Prod", True), ("production", True), ("dev", False), ("test", False)],
)
def test_prod_is_read_only_unless_it_says_otherwise(world: World, name: str, read_only: bool) -> None:
    """By name, whatever its case."""
    world.write(f"[environments.{name}]\n")
    assert world.load().read_only is read_only
    world.write(f"[environments.{name}]\nread_only = false\n")
    assert world.load().read_only is False


def test_an_environment_without_targets_discovers(world: World) -> None:
    """And one with targets does not, unless it says so."""
    world.write("[environments.dev]\n")
    assert world.load().discover
    world.write('[environments.dev]\n[[environments.dev.targets]]\nkind = "host"\nname = "h"\n')
    assert not world.load().discover


def test_values_from_the_environment_and_from_files(world: World, tmp_path: Path) -> None:
    """With a default, and without the line's end of a secret file."""
    secret = tmp_path / "url"
    secret.write_text("redis://:pw@cache:6379/0\n")
    world.write(
        '[environments.dev]\n[[environments.dev.targets]]\nkind = "redis"\nname = "a"\n'
        f'url = {{ file = "{secret}" }}\n'
        '[[environments.dev.targets]]\nkind = "redis"\nname = "b"\nurl = "redis://${HOST:-cache}:6379/1"\n'
    )
    first, second = world.load().targets
    assert isinstance(first, RedisSpec)
    assert first.url.reveal() == "redis://:pw@cache:6379/0"
    assert isinstance(second, RedisSpec)
    assert second.url.reveal() == "redis://cache:6379/1"


def test_without_a_file_what_is_here_is_watched(world: World) -> None:
    """Variables, and the host always."""
    loaded = world.load(
        environ={
            "DATABASE_URL": "postgresql+psycopg2://app:pw@db:5432/shop",
            "REDIS_URL": "redis://cache:6379/0",
            "CELERY_BROKER_URL": "redis://cache:6379/1",
            "DOCKER_HOST": "tcp://engine:2375",
        }
    )
    assert loaded.environment == "local"
    assert not loaded.read_only
    kinds = [kind_of(spec).value for spec in loaded.targets]
    assert sorted(kinds) == ["docker", "host", "postgres", "redis"], "one server, one target"
    database = next(spec for spec in loaded.targets if isinstance(spec, PostgresSpec))
    assert database.url is not None
    assert database.url.reveal() == "postgresql://app:pw@db:5432/shop"
    broker = next(spec for spec in loaded.targets if isinstance(spec, RedisSpec))
    assert broker.queue_databases == (0, 1)


def test_libpq_variables_and_others(world: World) -> None:
    """PGHOST names a server; a broker of another make is worth a word."""
    loaded = world.load(environ={"PGHOST": "db", "CELERY_BROKER_URL": "amqp://rabbit"})
    assert any(isinstance(spec, PostgresSpec) and spec.url is None for spec in loaded.targets)
    assert any("CELERY_BROKER_URL" in note for note in loaded.notes)


def test_sockets_of_this_machine(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Docker's and PostgreSQL's, where they are sockets."""
    root = Path("/tmp") / tmp_path_factory.mktemp("r").name
    root.mkdir()
    try:
        (root / "var/run").mkdir(parents=True)
        (root / "tmp").mkdir()
        with socket.socket(socket.AF_UNIX) as engine, socket.socket(socket.AF_UNIX) as database:
            engine.bind(str(root / "var/run/docker.sock"))
            database.bind(str(root / "tmp/.s.PGSQL.5433"))
            world.root = root
            loaded = world.load()
        assert any(isinstance(spec, DockerSpec) for spec in loaded.targets)
        assert any(
            isinstance(spec, PostgresSpec) and spec.url and "5433" in spec.url.reveal()
            for spec in loaded.targets
        )
    finally:
        for path in sorted(root.rglob("*"), reverse=True):
            path.unlink() if not path.is_dir() else path.rmdir()
        root.rmdir()


def test_a_starter_reads_back_and_holds_no_secret(world: World) -> None:
    """What was found, with every key explained."""
    environ = {
        "DATABASE_URL": "postgresql://app:hunter2hunter2@db/shop",
        "REDIS_URL": "redis://:hunter3hunter3@cache:6379/0",
    }
    found = world.load(environ=environ)
    text = render(found)
    assert "hunter" not in text
    assert "${DATABASE_URL}" in text
    for key in ("read_only", "discover", "depends_on", "interval_s", "thresholds", "folders", "max_age_s"):
        assert key in text
    for kind in ("pgbouncer", "files"):
        assert f'# kind = "{kind}"' in text, "what is not found by itself is there to be filled in"
    write(world.file, text)
    assert world.file.stat().st_mode & 0o777 == 0o600
    again = world.load(environ=environ)
    assert {spec.name for spec in found.targets} <= {spec.name for spec in again.targets}
    with pytest.raises(ConfigError, match="already"):
        write(world.file, "x")
    assert world.file.read_text() == text


def test_every_kind_of_target(world: World) -> None:
    """With every field that its documentation names."""
    world.write(
        """
[environments.dev]
[[environments.dev.targets]]
kind = "docker"
name = "engine"
context = "staging"
logs = false
require_env = { api = ["DATABASE_URL"], worker = ["REDIS_URL", "SECRET_KEY"] }
[[environments.dev.targets]]
kind = "redis"
name = "broker"
url = "rediss://cache"
queue_databases = [0, 2]
celery_prefix = "shop:"
streams = false
[[environments.dev.targets]]
kind = "http"
name = "api"
url = "https://shop.example/health"
expect_status = [401]
expect_body = "ok"
headers = { "X-Probe" = "triage" }
depends_on = ["broker"]
interval_s = 10
[[environments.dev.targets]]
kind = "host"
name = "here"
[[environments.dev.targets]]
kind = "pgbouncer"
name = "pooler"
url = "postgresql://stats@pool:6432"
password = "hunter2"
[[environments.dev.targets]]
kind = "files"
name = "backups"
path = "dumps"
pattern = "*.dump"
max_age_s = 93600
[[environments.dev.targets]]
kind = "postgres"
name = "db"
url = "postgresql://db/shop"
migrations = { shop = "shop/versions" }
"""
    )
    engine, broker, api, host, pooler, backups, database = world.load().targets
    assert isinstance(pooler, PgbouncerSpec)
    assert pooler.url.reveal() == "postgresql://stats:hunter2@pool:6432"
    assert isinstance(backups, FilesSpec)
    assert (backups.path, backups.pattern, backups.max_age_s) == (
        str(world.folder / "dumps"),
        "*.dump",
        93600,
    ), "a path starts from the file"
    assert isinstance(database, PostgresSpec)
    assert database.migrations == {"shop": str(world.folder / "shop/versions")}
    assert isinstance(engine, DockerSpec)
    assert (engine.context, engine.logs) == ("staging", False)
    assert engine.require_env == {"api": ("DATABASE_URL",), "worker": ("REDIS_URL", "SECRET_KEY")}
    assert isinstance(broker, RedisSpec)
    assert (broker.queue_databases, broker.celery_prefix, broker.streams) == ((0, 2), "shop:", False)
    assert isinstance(api, HttpSpec)
    assert (api.expect_status, api.expect_body, api.depends_on, api.interval_s) == (
        (401,),
        "ok",
        ("broker",),
        10,
    )
    assert api.headers["X-Probe"].reveal() == "triage"
    assert isinstance(host, HostSpec)


def test_a_starter_says_everything_that_is_no_default(world: World) -> None:
    """Tables and folders read back as they were; of the pooler's password only the variable is left."""
    given = (
        DockerSpec("engine", Secret("unix:///d.sock"), logs=False, require_env={"api-1": ("A", "B")}),
        PostgresSpec("db", Secret("postgresql://db/shop"), migrations={"shop": "/srv/$x"}),
        PgbouncerSpec("pooler", Secret("postgresql://stats:hunter2@pool:6432/pgbouncer")),
        FilesSpec("backups", "/var/backups", max_age_s=60, pattern="*.dump"),
    )
    text = render(Settings("dev", read_only=False, targets=given, discover=False))
    assert "hunter2" not in text
    world.write(text)
    read = world.load(environ={"POOLER_PASSWORD": "hunter2"}).targets
    assert read == given
