"""Taking secrets out of text.

Detectors for source code (gitleaks, detect-secrets) look for tokens with high entropy and miss what stands in
queries, connection strings and command lines; so this is a list of the places where passwords stand. Every
pattern is written to run in linear time: no nested repetition, and what is repeated cannot match in two ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable

REDACTED = "[redacted]"

_DATABASE_SCHEMES = (
    r"(?:postgres(?:ql)?|mysql|mariadb|redis|rediss|valkey|valkeys|amqps?|mongodb|mssql|clickhouse)"
)
_IGNORED_VALUES = frozenset(
    {
        "",
        "null",
        "none",
        "nil",
        "true",
        "false",
        "yes",
        "no",
        "?",
        "%s",
        "***",
        "****",
        "*****",
        "********",
        REDACTED,
    }
)

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:.*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|.*)",
    re.DOTALL,
)
_URL = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,30}://)([^\s\"'`<>␊]+)")
_QUERY = re.compile(
    r"([?&;](?:[A-Za-z0-9]{1,20}[_-]){0,2}(?:password|passwd|pwd|pass|passphrase|token|secret|signature|sig|credential"
    r"|api_?key|apikey|access_?key|auth|sslpassword)=)[^&\s\"'#;<>]+",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"((?:proxy-)?authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[A-Za-z]{3,16}\s{1,3})?)[^\s\"',]+",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(
    r"((?:set-cookie|cookie|x-api-key|x-auth-token|x-vault-token|x-amz-security-token)[\"']?\s{0,3}:\s{0,3})[^\r\n␊]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(\bBearer\s{1,3})(?=[^\s]{0,200}[0-9._~+/=-])[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_SQL_PASSWORD = re.compile(
    r"(\b(?:PASSWORD|IDENTIFIED\s{1,3}BY)\s{1,10}(?:=\s{0,3})?)"
    r"(?:[EU]?&?'(?:[^'\\]|''|\\.)*(?:'|\Z)|\$(\w{0,20})\$.*?(?:\$\2\$|\Z))",
    re.IGNORECASE | re.DOTALL,
)
_REDIS_AUTH = re.compile(
    r"(^\s{0,8}[\"']?AUTH[\"']?\s+|\bHELLO\b[^\r\n]{0,40}?\bAUTH\b[\"']?\s+)[^\r\n␊]+", re.IGNORECASE
)
_REDIS_MIGRATE = re.compile(r"(\bMIGRATE\b[^\r\n]{0,400}?\bAUTH2?\b[\"']?\s+)[^\r\n␊]+", re.IGNORECASE)
_REDIS_SETTING = re.compile(
    r"(\b(?:requirepass|masterauth|primaryauth|sentinel-pass|auth-pass\s+\S+|tls-key-file-pass)[\"']?\s+)"
    r"(?:\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|\S+)",
    re.IGNORECASE,
)
_REDIS_USER = re.compile(r"(\bSETUSER\b)([^\r\n␊]+)", re.IGNORECASE)
_REDIS_USER_RULE = re.compile(r"(?<=[\s\"'])([><#!])[^\s\"']+")
_OPTION = re.compile(
    r"((?<![\w-])--?(?:[a-z0-9]{1,20}-){0,2}(?:password|passwd|pass|passphrase|token|secret|api-key|apikey)(?:=|\s{1,3}))"
    r"(?:\"[^\"]*\"?|'[^']*'?|[^\s-]\S*)",
    re.IGNORECASE,
)
_REDIS_CLI = re.compile(r"(\bredis-cli\b[^\r\n]{0,200}?\s-a\s{1,3})(?:\"[^\"]*\"?|'[^']*'?|\S+)")
_MYSQL_CLI = re.compile(r"(\bmysql(?:dump|admin)?\b[^\r\n]{0,200}?\s-p)(?=[^\s])(?:\"[^\"]*\"?|'[^']*'?|\S+)")
_TOKENS = re.compile(
    r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{3,}(?:\.[A-Za-z0-9_-]*)?"
    r"|\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|\bxox[abeprs]-[\w-]{10,}"
    r"|\b[srp]k_(?:live|test)_\w{8,}|\bwhsec_[\w+/=]{8,}|\bsk-[A-Za-z0-9_-]{20,}|\bnpm_[A-Za-z0-9]{30,}"
    r"|\bpypi-[\w-]{20,}|\bAIza[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bhf_[A-Za-z0-9]{20,}|\bhvs\.[\w-]{20,}"
    r"|\bdckr_pat_[\w-]{16,}|\bdop_v1_[a-f0-9]{32,}"
)
_STRONG = r"password|passwd|passphrase|passwort|pgpassword|mysql_pwd|requirepass|masterauth|client_secret|secret_key"
_WEAK = r"secret|token|api_?key|apikey|access_?key|private_?key|credentials?|auth_?key|encryption_?key|signing_?key|pass"
_VALUE = (
    r"(?:\"(?:[^\"\\]|\\.)*(?:\"|\Z)|'(?:[^'\\]|\\.|'')*(?:'|\Z)|[^\s,;&\"'<>(){}\[\]␊][^\s,;&\"'(){}\]␊]*)"
)
_ASSIGNMENT = re.compile(
    rf"(?<![A-Za-z0-9])((?:[A-Za-z0-9]{{1,30}}[_.-]){{0,6}}(?:{_STRONG}|{_WEAK})(?:[_-][A-Za-z0-9]{{1,12}}){{0,2}})"
    rf"(\\?[\"']?\s{{0,3}}(?:=>|:=|=|:)\s{{0,3}}\\?)({_VALUE})",
    re.IGNORECASE,
)
_STRONG_NAME = re.compile(_STRONG, re.IGNORECASE)
_PORT_AND_PATH = re.compile(r"\d{1,5}(?:[/?#,]|\Z)")
_PARAMETER = re.compile(r"\$\d+\Z|:\w+\Z|\$\{?\w+\}?\Z|%\(\w+\)s\Z|\[redacted\]")

_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]


def redact(text: str) -> str:
    """The text with every secret replaced by `[redacted]`; user names, hosts and the rest stay. Linear time."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redact_url(url: str) -> str:
    """A URL (or libpq keyword string) fit for showing: without password and secret parameters. Never raises."""
    return redact(url)


def _without_password(match: re.Match[str]) -> str:
    scheme, rest = match.groups()
    user, colon, tail = rest.partition(":")
    if not colon or any(mark in user for mark in "/?#@"):
        return match.group()
    database = re.match(_DATABASE_SCHEMES, scheme, re.IGNORECASE) is not None
    password, at, host = tail.rpartition("@")
    if at:
        # `http://host:80/x?mail=a@b`: a port and a path, and the @ belongs to the path.
        if not database and _PORT_AND_PATH.match(password):
            return match.group()
        return f"{scheme}{user}:{REDACTED}@{host}" if password else match.group()
    if database and user and tail and not _PORT_AND_PATH.match(tail) and not tail.startswith("["):
        # Cut off before the @: what follows the colon can only be a password.
        return f"{scheme}{user}:{REDACTED}"
    return match.group()


def _without_rules(match: re.Match[str]) -> str:
    return match.group(1) + _REDIS_USER_RULE.sub(rf"\1{REDACTED}", match.group(2))


def _without_value(match: re.Match[str]) -> str:
    name, separator, value = match.groups()
    bare = value.strip("\"'")
    if bare.lower() in _IGNORED_VALUES or _PARAMETER.match(bare):
        return match.group()
    if _STRONG_NAME.search(name) is None:
        # "unexpected token: x", "secret: see below": a colon in prose, unless the value looks like one.
        assigned = "=" in separator
        quoted = value[:1] in "\"'" or separator[:1] in "\"'\\"
        if not (assigned or quoted) and (len(bare) < 12 or not any(c.isdigit() for c in bare)):
            return match.group()
        if bare.isdigit() and len(bare) < 6:
            return match.group()
    quote = value[0] if value[:1] in ("'", '"') else ""
    closing = quote if quote and len(value) > 1 and value.endswith(quote) else ""
    return f"{name}{separator}{quote}{REDACTED}{closing}"


_RULES = (
    (_PRIVATE_KEY, REDACTED),
    (_URL, _without_password),
    (_QUERY, rf"\1{REDACTED}"),
    (_HEADER_LINE, rf"\1{REDACTED}"),
    (_HEADER, rf"\1{REDACTED}"),
    (_BEARER, rf"\1{REDACTED}"),
    (_SQL_PASSWORD, rf"\1'{REDACTED}'"),
    (_REDIS_AUTH, rf"\1{REDACTED}"),
    (_REDIS_MIGRATE, rf"\1{REDACTED}"),
    (_REDIS_USER, _without_rules),
    (_REDIS_SETTING, rf"\1{REDACTED}"),
    (_OPTION, rf"\1{REDACTED}"),
    (_REDIS_CLI, rf"\1{REDACTED}"),
    (_MYSQL_CLI, rf"\1{REDACTED}"),
    (_ASSIGNMENT, _without_value),
    (_TOKENS, REDACTED),
)
