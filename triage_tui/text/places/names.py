"""Which names hold secrets: `DB_PASSWORD`, `accessToken` and `api-key` do, `max_tokens` and `password_file` do not."""

from __future__ import annotations

import re
from enum import IntEnum

_CERTAIN = r"passw(?:or)?d|passwort|passphrase|passcode|requirepass|masterauth|primaryauth|redis_?cli_?auth"
_KEYS = (
    r"(?:api|account|private|secret|encryption|signing|shared|master|auth|consumer|client|fernet|access)"
    r"[_.-]?(?:access[_.-]?)?key(?![a-z])"
)
_WORDS = r"secret|token|credential|pwd|pass(?![a-z]{3})|jwt"

KEYWORD = rf"(?:{_CERTAIN}|{_KEYS}|{_WORDS})"
"""Matched without regard to case, anywhere in a name."""

MARKS = "passw passphrase passcode pass requirepass masterauth primaryauth auth key secret token credential pwd jwt"

NAME_LIMIT = 40
"""Characters of a name that are looked at before and after the keyword."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IN_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-$@")
_NOISE = re.compile(r"(?<=%)[0-9A-Fa-f]{2}|(?<=[\[;])\d{1,3}m")
"""Ends of a percent-encoded character and of a colour, which look like the beginning of a name."""

_JOINED_PASS = frozenset((
    "db", "my", "user", "admin", "root", "redis", "mysql", "pg", "postgres", "auth", "new", "old", "smtp", "mail",
    "ftp", "ldap", "http", "proxy", "login", "key", "ssl", "ssh", "sql", "amqp", "mongo", "rabbit",
))  # fmt: skip
_BENIGN_BEFORE = frozenset((
    "next", "page", "continuation", "sync", "resume", "lock", "fencing", "cancellation", "cancel", "stop", "max",
    "min", "num", "number", "count", "total", "no", "skip", "has", "is", "use", "uses", "require", "requires",
    "need", "needs", "allow", "show", "delimiter", "lexer", "without", "reset", "forgot", "change", "existing",
    "invalid", "expired", "missing", "unexpected", "bad",
))  # fmt: skip
_BENIGN_LAST = frozenset((
    "file", "files", "path", "dir", "encryption", "type", "types", "count", "name", "names", "id", "ids", "length",
    "len", "size", "policy", "expires", "expiry", "expired", "expire", "expiration", "ttl", "age", "url", "uri",
    "hint", "field", "fields", "changed", "attempts", "attempt", "reset", "required", "rotation", "strength", "min",
    "max", "version", "ref", "refs", "arn", "manager", "provider", "prompt", "label", "column", "method",
    "algorithm", "bucket", "limit", "limits", "usage", "used", "command", "less", "tokens", "index", "position",
    "status", "state", "error", "errors", "valid", "invalid", "ok", "rate", "check", "checks", "policies", "at",
    "mode", "format", "source", "store", "class", "scope", "scopes", "issuer", "audience", "per", "second",
    "lifetime", "duration", "validity", "protection", "enabled", "disabled", "set", "exists", "service", "kind",
    "endpoint", "server", "host", "port", "refresh", "refreshed", "through", "rows", "retries", "days", "hours",
    "minutes", "seconds", "threshold", "loader", "encoder", "filter", "hasher", "handler", "controller",
    "repository", "validator", "generator", "interceptor", "resolver", "exception", "js", "ts", "java", "py", "go",
    "rb", "php", "rs", "kt", "cs",
))  # fmt: skip
_EXCEPTIONS = ("error", "exception")
"""Ends of names of exceptions, whose words run together in lower case."""

_LETTERS_AFTER = frozenset((
    "", "s", "key", "keybase", "value", "hash", "data", "text", "confirm", "confirmation", "secret", "again", "ed",
    "new", "old", "str", "string",
))  # fmt: skip
_FOLDERS = frozenset(("pwd", "oldpwd"))


class Strength(IntEnum):
    """How much a name says about its value.

    NONE     it says that the value is no secret, or nothing
    WORD     it is a single word that stands in prose too: `token: …`
    CERTAIN  the value is a secret
    """

    NONE = 0
    WORD = 1
    CERTAIN = 2


def start_of_name(text: str, keyword_at: int) -> int:
    """Where the name begins that holds a keyword at this place."""
    start = keyword_at
    while start > 0 and keyword_at - start < NAME_LIMIT and text[start - 1] in _IN_NAME:
        start -= 1
    noise = _NOISE.match(text, start)
    return noise.end() if noise and noise.end() <= keyword_at else start


def strength_of(before: str, keyword: str, after: str) -> Strength:
    """How much a name says that was split at its keyword: ("DB_", "PASSWORD", "_FILE") is NONE.

    `after` may go on into what is no name any more; words that begin with a separator are judged one by one.
    """
    lowered = keyword.lower()
    if f"{before}{keyword}{after}".strip("._-$@").lower() in _FOLDERS:
        return Strength.NONE
    certain = re.fullmatch(_CERTAIN, lowered) is not None
    words_before = [word.lower() for word in _WORD.findall(before)]
    if not certain and words_before and words_before[-1] in _BENIGN_BEFORE:
        return Strength.NONE
    if lowered in ("pass", "pwd") and _is_inside_word(before, keyword):
        return Strength.NONE
    attached = _attached(keyword, after)
    if attached not in _LETTERS_AFTER or (lowered == "token" and attached == "s"):
        return Strength.NONE
    words_after = [word.lower() for word in _WORD.findall(after[len(attached) :])]
    if words_after and (words_after[-1] in _BENIGN_LAST or words_after[-1].endswith(_EXCEPTIONS)):
        return Strength.NONE
    if certain or words_before or words_after or "key" in lowered:
        return Strength.CERTAIN
    return Strength.WORD


def is_secret(name: str) -> bool:
    """Whether a whole name is one that holds a secret."""
    match = re.search(KEYWORD, name, re.IGNORECASE)
    return (
        match is not None
        and strength_of(name[: match.start()], match.group(), name[match.end() :]) > Strength.NONE
    )


def _attached(keyword: str, after: str) -> str:
    """Letters that go on after the keyword without a separator and without a hump, in lower case."""
    pattern = r"[A-Z]+" if keyword.isupper() else r"[a-z]+"
    match = re.match(pattern, after)
    return match.group().lower() if match else ""


def _is_inside_word(before: str, keyword: str) -> bool:
    """`compass`, `bypass`; but not `db_pass`, `dbPass` or `rootpass`."""
    if not before or not before[-1].isalpha():
        return False
    hump = keyword[0].isupper() and not before[-1].isupper()
    letters = re.search(r"[A-Za-z]+\Z", before)
    return not hump and (letters is None or letters.group().lower() not in _JOINED_PASS)
