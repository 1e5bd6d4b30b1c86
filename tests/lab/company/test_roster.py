"""The company on paper: every service can be run, is asked about where it listens, and is watched by its own file."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from triage_tui.config.load import load_settings
from triage_tui.config.settings import (
    DockerSpec,
    FilesSpec,
    HostSpec,
    HttpSpec,
    PgbouncerSpec,
    PostgresSpec,
    RedisSpec,
)
from triage_tui.lab.company import configuration, servers
from triage_tui.lab.company.containers import POSTGRES, REDIS, one_off
from triage_tui.lab.company.premises import PORTS, ROLES, WATCHER, Premises
from triage_tui.lab.company.roster import roster
from triage_tui.lab.embedded import postgres, redis


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    """A place with nothing in it."""
    roles = ("hmac", "jwt", "webhook", "sandbox", "session", *ROLES.values(), WATCHER)
    ports = {service: 20_000 + number for number, service in enumerate(PORTS)}
    server = postgres.Prepared(
        ("/usr/bin/postgres",), tmp_path, "postgresql://postgres:p@127.0.0.1/postgres", tmp_path, None
    )
    broker = redis.Prepared(("/usr/bin/redis-server",), tmp_path, "redis://:${p}@127.0.0.1:20001/0", "${p}")
    return Premises(
        tmp_path,
        ports,
        {role: f"${{{secrets.token_hex(4)}}}" for role in roles},
        server,
        broker,
        {"postgres": "18", "redis": "8.2"},
    )


def test_every_service_can_be_run_and_belongs_to_a_project(premises: Premises) -> None:
    specs = roster(premises)
    for spec in specs:
        spec.check()
        assert spec.name == f"{spec.project}-{spec.service}-1"
        assert spec.restart.name == "unless-stopped"
    assert [spec.name for spec in specs[:2]] == [POSTGRES, REDIS]
    assert len({spec.name for spec in specs}) == len(specs) == 16
    assert len({spec.project for spec in specs}) == 5


def test_published_ports_are_the_ones_of_the_premises_and_nobody_shares_one(premises: Premises) -> None:
    published = [port.host for spec in roster(premises) for port in spec.ports]
    assert sorted(published) == sorted(premises.ports.values())


def test_what_services_need_of_each_other_is_there(premises: Premises) -> None:
    specs = roster(premises)
    services = {(spec.project, spec.service) for spec in specs}
    for spec in specs:
        assert {(spec.project, needed) for needed in spec.depends_on} <= services


def test_a_container_that_is_run_once_is_not_taken_for_one_of_the_company(premises: Premises) -> None:
    first, second = (
        one_off(premises, "revrx", "report", "revrx/backend:1", ("-c", "1"), {}) for _ in range(2)
    )
    assert first.name != second.name
    assert first.name.startswith("revrx-report-run-")
    assert first.restart.name == "no"
    assert first.all_labels["com.docker.compose.oneoff"] == "True"
    first.check()


def test_its_file_is_for_its_owner_and_is_read_back(premises: Premises, tmp_path: Path) -> None:
    path = tmp_path / "triage.toml"
    configuration.write(premises, path)
    assert path.stat().st_mode & 0o777 == 0o600
    settings = load_settings(config=path, environment=None, environ={}, cwd=tmp_path)
    kinds = {spec.name: type(spec) for spec in settings.targets}
    assert kinds == {
        configuration.ENGINE: DockerSpec,
        configuration.DATABASE: PostgresSpec,
        configuration.REDIS: RedisSpec,
        **({configuration.POOLER: PgbouncerSpec} if servers.pooler() is not None else {}),
        **dict.fromkeys(configuration.HTTP, HttpSpec),
        **dict.fromkeys(configuration.FOLDERS, FilesSpec),
        configuration.HOST: HostSpec,
    }
    for spec in settings.targets:
        assert set(spec.depends_on) <= set(kinds)
    broker = next(spec for spec in settings.targets if isinstance(spec, RedisSpec))
    assert broker.url.reveal() == premises.redis.url
    assert not any("${" in endpoint for endpoint in configuration.endpoints(premises).values())
