"""Addresses of Docker engines, Redis servers and HTTP endpoints: checked, and put into the form that drivers take.

No message here holds any part of a URL. What looks like a port or a host may be the rest of a password with an
unescaped slash in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, quote, unquote, urlencode

from msgspec import Struct

from triage_tui.config.secret import Secret
from triage_tui.text import redact

ESCAPE_HINT = "/ ? # @ and % in a password are written %2F %3F %23 %40 %25, or use the key `password`"

REDIS_PORT = 6379
MAX_PORT = 65_535

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")
_SCHEMES = {
    "http": ("http", "https"),
    "docker": ("unix", "tcp", "ssh", "http", "https"),
    "redis": ("redis", "rediss", "unix", "valkey", "valkeys", "redis+socket", "redis+tls"),
    "postgres": ("postgresql", "postgres"),
}
_REDIS_SCHEMES = {
    "valkey": "redis",
    "valkeys": "rediss",
    "redis+socket": "unix",
    "redis+tls": "rediss",
}
_REDIS_PARAMETERS = frozenset(
    {
        "db",
        "protocol",
        "ssl_cert_reqs",
        "ssl_ca_certs",
        "ssl_ca_path",
        "ssl_certfile",
        "ssl_keyfile",
        "ssl_check_hostname",
    }
)
"""Parameters that name where and how to connect. Timeouts and retries are triage's own business."""

_CERTIFICATE_WORDS = {"cert_none": "none", "cert_optional": "optional", "cert_required": "required"}


class UrlError(ValueError):
    """A URL that cannot be used. The message holds nothing of it."""


class Address(Struct, frozen=True):
    """A URL that was checked.

    url       as the driver takes it
    places    the servers that it names: host (or path of a socket) and port (0 for the path of one socket)
    secret    the url holds a password
    left_out  number of parameters that the driver would not have understood
    """

    url: Secret
    places: tuple[tuple[str, int], ...] = ()
    secret: bool = False
    left_out: int = 0


class Parts(Struct, frozen=True):
    """A URL taken apart, nothing decoded. userinfo: None without an @."""

    scheme: str
    userinfo: str | None
    hosts: str
    path: str
    query: str


def split(url: str, kind: str) -> Parts:
    """Take a URL of a kind apart. Raises UrlError for a wrong scheme and for characters that no URL holds."""
    if not url:
        raise UrlError("is empty")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise UrlError("holds a space, a line break or a control character")
    match = _URL.fullmatch(url)
    if match is None:
        raise UrlError(f'is no URL; one of kind "{kind}" starts with {scheme_words(kind)}')
    scheme, rest = match[1].lower(), match[2]
    if scheme not in _SCHEMES[kind]:
        raise UrlError(wrong_scheme(scheme, kind))
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    userinfo, at, hosts = authority.rpartition("@")
    path, _, query = rest[len(authority) :].partition("#")[0].partition("?")
    if BAD_PERCENT.search(rest):
        raise UrlError(f"has a % without two hexadecimal digits after it: {ESCAPE_HINT}")
    return Parts(scheme, userinfo if at else None, hosts, path, query)


def scheme_words(kind: str) -> str:
    """`redis://, rediss:// or unix://`: what a URL of this kind starts with, the common ones."""
    first = [f"{scheme}://" for scheme in _SCHEMES[kind]][:3]
    return f"{', '.join(first[:-1])} or {first[-1]}"


def wrong_scheme(scheme: str, kind: str) -> str:
    """What to say about a scheme that is not of this kind."""
    for other, schemes in _SCHEMES.items():
        if scheme.partition("+")[0] in schemes and other != kind:
            return (
                f'is of kind "{other}", not "{kind}": a URL of kind "{kind}" starts with {scheme_words(kind)}'
            )
    return f'has a scheme that kind "{kind}" does not know: it starts with {scheme_words(kind)}'


def host_and_port(text: str, default: int) -> tuple[str, int]:
    """`host`, `host:port`, `[::1]:port`. Raises UrlError; an empty host is returned as such."""
    bracketed, closing, after = text.partition("]")
    if text.startswith("["):
        if not closing or (after and not after.startswith(":")):
            raise UrlError("has an IPv6 address without its brackets")
        host, port = bracketed[1:], after[1:]
    else:
        host, _, port = text.partition(":")
        if ":" in port and re.fullmatch(r"[0-9A-Fa-f:.]+", text):
            raise UrlError("has an IPv6 address without its brackets")
    return unquote(host), port_number(port, default)


def port_number(text: str, default: int) -> int:
    """A port. Raises UrlError."""
    if not text:
        return default
    if text.isascii() and text.isdecimal():
        if len(text) > 5 or not 0 < int(text) <= MAX_PORT:
            raise UrlError(f"has a port that is not between 1 and {MAX_PORT}")
        return int(text)
    # Most likely the rest of a password, so nothing of it is repeated.
    raise UrlError(f"has a port that is no number. If a password stands there: {ESCAPE_HINT}")


def with_password(parts: Parts, password: str | None) -> str:
    """`user:password@` with the password escaped. Raises UrlError where there is one already."""
    if not password:
        return "" if parts.userinfo is None else f"{parts.userinfo}@"
    user, colon, _ = (parts.userinfo or "").partition(":")
    if colon:
        raise UrlError("has a password, and so has the key `password`: keep one of them")
    return f"{user}:{quote(password, safe='')}@"


def redis(url: str, password: str | None = None) -> Address:
    """Check the URL of a Redis server. Raises UrlError."""
    if url.lower().startswith(("sentinel://", "redis+sentinel://", "rediss+sentinel://")):
        raise UrlError(
            "names a Sentinel, which is not supported by this version yet: give the server's own URL"
        )
    parts = split(url, "redis")
    scheme = _REDIS_SCHEMES.get(parts.scheme, parts.scheme)
    kept, left_out = _kept(parts.query, _REDIS_PARAMETERS)
    for name, value in kept:
        if name == "db" and not value.isdecimal():
            raise UrlError("has a database that is no number")
    words = [(name, _CERTIFICATE_WORDS.get(value.lower(), value)) for name, value in kept]
    query = f"?{urlencode(words)}" if words else ""
    userinfo = with_password(parts, password)
    secret = bool(userinfo.partition(":")[2].rstrip("@"))
    if scheme == "unix":
        path = unquote(parts.path)
        if not path.strip("/") or parts.hosts:
            raise UrlError("names no socket: write unix:///path/to/redis.sock")
        rebuilt = f"unix://{userinfo}{parts.path}{query}"
        return Address(Secret(rebuilt), ((path, 0),), secret, left_out)
    host, port = host_and_port(parts.hosts, REDIS_PORT)
    database = parts.path.strip("/")
    if database and not (database.isascii() and database.isdecimal()):
        raise UrlError("has a database that is no number: redis://host:6379/0")
    # redis-py takes a URL without a host for localhost, as everybody who writes redis:///1 expects.
    rebuilt = f"{scheme}://{userinfo}{parts.hosts}{parts.path}{query}"
    return Address(Secret(rebuilt), ((host, port),), secret, left_out)


def database_of(url: str) -> int:
    """Number of the database in a checked Redis URL."""
    parts = split(url, "redis")
    for name, value in parse_qsl(parts.query):
        if name == "db":
            return int(value)
    database = "" if parts.scheme == "unix" else parts.path.strip("/")
    return int(database) if database else 0


def docker(url: str) -> Address:
    """Check the address of a Docker engine. Raises UrlError."""
    if url.startswith("/"):
        raise UrlError("is a path: write unix:// before it")
    if url.lower().startswith("npipe:"):
        raise UrlError("names a Windows pipe, which cannot be opened here")
    parts = split(url, "docker")
    if parts.scheme == "unix":
        path = unquote(parts.path)
        if parts.hosts or not path.strip("/"):
            raise UrlError("names no socket: write unix:///path/to/docker.sock, with three slashes")
        return Address(Secret(url), ((path, 0),))
    defaults = {"ssh": 22, "https": 2376, "http": 2375, "tcp": 2375}
    place = _with_host(parts, defaults[parts.scheme])
    return Address(Secret(url), (place,), secret=":" in (parts.userinfo or ""))


def http(url: str) -> Address:
    """Check the URL of an HTTP endpoint. Raises UrlError."""
    parts = split(url, "http")
    place = _with_host(parts, 443 if parts.scheme == "https" else 80)
    return Address(Secret(url), (place,), secret=":" in (parts.userinfo or ""))


def without_secrets(url: str, kind: str) -> str:
    """A checked URL without its password, and without parameters and path where these look like secrets."""
    parts = split(url, kind)
    user = (parts.userinfo or "").partition(":")[0]
    where = f"{parts.scheme}://{user}{'@' if user else ''}{parts.hosts}"
    full = f"{where}{parts.path}{'?' if parts.query else ''}{parts.query}"
    return next((each for each in (full, where + parts.path) if redact(each) == each), where)


def _with_host(parts: Parts, default: int) -> tuple[str, int]:
    host, port = host_and_port(parts.hosts, default)
    if not host:
        raise UrlError("names no host")
    return host, port


def _kept(query: str, known: Collection[str]) -> tuple[list[tuple[str, str]], int]:
    """The parameters of a query that are known, and how many are not."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name in known]
    return kept, len(pairs) - len(kept)
