"""JSON web tokens, HS256."""

from __future__ import annotations

import base64
import hmac
import json
import time

_LIFE_S = 900


class TokenError(Exception):
    """A token that is not accepted, and why."""


def issue(secret: str, subject: str) -> str:
    """A token for fifteen minutes."""
    head = _encode({"alg": "HS256", "typ": "JWT"})
    body = _encode({"sub": subject, "exp": int(time.time()) + _LIFE_S})
    return f"{head}.{body}.{_signature(secret, head, body)}"


def verify(secret: str, token: str) -> str:
    """The token's subject. Raises TokenError."""
    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    if not signature:
        raise TokenError("JWTDecodeError: Invalid token format")
    if not hmac.compare_digest(signature, _signature(secret, head, body)):
        raise TokenError("InvalidTokenError: Token signature verification failed")
    content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if content["exp"] < time.time():
        raise TokenError("TokenExpiredError: Token has expired")
    return str(content["sub"])


def _signature(secret: str, head: str, body: str) -> str:
    return _text(hmac.digest(secret.encode(), f"{head}.{body}".encode(), "sha256"))


def _encode(content: object) -> str:
    return _text(json.dumps(content, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
