"""Words of servers, poolers and libpq, what kind of trouble they mean, and what to do about it."""

from __future__ import annotations

import re

from msgspec import Struct

from triage_tui.model import ProblemKind


class Case(Struct, frozen=True):
    """Words that match the pattern are of this kind. `{endpoint}` and `{user}` in the advice are filled in."""

    pattern: re.Pattern[str]
    kind: ProblemKind
    next_step: str


def _case(pattern: str, kind: ProblemKind, next_step: str) -> Case:
    return Case(re.compile(pattern, re.IGNORECASE), kind, next_step)


FULL = (
    "Free a connection: end idle sessions, shrink the clients' pools or put a pooler in front; for monitoring, "
    "reserved_connections (PostgreSQL 16) keeps one free."
)
PASSWORD = (
    "Correct the password of {user} in the URL, in PGPASSWORD or in ~/.pgpass (exact host and port there)."
)
RESOLVER = "Check the host name in {endpoint} and this host's resolver (/etc/resolv.conf)."
DATABASE = "Correct the database's name (psql -l lists them), or create it."

CASES = (
    # Servers and poolers that are full
    _case(
        r"too many clients already|remaining connection slots are reserved|no more connections allowed",
        ProblemKind.REFUSED,
        FULL,
    ),
    _case(
        r"too many connections for (?:role|database)",
        ProblemKind.REFUSED,
        "Raise the CONNECTION LIMIT of that role or database, or end some of its sessions.",
    ),
    _case(
        r"not allowed in statement pooling mode",
        ProblemKind.PROTOCOL,
        "Connect to the server itself: a pooler in statement mode would give our limits to others' statements.",
    ),
    # Servers that come and go
    _case(
        r"is starting up",
        ProblemKind.REFUSED,
        "Wait until it has started; its log shows how far recovery is.",
    ),
    _case(
        r"is shutting down|administrator command",
        ProblemKind.REFUSED,
        "Somebody stopped the server or ended the session: find out who, and whether it comes back.",
    ),
    _case(
        r"in recovery mode|crash of another server process",
        ProblemKind.REFUSED,
        "A server process crashed and the server recovers: its log names the statement that ran.",
    ),
    _case(
        r"unexpected postmaster exit",
        ProblemKind.REFUSED,
        "The server's main process was killed: look for the kernel's OOM killer (dmesg), and start it again.",
    ),
    _case(
        r"not yet accepting connections|not accepting connections",
        ProblemKind.REFUSED,
        "Wait for the standby to become consistent, or set hot_standby = on; its log says what it waits for.",
    ),
    # TLS
    _case(
        r"does not support SSL",
        ProblemKind.TLS,
        "{endpoint} offers no TLS: set ssl = on there, or sslmode=prefer here if the way to it is safe.",
    ),
    _case(
        r"certificate verify failed|certificate.*(?:expired|not yet valid|self.signed)|unable to get.*issuer",
        ProblemKind.TLS,
        "Have the certificate of {endpoint} renewed, or name the authority that signed it with sslrootcert=.",
    ),
    _case(
        r"certificate for .* does not match host name",
        ProblemKind.TLS,
        "Connect by a name that is in the certificate, or have one issued for this name.",
    ),
    _case(
        r"root certificate file .* does not exist|could not (?:read|load|open) .*(?:certificate|private key)"
        r"|sslrootcert",
        ProblemKind.TLS,
        "Correct the path in sslrootcert=, sslcert= or sslkey=, and the rights of that file (keys: 0600).",
    ),
    _case(
        r"SSL error|SSL connection|tlsv1|SSL SYSCALL|sslmode|SSL negotiation with direct",
        ProblemKind.TLS,
        "Check the TLS versions and certificates on both sides, and whether a proxy between them ends TLS.",
    ),
    # Who we are
    _case(
        r"no pg_hba\.conf entry.*no encryption",
        ProblemKind.PERMISSION,
        "The server takes this user only over TLS, if at all: try sslmode=require, or have pg_hba.conf changed.",
    ),
    _case(
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        ProblemKind.PERMISSION,
        "Have a line for this user, database and address added to the server's pg_hba.conf, and the server reloaded.",
    ),
    _case(
        r"valid client certificate|certificate authentication failed",
        ProblemKind.AUTH,
        "Give a client certificate for {user} with sslcert= and sslkey=.",
    ),
    _case(
        r"no password supplied|password is required|empty password",
        ProblemKind.AUTH,
        "Give the password of {user}: in the URL, in PGPASSWORD or in ~/.pgpass (mode 0600, exact host and port).",
    ),
    _case(
        r"(?:peer|ident) authentication failed",
        ProblemKind.AUTH,
        "The server compares the operating system's user with {user}: run as that user, or connect with a password.",
    ),
    _case(r"password authentication failed|SASL authentication failed", ProblemKind.AUTH, PASSWORD),
    _case(
        r"role \".*\" does not exist|no such user",
        ProblemKind.AUTH,
        "Correct the user name, or create the role: CREATE ROLE … LOGIN; GRANT pg_monitor TO ….",
    ),
    _case(
        r"not permitted to log in",
        ProblemKind.AUTH,
        "Use a role that may log in, or ALTER ROLE … LOGIN.",
    ),
    _case(
        r"authentication failed|authentication method .* (?:not supported|requirement)|require_auth",
        ProblemKind.AUTH,
        "Compare the method that pg_hba.conf asks of {user} with the credentials given here.",
    ),
    _case(
        r"permission denied for database|not currently accepting connections",
        ProblemKind.PERMISSION,
        "GRANT CONNECT ON DATABASE … TO the role, or watch another database of that server.",
    ),
    # What is there
    _case(
        r"database \".*\" does not exist|no such database",
        ProblemKind.MISSING,
        DATABASE,
    ),
    _case(
        r"session is (?:not )?read-only|server is (?:not )?in hot standby mode",
        ProblemKind.MISSING,
        "None of the hosts is what target_session_attrs asks for: find out which one is the primary now.",
    ),
    # The way there
    _case(
        r"failed to resolve host|could not translate host name",
        ProblemKind.DNS,
        RESOLVER,
    ),
    _case(
        r"failed: Permission denied",
        ProblemKind.PERMISSION,
        "Run as a user that may open the server's socket, or connect over TCP with host=.",
    ),
    _case(
        r"No such file or directory",
        ProblemKind.REFUSED,
        "No server listens on that socket: start it, or name its folder with host= (unix_socket_directories).",
    ),
    _case(
        r"Connection refused",
        ProblemKind.REFUSED,
        "Check that the server behind {endpoint} runs and listens on that address and port (listen_addresses).",
    ),
    _case(
        r"No route to host|Network is unreachable|Host is down|Network is down",
        ProblemKind.REFUSED,
        "Check the route from this host to {endpoint}.",
    ),
    _case(
        r"timeout expired|timed out|canceling statement due to statement timeout",
        ProblemKind.TIMEOUT,
        "Check from this host whether the server is overloaded, paused or cut off by a firewall.",
    ),
    _case(
        r"lock timeout",
        ProblemKind.TIMEOUT,
        "Somebody holds a lock on a system catalogue such as pg_authid: find a session in a long transaction.",
    ),
    _case(
        r"invalid response|expected authentication request|server sent an error response during SSL"
        r"|lost synchronization|unexpected (?:message|response)|message contents|message type 0x|unsupported frontend",
        ProblemKind.PROTOCOL,
        "Check that {endpoint} is really PostgreSQL, and that nothing between here and there rewrites traffic.",
    ),
    _case(
        r"unsupported startup parameter|unrecognized configuration parameter|invalid command-line argument",
        ProblemKind.PROTOCOL,
        "Take the named setting out of options= in the URL.",
    ),
    _case(
        r"closed the connection unexpectedly|Connection reset|Broken pipe|consuming input failed"
        r"|connection (?:socket )?(?:is )?(?:closed|lost)|no connection to the server"
        r"|could not (?:receive|send) data|EOF detected",
        ProblemKind.REFUSED,
        "The server, or something in between, broke off: look for a crash or a restart in the server's log.",
    ),
    _case(
        r"permission denied",
        ProblemKind.PERMISSION,
        "GRANT pg_monitor TO the role that triage connects as.",
    ),
)

SQLSTATES = {
    "42501": "permission denied",
    "53300": "too many clients already",
    "55P03": "canceling statement due to lock timeout",
    "57014": "canceling statement due to statement timeout",
    "57P01": "terminating connection due to administrator command",
    "57P02": "terminating connection because of crash of another server process",
    "57P03": "the database system is starting up",
}
"""By SQLSTATE what a server says in English, for advice where it says it in another language."""
