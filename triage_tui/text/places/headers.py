"""HTTP headers, as they are sent and as programs log them."""

from __future__ import annotations

import base64
import re

from triage_tui.text.places.rule import BLANK, NEWLINE, REDACTED, after_group, rule

_NAMES = (
    r"(?:proxy-)?authorization|set-cookie2?|cookie|x-(?:api-key|auth-token|access-token|vault-token|amz-security-token"
    r"|csrf-token|gitlab-token|goog-api-key|functions-key)|private-token|api-key|apikey|auth-token|job-token"
)
_SEPARATOR = rf"\\{{0,7}}[\"']?{BLANK}{{0,3}}(?:=>|[:=,]){BLANK}{{0,3}}(?>(?:\[(?!redacted))?)"
_SCHEME = (
    r"(?>(?:(?:Basic|Bearer|Token|Digest|Negotiate|NTLM|ApiKey|AWS4-HMAC-SHA256|[A-Z][A-Za-z0-9-]{2,20})"
    rf"{BLANK}{{1,3}})?)"
)


def _basic(match: re.Match[str]) -> str:
    """`Basic dXNlcjpwdw==` outside of a header: only what decodes to `user:password` is one."""
    encoded = match[2]
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return match.group()
    return f"{match[1]}{REDACTED}" if b":" in decoded and decoded.isascii() else match.group()


RULES = (
    rule(
        # A digest's answer stands among quoted parameters: all of the line.
        "digest",
        rf"(\bauthorization[\"']?{BLANK}{{0,3}}:{BLANK}{{0,3}}Digest{BLANK}{{1,3}})(?!\[redacted\])[^{NEWLINE}]+",
        after_group,
    ),
    rule(
        # Quoted: up to the quote. \"Cookie\": \"…\" ends at the escaped one.
        "authorization cookie -key -token apikey",
        rf"((?<![A-Za-z0-9])(?:{_NAMES}){_SEPARATOR}(?P<quote>\\{{0,7}}[\"']){_SCHEME})"
        rf"(?!\[redacted\]|value\b)(?:(?!(?P=quote))[^{NEWLINE}])+",
        after_group,
    ),
    rule(
        # Bare: the rest of the line, as the values of these headers hold spaces.
        "authorization cookie -key -token apikey",
        rf"((?<![A-Za-z0-9])(?:{_NAMES})\\{{0,7}}[\"']?{BLANK}{{0,3}}:{BLANK}{{0,3}}(?>(?:\[(?!redacted))?){_SCHEME})"
        rf"(?![\"'\\|>]|\[redacted\])(?!{BLANK})(?:(?!\\[nr])[^\"'{NEWLINE}]|[\"'](?=[A-Za-z0-9=]))+",
        after_group,
    ),
    rule(
        "authorization",
        rf"(authorization={_SCHEME})(?!\[redacted\])[^\s\"',;&{NEWLINE}]+",
        after_group,
    ),
    rule(
        "bearer",
        r"(\bBearer\s{1,3})(?:(?=[^\s]{0,200}[0-9._~+/=-])[A-Za-z0-9._~+/=-]{6,}|[A-Za-z0-9._~+/=-]{24,})",
        after_group,
    ),
    rule("basic", r"(\bBasic\s{1,3})([A-Za-z0-9+/]{6,}={0,2})(?![A-Za-z0-9+/=])", _basic),
)
