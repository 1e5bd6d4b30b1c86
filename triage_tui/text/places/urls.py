"""Connection strings: URLs with credentials, whole, cut off, escaped or percent-encoded, and their relatives."""

from __future__ import annotations

import re

from triage_tui.text.places.rule import NEWLINE, REDACTED, after_group, lazily, rule

_DATABASES = (
    r"(?:postgres(?:ql)?|mysql|mariadb|rediss?|valkeys?|amqps?|mongodb|mssql|sqlserver|clickhouse|cockroachdb|nats"
    r"|kafka|memcached|oracle|snowflake|cassandra|neo4j|bolt)\b"
)
_LOGINS = r"(?:https?|wss?|ftps?|sftp|ssh|smtps?|imaps?|ldaps?|socks5h?|git)\b"

_DATABASE = lazily(_DATABASES, re.IGNORECASE)
_LOGIN = lazily(_LOGINS, re.IGNORECASE)
_PORT_AND_PATH = lazily(r"\d{1,5}(?:[/?#,;)\]}\\]|\Z)")
_PORT_THEN_PATH = lazily(r"\d{1,5}\\?[/?]")
_TEMPLATE = lazily(r"[{$<%\[*…]|\.\.\.")
_LONG_TOKEN = lazily(r"(?=[^\d]*\d)[A-Za-z0-9_-]{20,}\Z")


def _without_password(match: re.Match[str]) -> str:
    """A URL keeps its user and its host. The last @ ends the password, which people forget to encode."""
    scheme, rest = match.groups()
    user, colon, tail = rest.partition(":")
    if (shown := _without_lone_token(scheme, rest)) is not None:
        return shown
    if not colon or any(mark in user for mark in "/?#[@"):
        return match.group()
    is_database = _DATABASE().match(scheme) is not None
    password, at, host = tail.rpartition("@")
    if at:
        # `http://host:80/x?mail=a@b`: a port and a path, and the @ belongs to the path.
        if not password or (not is_database and _PORT_THEN_PATH().match(password)):
            return match.group()
        return f"{scheme}{user}:{REDACTED}@{host}"
    if not (is_database or _LOGIN().match(scheme)) or not tail:
        return match.group()
    # Cut off before the @: what follows the colon and is no port can only be a password.
    if _PORT_AND_PATH().match(tail) or _TEMPLATE().match(tail):
        return match.group()
    return f"{scheme}{user}:{REDACTED}"


def _without_lone_token(scheme: str, rest: str) -> str | None:
    """`https://0a1b2c…@github.com/x.git`: a token in the place of the user; None where there is none."""
    user, at, host = rest.partition("@")
    if at and _LOGIN().match(scheme) and _LONG_TOKEN().match(user):
        return f"{scheme}{REDACTED}@{host}"
    return None


_PARAMETER = (
    r"(?:[A-Za-z0-9]{1,20}[_-]){0,3}(?:password|passwd|pwd|pass|passphrase|token|secret|signature|sig|credential"
    r"|api_?key|access_?key|auth|sslpassword)"
)

RULES = (
    rule(
        r":/ :\/",
        rf"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{{0,30}}:(?:\\?/){{2}})"
        rf"((?:[^\s\"'`<>{NEWLINE}]|[\"'`<>](?=[A-Za-z0-9]))+)",
        _without_password,
    ),
    rule(
        "%3a%2f%2f",
        r"(\b[A-Za-z][A-Za-z0-9.]{0,30}%3A%2F%2F(?>(?:(?!%3A|%40|%2F)[^\s&\"'])*)%3A)"
        r"(?>(?:(?!%40|&)[^\s\"'])+)",
        after_group,
    ),
    rule("=", rf"([?&;]{_PARAMETER}=)(?!\[redacted\])[^&\s\"'#;<>{NEWLINE}]+", rf"\1{REDACTED}"),
    rule(
        # root:hunter2@tcp(db:3306)/shop, the way of Go's MySQL driver.
        "@",
        rf"((?<![\w:/@.-])[\w.-]{{1,64}}:)(?!\[redacted\])[^\s\"'{NEWLINE}]{{1,200}}(?=@(?:tcp|unix|udp)\d?\()",
        after_group,
    ),
    rule(
        # app:hunter2@db:5432/shop, without a scheme; image:tag@sha256:… is none.
        "@",
        rf"((?<![\w:/@.%-])(?!\d{{1,2}}:)[\w.-]{{1,64}}:)(?!\[redacted\])(?!//)[^\s\"'@{NEWLINE}]{{1,200}}"
        r"(?=@(?!sha(?:256|512):)(?:[\w-]{1,63}\.){0,8}[\w-]{1,63}:\d{2,5}(?:[/?\s\"',;)]|\Z))",
        after_group,
    ),
    rule("jdbc:oracle", r"(jdbc:oracle:\w{1,10}:[^\s/@]{1,64}/)[^\s@]+", after_group),
    rule(
        "hooks. webhooks",
        r"(\bhooks\.slack\.com/(?:services|workflows)/|/api/webhooks/\d+/)[\w/-]{8,}",
        after_group,
    ),
    rule("bot", r"(\bbot\d{6,12}:)[\w-]{30,}", after_group),
)
