"""`triage snapshot` on servers that are sick in every way: it ends, and says of each what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cli.running import environment, triage, write_config
from tests.engines.together.conftest import Sick

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


def target(kind: str, name: str, url: str) -> str:
    """One table of triage.toml."""
    return f'[[environments.test.targets]]\nkind = "{kind}"\nname = "{name}"\nurl = "{url}"\n'


def snapshot(folder: Path, *targets: str) -> dict[str, Any]:
    """The targets of a snapshot by name."""
    config = write_config(folder, "[environments.test]\ndiscover = false\n" + "".join(targets))
    done = triage("snapshot", "--json", "--config", str(config), cwd=folder, env=environment(folder))
    assert done.returncode in (0, 3), done.stderr
    shown = json.loads(done.stdout)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)", shown["taken_at"])
    assert "s3cr3t" not in done.stdout + done.stderr
    return {one["name"]: one for one in shown["targets"]}


def test_the_shape(tmp_path: Path, database: Sick, broker: Sick, endpoint: Sick) -> None:
    """The keys that scripts rely on."""
    with psycopg.connect(database.plain) as somebody:
        somebody.execute("SELECT 1")
        seen = snapshot(
            tmp_path,
            target("postgres", "db", database.url),
            target("redis", "broker", broker.url),
            target("http", "api", endpoint.url),
            '[[environments.test.targets]]\nkind = "host"\nname = "host"\n',
        )
    for one in seen.values():
        assert {"name", "kind", "state", "age_s", "problem", "data"} <= set(one)
        assert one["state"] == "live", one
        assert one["problem"] is None
    assert {
        "version", "max_connections", "reserved_connections", "connections", "sessions", "blocking", "databases",
        "replication", "statements",
    } <= set(seen["db"]["data"])  # fmt: skip
    assert {
        "pid", "backend_start", "user", "database", "application", "client", "state", "wait_event_type", "wait_event",
        "transaction_age_s", "query_age_s", "state_age_s", "blocked_by", "query",
    } <= set(seen["db"]["data"]["sessions"][0])  # fmt: skip
    data = seen["broker"]["data"]
    assert {
        "version", "role", "memory", "clients", "ops_per_s", "hit_ratio", "evicted", "rejected", "persistence",
        "replication", "slowlog", "queues",
    } <= set(data)  # fmt: skip
    assert {"used_bytes", "peak_bytes", "rss_bytes", "max_bytes", "fragmentation", "policy"} <= set(
        data["memory"]
    )
    assert {"connected", "blocked", "max"} <= set(data["clients"])
    assert {"status", "latency_s", "tls_expires_at", "body_ok"} <= set(seen["api"]["data"])
    assert {"cpu_percent", "load", "memory", "disks", "network", "processes"} <= set(seen["host"]["data"])


def test_it_ends_however_sick_the_servers_are(
    tmp_path: Path, database: Sick, broker: Sick, endpoint: Sick
) -> None:
    """All of them take the connection and never answer."""
    for sick in (database, broker, endpoint):
        sick.proxy.blackhole()
    seen = snapshot(
        tmp_path,
        target("postgres", "db", database.url),
        target("redis", "broker", broker.url),
        target("http", "api", endpoint.url),
        target("docker", "docker", f"tcp://127.0.0.1:{endpoint.proxy.port}"),
        '[[environments.test.targets]]\nkind = "host"\nname = "host"\n',
    )
    assert seen["host"]["state"] == "live"
    for name in ("db", "broker", "api", "docker"):
        one = seen[name]
        assert one["state"] in ("down", "stale", "connecting"), one
        assert one["data"] is None
        assert one["problem"] is not None, one
        assert one["problem"]["kind"] == "timeout", one
        assert one["problem"]["next_step"]


def test_six_causes_have_six_messages(tmp_path: Path, database: Sick, broker: Sick, endpoint: Sick) -> None:
    """Resolver, refusal, TLS, authentication, permission, silence; each with a next step, none with a secret."""
    plain = database.plain.rpartition("@")[2]
    endpoint.proxy.blackhole()
    broker.proxy.refuse()
    seen = snapshot(
        tmp_path,
        target("redis", "dns", "redis://:s3cr3t@no-such-host.invalid:6379/0"),
        target("redis", "refused", f"redis://:s3cr3t@127.0.0.1:{broker.proxy.port}/0"),
        target("postgres", "tls", f"postgresql://x:s3cr3t@{plain}?sslmode=require"),
        target("postgres", "auth", f"postgresql://nobody:s3cr3t@{plain}"),
        target("http", "timeout", endpoint.url),
        target("postgres", "missing", database.plain.rpartition("/")[0] + "/no_such_database"),
    )
    for kind in ("dns", "refused", "tls", "auth", "timeout", "missing"):
        assert seen[kind]["problem"]["kind"] == kind, seen[kind]
        assert seen[kind]["problem"]["next_step"]
    messages = {one["problem"]["message"] for one in seen.values()}
    assert len(messages) == len(seen)
    assert seen["auth"]["state"] == "denied"
