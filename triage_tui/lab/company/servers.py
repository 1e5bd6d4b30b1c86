"""The company's servers as containers: PostgreSQL, Redis, and the pooler before PostgreSQL."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from triage_tui.lab.company.containers import (
    MIB,
    PGBOUNCER,
    POSTGRES,
    REDIS,
    SCRIPTS,
    check_script,
    module,
    program,
)
from triage_tui.lab.company.premises import LOOPBACK, PORTS, ROLES, WATCHER, Premises
from triage_tui.lab.engine.spec import Port, Restart, ServiceSpec

_POOLERS = ("/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer")


def _as_owner(premises: Premises, argv: tuple[str, ...]) -> tuple[str, ...]:
    """With a change of user before it where a server must not run as this one."""
    owner = premises.postgres.owner
    if owner is None:
        return argv
    return (sys.executable, "-I", "-S", str(SCRIPTS / "as_user.py"), f"{owner[0]}:{owner[1]}", *argv)


def postgres(premises: Premises) -> ServiceSpec:
    """The database server."""
    port = premises.ports["postgres"]
    return ServiceSpec(
        name=POSTGRES,
        image=f"postgres:{premises.versions['postgres']}",
        argv=_as_owner(premises, premises.postgres.argv),
        env={"LC_ALL": "C", "TZ": "UTC"},
        folder=str(premises.postgres.home),
        project="platform",
        service="postgres",
        ports=(Port(PORTS["postgres"], port),),
        health=check_script("postgres_check.py", LOOPBACK, str(port), "postgres"),
        restart=Restart("unless-stopped"),
        memory_limit_bytes=512 * MIB,
        # Ends sessions and leaves, as the official image has it.
        stop_signal="SIGINT",
        stop_timeout_s=10.0,
    )


def redis(premises: Premises) -> ServiceSpec:
    """The one for sessions and jobs."""
    port = premises.ports["redis"]
    return ServiceSpec(
        name=REDIS,
        image=f"redis:{premises.versions['redis']}",
        argv=premises.redis.argv,
        env={"REDIS_PASSWORD": premises.redis.password, "LC_ALL": "C", "TZ": "UTC"},
        folder=str(premises.redis.home),
        project="platform",
        service="redis",
        ports=(Port(PORTS["redis"], port),),
        health=check_script("redis_check.py", LOOPBACK, str(port)),
        restart=Restart("unless-stopped"),
        memory_limit_bytes=128 * MIB,
    )


def pooler() -> str | None:
    """PgBouncer's program, where it is installed."""
    found = shutil.which("pgbouncer")
    return found or next((place for place in _POOLERS if Path(place).is_file()), None)


def pgbouncer(premises: Premises) -> ServiceSpec:
    """The pooler; a forwarder stands in where none is installed."""
    installed = pooler()
    port = premises.ports["pgbouncer"]
    user = ROLES["therapy_platform"]
    health = check_script("postgres_check.py", LOOPBACK, str(port), user, "therapy_platform")
    if installed is None:
        env = {"DB_HOST": LOOPBACK, "DB_PORT": str(premises.ports["postgres"])}
        return program(
            premises,
            *("therapy", "pgbouncer", "therapy/pgbouncer-standin:1"),
            module("forwarder"),
            env,
            port="pgbouncer",
            memory_mib=48,
            health=health,
        )
    return ServiceSpec(
        name=PGBOUNCER,
        image="therapy/pgbouncer:1",
        argv=_as_owner(premises, (installed, str(_pooler_configuration(premises)))),
        folder=str(premises.postgres.home),
        project="therapy",
        service="pgbouncer",
        ports=(Port(PORTS["pgbouncer"], port),),
        health=health,
        restart=Restart("unless-stopped"),
        memory_limit_bytes=48 * MIB,
        stop_signal="SIGINT",
    )


def _pooler_configuration(premises: Premises) -> Path:
    """Written anew into the folder that the pooler's user can read."""
    home = premises.postgres.home
    user = ROLES["therapy_platform"]
    users = home / "pgbouncer-users.txt"
    settings = home / "pgbouncer.ini"
    for file in (users, settings):
        file.touch(mode=0o600)
        if premises.postgres.owner is not None:
            shutil.chown(file, *premises.postgres.owner)
    users.write_text("".join(f'"{name}" "{premises.secrets[name]}"\n' for name in (user, WATCHER)))
    settings.write_text(
        "[databases]\n"
        f"therapy_platform = host={LOOPBACK} port={premises.ports['postgres']} dbname=therapy_platform\n"
        "[pgbouncer]\n"
        f"listen_addr = {LOOPBACK}\nlisten_port = {premises.ports['pgbouncer']}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\nadmin_users = {user}\nstats_users = {WATCHER}\n"
        "pool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 60\n"
        "server_connect_timeout = 3\nserver_login_retry = 1\nquery_wait_timeout = 10\n"
        "ignore_startup_parameters = extra_float_digits,options\nlog_connections = 0\nlog_disconnections = 0\n"
        "stats_period = 3600\n"
    )
    return settings
