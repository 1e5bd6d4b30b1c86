"""Failures get the kind and the advice that fit them, from the words that real servers and libraries use."""

from __future__ import annotations

import socket

import psycopg
import pytest
from psycopg import pq

from triage_tui.model import ProblemKind
from triage_tui.sources.postgres.conninfo import ConnectionInfo
from triage_tui.sources.postgres.failures import link_problem
from triage_tui.sources.postgres.link import SilenceError
from triage_tui.sources.postgres.resolver import ResolverBusyError

INFO = ConnectionInfo({"host": "db"}, "postgresql://app@db:5432/shop", "app", "shop")
TO = 'connection failed: connection to server at "10.0.0.5", port 5432 failed: '
WORDS = [
    (TO + "FATAL:  sorry, too many clients already", "refused", "Free a connection"),
    (
        TO + "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "refused",
        "Free a connection",
    ),
    (TO + 'FATAL:  too many connections for role "app"', "refused", "CONNECTION LIMIT"),
    (TO + "FATAL:  no more connections allowed (max_client_conn)", "refused", "Free a connection"),
    (TO + "FATAL:  the database system is starting up", "refused", "Wait until it has started"),
    (TO + "FATAL:  the database system is shutting down", "refused", "stopped the server"),
    (TO + "FATAL:  the database system is in recovery mode", "refused", "crashed"),
    (TO + "FATAL:  the database system is not accepting connections", "refused", "standby"),
    (TO + "server does not support SSL, but SSL was required", "tls", "offers no TLS"),
    (TO + "SSL error: certificate verify failed", "tls", "sslrootcert"),
    (
        TO + 'server certificate for "db.internal" does not match host name "10.0.0.5"',
        "tls",
        "name that is in the certificate",
    ),
    (
        'connection is bad: root certificate file "/root/.postgresql/root.crt" does not exist\nEither provide',
        "tls",
        "Correct the path",
    ),
    (TO + "SSL error: tlsv1 alert protocol version", "tls", "TLS versions"),
    (
        TO + 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "shop", no encryption',
        "permission",
        "sslmode=require",
    ),
    (
        TO + 'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "shop", SSL encryption',
        "permission",
        "pg_hba.conf",
    ),
    (TO + 'FATAL:  password authentication failed for user "app"', "auth", "Correct the password of app"),
    (TO + "fe_sendauth: no password supplied", "auth", "Give the password of app"),
    (TO + 'FATAL:  Peer authentication failed for user "app"', "auth", "operating system's user"),
    (TO + 'FATAL:  role "app" does not exist', "auth", "CREATE ROLE"),
    (TO + 'FATAL:  role "app" is not permitted to log in', "auth", "LOGIN"),
    (TO + 'FATAL:  database "shop" does not exist', "missing", "create it"),
    (TO + 'FATAL:  permission denied for database "shop"', "permission", "GRANT CONNECT"),
    (TO + "Connection refused\n\tIs the server running on that host?", "refused", "listens"),
    (TO + "No route to host", "refused", "route"),
    (
        'connection failed: connection to server on socket "/run/pg/.s.PGSQL.5432" failed: '
        "No such file or directory",
        "refused",
        "unix_socket_directories",
    ),
    (
        'connection failed: connection to server on socket "/run/pg/.s.PGSQL.5432" failed: Permission denied',
        "permission",
        "open the server's socket",
    ),
    ("connection timeout expired", "timeout", "overloaded"),
    (TO + "received invalid response to SSL negotiation: H", "protocol", "really PostgreSQL"),
    (TO + "expected authentication request from server, but received H", "protocol", "really PostgreSQL"),
    (TO + "server closed the connection unexpectedly\n\tThis probably means", "refused", "broke off"),
    (
        'connection failed: could not translate host name "db" to address: Name or service not known',
        "dns",
        "resolver",
    ),
    (TO + 'FATAL:  unrecognized configuration parameter "no_such"', "protocol", "options="),
    (TO + "session is read-only", "missing", "target_session_attrs"),
    ("words that nobody has seen before", "protocol", "really PostgreSQL"),
]


@pytest.mark.parametrize(("words", "kind", "step"), WORDS)
def test_words_of_libpq_and_of_servers(words: str, kind: str, step: str) -> None:
    problem = link_problem(psycopg.OperationalError(words), INFO)
    assert problem.kind == kind
    assert step in problem.next_step
    assert problem.message
    assert "{" not in problem.next_step
    assert "\n" not in problem.message


def test_a_host_with_several_addresses_reports_the_attempt_that_got_furthest() -> None:
    words = (
        "connection failed: all attempts failed\n"
        "Multiple connection attempts failed. All failures were:\n"
        f"- host: 'db', port: '5432', hostaddr: '10.0.0.4': {TO}Connection refused\n"
        f"\tIs the server running?\n"
        f"- host: 'db', port: '5432', hostaddr: '10.0.0.5': {TO}"
        'FATAL:  password authentication failed for user "app"\n'
        "- host: 'db', port: '5432', hostaddr: '10.0.0.6': connection timeout expired"
    )
    problem = link_problem(psycopg.OperationalError(words), INFO)
    assert problem.kind is ProblemKind.AUTH
    assert "password authentication failed" in problem.message
    assert "refused" not in problem.message


def test_failures_that_are_not_the_drivers() -> None:
    assert link_problem(SilenceError(3.0), INFO).message == f"no answer within 3 s from {INFO.endpoint}"
    assert link_problem(SilenceError(3.0), INFO).kind is ProblemKind.TIMEOUT
    assert link_problem(ResolverBusyError("the resolver has not answered"), INFO).kind is ProblemKind.DNS
    assert link_problem(socket.gaierror(-2, "Name or service not known"), INFO).kind is ProblemKind.DNS
    assert link_problem(KeyError("state"), INFO).kind is ProblemKind.PROTOCOL


class Refusal(psycopg.OperationalError):
    """What a server said about a statement: its words and its code, as they came over the wire."""

    def __init__(self, sqlstate: str, words: bytes) -> None:
        super().__init__(words.decode("utf-8", "replace"))
        self.sqlstate = sqlstate
        self._words = words

    @property
    def pgresult(self) -> Refusal:  # type: ignore[override]
        return self

    def error_field(self, field: object) -> bytes:
        assert field == pq.DiagnosticField.MESSAGE_PRIMARY
        return self._words


@pytest.mark.parametrize(
    ("sqlstate", "words", "kind", "step"),
    [
        (
            "57P01",
            "breche Verbindung ab aufgrund von Anweisung des Administrators",
            "refused",
            "stopped the server",
        ),
        ("57014", "storniere Anfrage wegen Zeitüberschreitung der Anfrage", "timeout", "overloaded"),
        ("57014", "canceling statement due to user request", "timeout", "overloaded"),
        ("42501", "keine Berechtigung für View pg_stat_statements", "permission", "GRANT pg_monitor"),
        ("42501", "permission denied for function pg_stat_get_activity", "permission", "GRANT pg_monitor"),
        ("57P01", "terminating connection due to unexpected postmaster exit", "refused", "OOM killer"),
        ("42P01", 'relation "pg_stat_nothing" does not exist', "protocol", "PostgreSQL 13"),
    ],
)
def test_a_code_tells_what_words_in_another_language_do_not(
    sqlstate: str, words: str, kind: str, step: str
) -> None:
    problem = link_problem(Refusal(sqlstate, words.encode()), INFO)
    assert problem.kind == kind
    assert step in problem.next_step
    assert words in problem.message


def test_words_in_an_encoding_that_is_not_known() -> None:
    problem = link_problem(Refusal("57P01", "connexion interrompue à la demande".encode("latin-1")), INFO)
    assert problem.kind is ProblemKind.REFUSED
    assert problem.message.startswith("connexion interrompue")


def test_words_are_made_safe() -> None:
    words = f'{TO}FATAL:  \x1b[2Jdatabase "shop" does not exist, postgresql://app:hunter2-pw@db/'
    problem = link_problem(psycopg.OperationalError(words), INFO)
    assert problem.kind is ProblemKind.MISSING
    assert "\x1b" not in problem.message
    assert "hunter2" not in problem.message
