"""SQL and Redis commands that carry a secret."""

from __future__ import annotations

import re

from triage_tui.text.places.names import is_secret
from triage_tui.text.places.rule import BLANK, GAP, NEWLINE, REDACTED, after_group, lazily, rule
from triage_tui.text.places.values import ARGUMENT, QUOTED, like, without_literals

_DOLLAR = r"\$(?P<tag>\w{0,20})\$(?>(?:(?!\$(?P=tag)\$).)*)(?:\$(?P=tag)\$|\Z)"
_WORDS = rf"[^\s\"'{NEWLINE}]++"


def _literal_after_group(match: re.Match[str]) -> str:
    value = match.group()[len(match[1]) :]
    if value.startswith('"') and match[1].rstrip().lower().endswith("secret"):
        # `secret "shop-tls" not found`: a name. SQL writes what is secret in single quotes.
        return match.group()
    return f"{match[1]}'{REDACTED}'" if value.startswith("$") else f"{match[1]}{like(value)}"


def _insert(match: re.Match[str]) -> str:
    """INSERT … (email, password) VALUES ('a', 'b'): which value belongs to which name is the parser's business."""
    names = re.split(r"[\s,\"`\[\]]+", match["columns"])
    if not any(is_secret(name) for name in names):
        return match.group()
    return f"{match['head']}{without_literals(match['values'])}"


def _call(match: re.Match[str]) -> str:
    return f"{match['head']}{without_literals(match['arguments'])}"


_ACL_SECRET = lazily(rf"(?<=[\s\"'])([><#!])(?!\[redacted\]){_WORDS}")

_SQL = (
    rule(
        "password identified secret passphrase",
        rf"(\b(?:PASSWORD|PASSPHRASE|SECRET|IDENTIFIED{GAP}{{1,10}}(?:WITH{GAP}{{1,10}}\S{{1,60}}{GAP}{{1,10}})?(?:BY|AS))"
        rf"(?:{GAP}{{1,10}}+(?:={GAP}{{0,10}}+)?|=|(?=\())(?:PASSWORD{GAP}{{0,10}}+)?\(?{GAP}{{0,10}}+)"
        rf"(?:{_DOLLAR}|{QUOTED})",
        _literal_after_group,
    ),
    rule(
        "identified",
        rf"(\bIDENTIFIED{GAP}{{1,10}}+(?:WITH{GAP}{{1,10}}\S{{1,60}}{GAP}{{1,10}})?BY{GAP}{{1,10}}+)"
        rf"(?!PASSWORD\b|VALUES\b|RANDOM\b|['\"$\\\[])[^\s;{NEWLINE}]+",
        after_group,
    ),
    rule(
        "set password",
        rf"(\bSET{GAP}{{1,10}}+PASSWORD\b[^=\r\n␊;]{{0,160}}={GAP}{{0,10}}+(?:\w{{1,20}}\()?)(?:{QUOTED})",
        _literal_after_group,
    ),
    rule(
        "crypt( hmac( crypt_ ",
        r"(?P<head>\b(?:pgp_(?:sym|pub)_(?:en|de)crypt(?:_bytea)?|crypt|hmac|(?:en|de)crypt(?:_iv)?|aes_(?:en|de)crypt)"
        r"\s{0,3}\()(?P<arguments>(?>(?:[^()']|'(?>(?:[^']|'')*)(?:'|\Z)|\([^()]{0,200}\)){0,100}))",
        _call,
    ),
    rule(
        "insert",
        rf"(?P<head>\bINSERT{GAP}{{1,10}}+INTO{GAP}{{1,10}}+[^\s(]{{1,200}}{GAP}{{0,10}}+"
        rf"\((?P<columns>[^()]{{1,2000}})\){GAP}{{0,10}}+VALUES\b)(?P<values>.*)",
        _insert,
    ),
)

_REDIS = (
    # On a line of its own, as a script or the slow log has it. `auth service started` has too many words.
    rule(
        "auth",
        rf"((?:(?<=[{NEWLINE}])|\A){BLANK}{{0,8}}+(?:\d{{1,3}}\){BLANK})?(?-i:AUTH|auth|Auth){BLANK}++)"
        rf"(?!\[redacted\])(?:{ARGUMENT})(?>(?:{BLANK}++[^\s{NEWLINE}]++)?)(?={BLANK}{{0,8}}(?:[{NEWLINE}]|\Z))",
        after_group,
    ),
    # "AUTH" "user" "pw", ["AUTH", "pw"] and RESP.
    rule(
        "auth",
        rf"([\"']AUTH[\"'](?:{BLANK}|,){{1,3}})(?![\"']?(?:\[redacted\]|\(redacted\)))[\"'][^{NEWLINE}\]]++",
        after_group,
    ),
    rule(
        "auth",
        rf"(\bAUTH2?(?:[{NEWLINE}]{{1,2}}\$\d{{1,6}}[{NEWLINE}]{{1,2}}))(?!\[redacted\])[^{NEWLINE}]++"
        rf"(?>(?:[{NEWLINE}]{{1,2}}\$\d{{1,6}}[{NEWLINE}]{{1,2}}[^{NEWLINE}*]++)?)",
        after_group,
    ),
    rule(
        "hello",
        rf"(\bHELLO\b[^{NEWLINE}]{{0,40}}?\bAUTH\b[\"']?{BLANK}++)(?!\[redacted\])[^{NEWLINE}]++",
        after_group,
    ),
    rule(
        "migrate",
        rf"(\bMIGRATE\b[^{NEWLINE}]{{0,200}}?\bAUTH2?\b[\"']?{BLANK}++)(?!\[redacted\])[^{NEWLINE}]++",
        after_group,
    ),
    rule(
        # `sentinel auth-pass mymaster pw` and `sentinel set mymaster auth-pass pw`.
        "auth-pass",
        rf"(\bauth-pass[\"']?{BLANK}++)(?!\[redacted\])[^{NEWLINE}]++",
        after_group,
    ),
    rule(
        "requirepass masterauth primaryauth sentinel-pass key-file-pass",
        rf"(\b(?:requirepass|masterauth|primaryauth|sentinel-pass|tls-(?:client-)?key-file-pass)"
        rf"[\"']?(?>(?:{BLANK}|,){{1,20}}))(?![:=!<>]|is (?:not|empty)|[\"']?(?:\[redacted\]|value\b))(?:{ARGUMENT})",
        lambda match: f"{match[1]}{like(match.group()[len(match[1]) :])}",
    ),
    rule(
        "setuser user",
        rf"((?:\bSETUSER|(?:(?<=[{NEWLINE}])|\A){BLANK}{{0,8}}user)[\"']?{BLANK}[^{NEWLINE}]++)",
        lambda match: _ACL_SECRET().sub(rf"\1{REDACTED}", match[1]),
    ),
)


RULES = (*_SQL, *_REDIS)
