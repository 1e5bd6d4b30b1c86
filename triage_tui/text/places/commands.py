"""Command lines: options whose names say it, and programs that take a password where no name stands."""

from __future__ import annotations

import re

from triage_tui.text.places.names import KEYWORD, MARKS, Strength, strength_of
from triage_tui.text.places.rule import BLANK, NEWLINE, REDACTED, after_group, rule
from triage_tui.text.places.values import ARGUMENT, like

_NEXT = rf"(?:[\"']?{BLANK}{{0,3}},{BLANK}{{0,3}}|[\"']?{BLANK}{{1,8}})"
"""Between two arguments, in a shell and in a JSON or Python list."""

_SOME = rf"[^{NEWLINE}|]{{0,200}}?"
"""Other arguments of the same command."""

_OPTION_LIMIT = 30


def _argument_after_group(match: re.Match[str]) -> str:
    return f"{match[1]}{like(match.group()[len(match[1]) :])}"


def _option(match: re.Match[str]) -> str:
    if match["head"].endswith("=") and match.string[max(0, match.start() - 1)] in "'\"":
        # `'--password=hun ter2'`: the quotes are around name and value, which assignments know about.
        return match.group()
    strength = strength_of(match["before"], match["keyword"], "")
    value = match.group()[len(match["head"]) :]
    # `docker build --secret id=npmrc,src=.npmrc` names a file.
    if strength is Strength.NONE or match.group().endswith(REDACTED) or value.startswith("id="):
        return match.group()
    return f"{match['head']}{like(match.group()[len(match['head']) :])}"


def _of(programs: str, option: str, value: str = ARGUMENT) -> str:
    return rf"((?<![\w-])(?:{programs})[\"']?(?=[\s,]){_SOME}(?<![\w-])[\"']?{option})(?![\"']?\[redacted\])(?:{value})"


RULES = (
    rule(
        MARKS,
        rf"(?P<head>(?<![\w-])--?(?P<before>[A-Za-z0-9_.-]{{0,{_OPTION_LIMIT}}}?)(?P<keyword>{KEYWORD})"
        rf"(?:=|{_NEXT}(?!-)))(?![\"']?\[redacted\])(?:{ARGUMENT})",
        _option,
    ),
    rule("-cli", _of(r"(?:redis|keydb|valkey)-cli", rf"-a{_NEXT}"), _argument_after_group, 0),
    rule(
        "mysql mariadb",
        _of(r"(?:mysql|mariadb)[a-z-]{0,12}", r"-p(?![\"']?(?:[\s,\]]|\Z))"),
        _argument_after_group,
        0,
    ),
    rule(
        "mongo cqlsh sshpass",
        _of(r"mongo[a-z]{0,10}|cqlsh|sshpass", rf"-p(?:{_NEXT})?"),
        _argument_after_group,
        0,
    ),
    rule(
        "login",
        _of(
            r"(?:docker|podman|nerdctl|buildah|helm|oc|az|crane|skopeo)[^\r\n␊|]{0,60}?\blogin", rf"-p{_NEXT}"
        ),
        _argument_after_group,
        0,
    ),
    rule(
        "curl wget http",
        _of(
            r"curl|wget|https?|lftp|smbclient",
            rf"(?:-u|-U|--user|--proxy-user|--auth|-a)(?:{_NEXT}|=)?[\"']?[^\s:\"'/@=-][^\s:\"'/@]{{0,63}}[:%]",
            rf"[^\s\"'{NEWLINE}](?>(?:[^\s\"'{NEWLINE}]|[\"'](?=[A-Za-z0-9]))*)",
        ),
        after_group,
        0,
    ),
    rule("ldap", _of(r"ldap[a-z]{2,10}", rf"-w{_NEXT}"), _argument_after_group, 0),
    rule(
        "sqlcmd bcp mosquitto",
        _of(r"sqlcmd|bcp|mosquitto_(?:pub|sub)", rf"-P(?:{_NEXT})?"),
        _argument_after_group,
        0,
    ),
    rule(
        "rabbitmqctl",
        rf"(\brabbitmqctl\b{_SOME}(?:add_user|change_password|authenticate_user){BLANK}{{1,4}}\S{{1,80}}{BLANK}{{1,4}})"
        rf"(?:{ARGUMENT})",
        _argument_after_group,
    ),
    rule(
        "htpasswd",
        rf"(\bhtpasswd{BLANK}{{1,4}}-[A-Za-z]{{0,6}}b[A-Za-z]{{0,6}}{BLANK}{_SOME}\S{{1,120}}{BLANK}{{1,4}}\S{{1,80}}{BLANK}{{1,4}})"
        rf"(?:{ARGUMENT})(?={BLANK}{{0,4}}(?:[{NEWLINE}|&;]|\Z))",
        _argument_after_group,
    ),
    rule("pass:", r"(-pass(?:in|out)?[\s\"',]{1,5}pass:)(?!\[redacted\])[^\s\"']+", after_group),
    rule(
        "echo printf",
        rf"(\b(?:echo|printf){BLANK}{{1,4}}(?:-[a-zA-Z]{{1,3}}{BLANK}{{1,4}})?)(?:{ARGUMENT})"
        rf"(?={BLANK}{{0,4}}\|[^{NEWLINE}]{{0,200}}(?:-stdin\b|sudo{BLANK}{{1,4}}-S\b|chpasswd|\bpasswd\b))",
        _argument_after_group,
    ),
)
