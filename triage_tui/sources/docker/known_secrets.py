"""Secrets that are none: what examples, tutorials and images have in their place. Pure functions.

The list follows the defaults of images that are started most (postgres, redis, minio, rabbitmq, grafana, keycloak,
airflow), what frameworks generate or warn about (`django-insecure-`), and what people write into an `.env.example`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_EXACT = frozenset((
    "admin", "administrator", "airflow", "changeit", "default", "demo", "dev", "development", "elastic", "example",
    "foo", "foobar", "grafana", "guest", "insecure", "key", "keycloak", "letmein", "masterkey", "minio", "minio123",
    "minioadmin", "mongo", "mypassword", "mysecret", "mysecretkey", "mysecretpassword", "mysql", "none", "null",
    "p@ssw0rd", "pass", "passw0rd", "password", "password1", "password123", "postgres", "postgresql", "qwerty",
    "rabbitmq", "redis", "root", "s3cr3t", "sa", "sample", "secret", "secret123", "secretkey", "secretpassword",
    "string", "superset", "supersecret", "supersecretkey", "temp", "temporary", "test", "test123", "testing",
    "todo", "toor", "undefined", "user", "value",
))  # fmt: skip
"""Without regard to case, and to `-`, `_` and blanks."""

_PLACEHOLDER = re.compile(
    r"django-insecure-"
    r"|(?:please|must)?[-_ ]?chang(?:e|ed|ing)[-_ ]?(?:me|this|it|in|before|for|the)(?![a-z])"
    r"|replace[-_ ]?(?:me|this|with|in|before)(?![a-z])"
    r"|(?:^|[-_ ])(?:your|my|some|any|a)[-_ ](?:[a-z]+[-_ ]){0,4}(?:secret|key|password|token|pass)(?![a-z])"
    r"|(?:secret|key|password|token|value)[-_ ](?:goes[-_ ])?here(?![a-z])"
    r"|(?:not|in|un)[-_ ]?secure(?![a-z])|(?:^|[-_ ])(?:do[-_ ]not|don't|never)[-_ ]use(?![a-z])"
    r"|^(?:example|sample|dummy|placeholder|dev|development|test|testing|local)[-_ ](?:secret|key|password|token|jwt)"
    r"|^<[^<>]{1,80}>$|^\{\{.{1,80}\}\}$|^\$\{.{1,80}\}$",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-_ ]+")
_REPEATED = re.compile(r"(?s)(.)\1*")
_DIGITS = "01234567890"
_URL = re.compile(r"[a-z][a-z0-9+.-]*://([^:@/?#]*):([^@/?#]*)@", re.IGNORECASE)

_LONGEST = 200


def is_well_known(secret: str) -> bool:
    """Whether a value is one that everybody can guess: a word of an example, a placeholder, a row of digits."""
    value = secret.strip().strip("\"'")[:_LONGEST]
    if not value:
        return False
    bare = _SEPARATORS.sub("", value.lower())
    return (
        bare in _EXACT
        or _PLACEHOLDER.search(value) is not None
        or _REPEATED.fullmatch(value) is not None
        or (len(value) >= 3 and value in _DIGITS)
    )


def has_well_known_password(url: str) -> bool:
    """Whether the password in a URL is one of these, or the user's name again: `postgres:postgres@`."""
    match = _URL.match(url)
    if match is None:
        return False
    user, password = unquote(match[1]), unquote(match[2])
    return bool(password) and (is_well_known(password) or password.lower() == user.lower())
