"""`name=value` in every dress: environments, command lines, JSON, YAML, TOML, INI, logs, libpq strings, XML."""

from __future__ import annotations

import re

from triage_tui.text.places.names import (
    KEYWORD,
    MARKS,
    NAME_LIMIT,
    Strength,
    is_secret,
    start_of_name,
    strength_of,
)
from triage_tui.text.places.rule import (
    BLANK,
    COLOURS,
    GAP,
    NEWLINE,
    REDACTED,
    Rule,
    after_group,
    lazily,
    rule,
)
from triage_tui.text.places.values import CALL, VALUE, like, without_literals

_CLOSE = r"(?:\\{0,7}[\"']){0,2}(?:\]|%5D)?"
_ANNOTATED = (
    rf":{BLANK}{{0,3}}[A-Za-z][\w.\[\]| ]{{0,40}}?{BLANK}{{1,3}}={BLANK}{{1,3}}(?=[A-Za-z]{{0,2}}[\"'])"
)
_NAME = lazily(
    rf"(?P<keyword>{KEYWORD})(?P<after>[\w.-]{{0,{NAME_LIMIT}}}+)"
    rf"(?P<separator>{_CLOSE}{COLOURS}{BLANK}{{0,40}}+(?:{_ANNOTATED}|=>|:=|={{1,3}}|!=|<>|:)"
    rf"{COLOURS}{BLANK}{{0,40}}+{COLOURS}(?:[{NEWLINE}]{{1,3}}{BLANK}{{0,40}}(?=\\{{0,7}}[\"']))?)",
    re.IGNORECASE,
)
_VALUE = lazily(VALUE, re.IGNORECASE | re.DOTALL)
_TO_QUOTE = {mark: lazily(rf"(?>(?:[^{mark}\\{NEWLINE}]|\\.?)*)", re.DOTALL) for mark in "\"'"}
_TO_ESCAPED_QUOTE = lazily(rf"(?>(?:[^\\{NEWLINE}]|\\(?![\"']).?)*)", re.DOTALL)
_SHELL_TAIL = lazily(r"(?>(?:'(?:\"'\"|\\')'[^']*+)*)")

_END = rf"(?=[\s\"',;)&\]}}{NEWLINE}]|\\[\"']|\Z)"
_NOT_A_VALUE = lazily(
    r"[\"']?(?:"
    rf"(?:null|none|nil|undefined|true|false|yes|no|\(null\)|n/a|%s|%r|\?|[*x•]{{3,}}|-|\.{{3}}|…){_END}"
    # Parameters and references: the value is somewhere else.
    rf"|\$\d{{1,4}}(?:::\w+)?{_END}|:[a-z_]+{_END}|\$[A-Z_][A-Z0-9_]*{_END}|\$\{{|\$\(|%\(\w{{1,40}}\)s|%[A-Z_]+%"
    r"|(?:os|env|ENV|process|settings|config|self|cfg|conf|args|options|opts|params|req|request|var|vault|local|secrets)"
    rf"\.[A-Za-z_]|ENV\[|[a-z_]*get[a-z_]*\(\)|\w+\(\$\d+"
    rf"|\[?(?:redacted|filtered|hidden|masked|removed)(?:\]|{_END})"
    # Code and declarations: `password: str`, `token = signer.sign(payload)`, `pam_unix(passwd:chauthtok)`.
    rf"|(?:str|string|bytes|SecretStr){_END}|[a-z_]\w{{0,40}}\.[a-z_]\w{{0,40}}\(|chauthtok\b)",
    re.IGNORECASE,
)
_PROSE = lazily(
    r"(?:incorrect|invalid|expired|missing|required|failed|wrong|must|should|is|was|has|not|cannot|too|does|do|may"
    r"|can|will|authentication|mismatch|unknown|empty|unset|tokens?|secrets?|passwords?|this|the|a|an|for|from|in|on|to|and|or)(?=[\s,.;:]|\Z)",
    re.IGNORECASE,
)
_COUNT = lazily(r"\d{1,5}(?=[\s,;)\]}]|\Z)")
_FOLDER = lazily(r"[/~]|[A-Z]:\\|\.{1,2}/")
_DIGIT = lazily(r"[^\s\d]{0,40}\d")


def _redact_assignments(text: str) -> str:
    kept: list[str] = []
    written = at = 0
    name = _NAME()
    while match := name.search(text, at):
        # What follows is searched again unless it was redacted: a value can hold the next name.
        at = match.end()
        span = _secret_after(text, match)
        if span is None:
            continue
        kept.append(text[written:at])
        replacement, at = span
        kept.append(replacement)
        written = at
    kept.append(text[written:])
    return "".join(kept) if written else text


def _secret_after(text: str, name: re.Match[str]) -> tuple[str, int] | None:
    """What to write instead of the value after a name, and where the value ends; None where it is no secret."""
    start, at = start_of_name(text, name.start()), name.end()
    keyword, separator = name["keyword"], name["separator"]
    strength = strength_of(text[start : name.start()], keyword, name["after"])
    if strength is Strength.NONE or _NOT_A_VALUE().match(text, at):
        return None
    if ("key" in keyword.lower() or keyword.lower() == "pwd") and _FOLDER().match(text, at):
        return None
    quoted = text[at : at + 1] in ("'", '"', "\\") or separator[0] in "'\"\\"
    if strength is Strength.WORD and not _is_assigned(text, at, separator, quoted):
        return None
    if separator == ":" and text[start - 2 : start] == "${" and text[at : at + 1] == "?":
        # `${DB_PASSWORD:?must be set}`: what follows is a message.
        return None
    if not quoted and ":" in separator and _PROSE().match(text, at):
        return None
    if separator == "=" and start > 0 and (mark := text[start - 1]) in _TO_QUOTE and not quoted:
        return _until_quote(text, at, mark, escaped=text[start - 2 : start - 1] == "\\")
    if call := CALL().match(text, at):
        arguments = call["arguments"]
        if '"' in arguments or "'" in arguments:
            return without_literals(call.group()), call.end()
    value = _VALUE().match(text, at)
    if value is None or not _says_something(value.group()):
        return None
    if value.group().startswith("[") and value.group().endswith(REDACTED):
        # `authorization:[Bearer [redacted]`: another rule was here.
        return None
    return like(value.group()), value.end()


def _says_something(value: str) -> bool:
    """Not `""` and not `')'`: a value that is empty, or a single mark that a parser met."""
    bare = value.strip("\"'\\")
    return len(bare) > 1 or bare.isalnum()


def _is_assigned(text: str, at: int, separator: str, quoted: bool) -> bool:
    """`token=x`, `"token": "x"`, `token: s3cr3t`; not `unexpected token: (` and not `pass: 12`."""
    if _COUNT().match(text, at):
        return False
    return (
        quoted or "=" in separator or text[at : at + 1] in ("|", ">") or _DIGIT().match(text, at) is not None
    )


def _until_quote(text: str, at: int, mark: str, *, escaped: bool) -> tuple[str, int] | None:
    """`"PASSWORD=a b"`: the quotes are around name and value."""
    end = _TO_ESCAPED_QUOTE if escaped else _TO_QUOTE[mark]
    match = end().match(text, at)
    if match is None or not match.group():
        return None
    stop = match.end()
    if mark == "'" and (tail := _SHELL_TAIL().match(text, stop)):
        stop = tail.end()
    return REDACTED, stop


def _named_element(match: re.Match[str]) -> str:
    return f"{match[1]}{REDACTED}" if is_secret(match["name"]) else match.group()


_WHOLE_NAME = rf"(?P<name>[\w.-]{{0,{NAME_LIMIT}}}?{KEYWORD}[\w.-]{{0,{NAME_LIMIT}}}+)"

_LINE = rule(
    MARKS,
    # A line that holds nothing else: YAML, INI, properties. Here white space belongs to the value.
    rf"((?:(?<=[{NEWLINE}])|\A){BLANK}{{0,40}}+(?:-{BLANK}{{1,3}})?[\"']?"
    rf"{_WHOLE_NAME}[\"']?(?::{BLANK}{{1,40}}+|{BLANK}{{1,40}}+={BLANK}{{1,40}}+))"
    rf"(?![\"'|>\[{{$%<(*!&\\-])[^\s{NEWLINE}]{{1,200}}(?:{BLANK}[^\s:={NEWLINE}]{{1,200}}){{1,12}}(?=[{NEWLINE}]|\Z)",
    lambda match: match.group() if _starts_prose(match) else _named_element(match),
)


def _starts_prose(match: re.Match[str]) -> bool:
    value = match.group()[len(match[1]) :]
    return _PROSE().match(value) is not None or _NOT_A_VALUE().match(value) is not None


RULES = (
    _LINE,
    Rule(tuple(MARKS.split()), _redact_assignments),
    rule(
        # Percent-encoded within a URL: password%3Dhunter2, %22password%22%3A%22hunter2%22.
        "%3d %3a",
        rf"({KEYWORD}(?:[A-Za-z0-9_.-]|%5D){{0,20}}(?:%22|%27)?(?:%3D|%3A)(?:%22|%27|%20|\+)?)"
        r"(?:(?!%26|%22|%27|%7D|%2C|%23)[^\s\"'&<>])+",
        rf"\1{REDACTED}",
    ),
    rule(
        "<",
        rf"(<{_WHOLE_NAME}(?:\s[^<>]{{0,200}})?>\s{{0,20}})[^<]{{1,2000}}",
        _named_element,
    ),
    rule(
        # name: DB_PASSWORD ␊ value: hunter2, and the same in JSON, XML and TOML.
        "value",
        rf"(\b(?:name|key)[\"']?{BLANK}{{0,3}}[=:]{BLANK}{{0,3}}[\"']?{_WHOLE_NAME}[\"']?[\s,{NEWLINE}]{{1,40}}"
        rf"[\"']?value[\"']?{BLANK}{{0,3}}[=:]{BLANK}{{0,3}})(?!\\?[\"']?[$<{{]){VALUE}",
        lambda match: (
            f"{match[1]}{like(match.group()[len(match[1]) :])}" if is_secret(match["name"]) else match.group()
        ),
    ),
    rule(
        # db:5432:shop:app:hunter2, a line of .pgpass.
        ":",
        rf"((?:(?<=[\s\"'{NEWLINE}])|\A)[\w.*-]{{1,80}}:(?:\d{{4,5}}|\*):[^:\s{NEWLINE}]{{1,63}}:[A-Za-z_*][^:\s{NEWLINE}]{{0,62}}:)"
        rf"[^\s{NEWLINE}\"']+",
        after_group,
    ),
    rule("login", rf"(\blogin{GAP}+\S{{1,80}}{GAP}+password{GAP}+)\S+", after_group),
    rule("password is generated for", r"(password is generated for [^\s:]{1,80}:\s)\S+", after_group),
    rule("password is", r"(\bpassword is[:\s]\s{0,3}[\"']?)(?=[^\s\"']{0,40}\d)[^\s\"']+", after_group),
    rule(
        # ~/.docker/config.json
        "auth",
        r"(\"(?:auth|identitytoken|registrytoken)\"\s{0,3}:\s{0,3}\")[A-Za-z0-9+/=._-]{6,}",
        rf"\1{REDACTED}",
    ),
    rule("aws_s", r"(\baws_(?:secret_access_key|session_token)\s{1,20})[^\s=:]\S*", after_group),
)
