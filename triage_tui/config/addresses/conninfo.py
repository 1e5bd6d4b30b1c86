"""Addresses of PostgreSQL servers: URLs and keyword strings, read as libpq reads them.

libpq's own parser is not asked: it would have to be loaded before the first paint, and its messages quote what
they stumble over, which may be a piece of a password. Where the two differ, a test against libpq says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from triage_tui.config.addresses.urls import (
    BAD_PERCENT,
    ESCAPE_HINT,
    Address,
    Parts,
    UrlError,
    host_and_port,
    port_number,
    with_password,
    wrong_scheme,
)
from triage_tui.config.secret import Secret

POSTGRES_PORT = 5432

KEYWORDS = frozenset(
    {
        "application_name",
        "channel_binding",
        "client_encoding",
        "connect_timeout",
        "dbname",
        "fallback_application_name",
        "gssdelegation",
        "gssencmode",
        "gsslib",
        "host",
        "hostaddr",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "krbsrvname",
        "load_balance_hosts",
        "max_protocol_version",
        "min_protocol_version",
        "oauth_client_id",
        "oauth_client_secret",
        "oauth_issuer",
        "oauth_scope",
        "options",
        "passfile",
        "password",
        "port",
        "require_auth",
        "requirepeer",
        "scram_client_key",
        "scram_server_key",
        "service",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "sslcert",
        "sslcertmode",
        "sslcompression",
        "sslcrl",
        "sslcrldir",
        "sslkey",
        "sslkeylogfile",
        "sslmode",
        "sslnegotiation",
        "sslpassword",
        "sslrootcert",
        "sslsni",
        "target_session_attrs",
        "tcp_user_timeout",
        "user",
    }
)
"""What libpq 18 knows, without `replication`, which would turn a session into something that runs no queries."""

_SECRET_KEYWORDS = frozenset(
    {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}
)
_SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*)://(?:([^@/]*)@)?([^/?]*)(/[^?]*)?(?:\?(.*))?", re.DOTALL)
_DIALECT = re.compile(r"(postgres(?:ql)?)(?:\+[a-z0-9_]+)?", re.IGNORECASE)
_PAIR = re.compile(
    r"""\s* (?P<key>[^\s=]+) \s* = \s* (?: '(?P<quoted>(?:[^'\\]|\\.)*)' (?=\s|\Z) | (?P<bare>(?:[^\s\\]|\\.)*) )""",
    re.VERBOSE | re.DOTALL,
)


def postgres(text: str, password: str | None = None) -> Address:
    """Check a URL or a libpq keyword string. Raises UrlError, whose message holds nothing of it.

    The dialects of SQLAlchemy (`postgresql+psycopg2://`) become plain URLs, and parameters that belong to some
    other library than libpq (`?schema=public`) are left out.
    """
    if not text.strip():
        raise UrlError("is empty")
    if any(not character.isprintable() and not character.isspace() for character in text):
        raise UrlError("holds a control character")
    return _url(text, password) if "://" in text.split("=", 1)[0] else _keywords(text, password)


def without_secrets(text: str) -> str:
    """A checked URL or keyword string without its passwords."""
    if match := _URL.fullmatch(text):
        scheme, userinfo, hosts, path, query = match.groups(default="")
        user = userinfo.partition(":")[0]
        kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in _SECRET_KEYWORDS]
        return f"{scheme}://{user}{'@' if user else ''}{hosts}{path}{'?' if kept else ''}{'&'.join(kept)}"
    return " ".join(
        match.group().strip() for match in _PAIR.finditer(text) if match["key"] not in _SECRET_KEYWORDS
    )


def _url(text: str, password: str | None) -> Address:
    match = _URL.fullmatch(text)
    if match is None or any(character.isspace() for character in text):
        raise UrlError("is malformed: a URL holds no spaces and line breaks")
    scheme, userinfo, hosts, path, query = match.groups(default="")
    if _DIALECT.fullmatch(scheme) is None:
        raise UrlError(wrong_scheme(scheme.lower(), "postgres"))
    if "@" in hosts:
        raise UrlError(f"has more than one @: {ESCAPE_HINT}")
    if BAD_PERCENT.search(text):
        raise UrlError(f"has a % without two hexadecimal digits after it: {ESCAPE_HINT}")
    if match[2] is None and "@" in path:
        raise UrlError(f"is malformed: {ESCAPE_HINT}")
    places = [host_and_port(host, POSTGRES_PORT) for host in hosts.split(",")]
    kept, left_out = _parameters(query)
    parts = Parts("postgresql", match[2], hosts, path, query)
    rebuilt = (
        f"postgresql://{with_password(parts, password)}{hosts}{path}{'?' if kept else ''}{'&'.join(kept)}"
    )
    given = dict(parse_qsl("&".join(kept), keep_blank_values=True))
    secret = bool(
        password or userinfo.partition(":")[2] or _SECRET_KEYWORDS & {key for key in given if given[key]}
    )
    return Address(Secret(rebuilt), _places(given, places), secret, left_out)


def _parameters(query: str) -> tuple[list[str], int]:
    """The parameters of a URL that libpq knows, as they stood there, and how many it does not know."""
    kept = []
    pairs = query.split("&") if query else []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key == "ssl" and value in _SSL_MODES:
            # What asyncpg and SQLAlchemy call it.
            kept.append(f"sslmode={value}")
        elif equals and (key in KEYWORDS or pair == "ssl=true"):
            kept.append(pair)
    return kept, len(pairs) - len(kept)


def _keywords(text: str, password: str | None) -> Address:
    given: dict[str, str] = {}
    position = 0
    while text[position:].strip():
        match = _PAIR.match(text, position)
        if match is None or (match["quoted"] is None and match["bare"].startswith("'")):
            raise UrlError(
                "is neither a URL that starts with postgresql:// nor libpq keywords such as"
                " `host=db dbname=shop`; a value with spaces stands in single quotes"
            )
        if match["key"] not in KEYWORDS:
            raise UrlError(
                "holds a keyword that does not belong there; a value with spaces stands in single quotes"
            )
        value = match["bare"] if match["quoted"] is None else match["quoted"]
        given[match["key"]] = re.sub(r"(?s)\\(.)", r"\1", value)
        position = match.end()
    if password:
        if given.get("password"):
            raise UrlError("has a password, and so has the key `password`: keep one of them")
        escaped = password.replace("\\", "\\\\").replace("'", "\\'")
        text = f"{text} password='{escaped}'"
    secret = bool(password) or any(given.get(key) for key in _SECRET_KEYWORDS)
    return Address(Secret(text), _places(given, [("", POSTGRES_PORT)]), secret)


def _places(given: Mapping[str, str], from_hosts: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Hosts and ports, where parameters replace what stands in the URL's own place for them."""
    hosts = [host for host, _ in from_hosts]
    ports = [port for _, port in from_hosts]
    named = given.get("hostaddr") or given.get("host")
    if named:
        hosts = [unquote(host) for host in named.split(",")]
    if given.get("port"):
        ports = [port_number(port, POSTGRES_PORT) for port in given["port"].split(",")]
    if len(ports) not in (1, len(hosts)):
        if named and not given.get("port"):
            ports = ports[:1]
        else:
            raise UrlError("has another number of ports than of hosts")
    return tuple(zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=True))
