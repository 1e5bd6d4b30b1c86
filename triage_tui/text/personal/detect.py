"""What in a line of text is about a person, or opens a door. Linear in the length of the line.

Made for logs, where a wrong alarm comes thousands of times: what only may be a phone number or a card is none unless
something beside its digits says so. Names cannot be told from other words, and are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from triage_tui.text.personal.numbers import cards, ibans
from triage_tui.text.places import tokens

EMAIL, PHONE, IBAN, CARD = "e-mail address", "phone number", "IBAN", "card number"
SOCIAL, TOKEN, PASSWORD = "social security number", "token", "password"
_OF_PERSONS = frozenset((EMAIL, PHONE, IBAN, CARD, SOCIAL))
KINDS = (EMAIL, PHONE, IBAN, CARD, SOCIAL, TOKEN, PASSWORD)

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+@/-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9@-])"
)
_NO_PERSON = re.compile(
    r"(?:no[._-]?reply|do[._-]?not[._-]?reply|postmaster|mailer-daemon|daemon|root|git|hg|svn|celery\w*|worker[\w.-]*|nobody"
    r"|system|cron|www-data|user|bounces?[\w.+-]*|notifications?|alerts?|monitoring|healthcheck)",
    re.IGNORECASE,
)
"""Who is before the @ where no person is."""

_NO_DOMAIN = frozenset((
    "local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "invalid", "test", "svc",
    "cluster", "arpa", "service", "socket", "timer", "slice", "scope", "mount", "target", "swap", "path", "device",
    "py", "js", "ts", "tsx", "jsx", "mjs", "rb", "go", "rs", "java", "php", "png", "jpg", "jpeg", "gif", "svg",
    "css", "html", "json", "yml", "yaml", "toml", "md", "txt", "log", "so", "dll", "exe", "sock", "conf", "dump",
    "sql", "gz", "zip",
))  # fmt: skip
"""What is behind the last dot where it is no domain that gets mail: private names, units, files."""

_MACHINES = ("gserviceaccount.com", ".amazonaws.com", ".amazonses.com", ".docker.com")
"""Domains under which accounts of programs are."""

_INTERNATIONAL = re.compile(r"(?<![\w+.])\+[1-9]\d{0,2}(?:[ ()./-]{0,2}\d){7,12}(?![\w.]?\d|\w)")
_NATIONAL = re.compile(
    r"(?:phone|mobile|mobil|cell|handy|telefon|tel|fax|msisdn|whatsapp)[a-z_ ]{0,10}[\"']?\s{0,2}(?:number|nr|no)?\.?"
    r"\s{0,2}[=:]\s{0,2}[\"']?(\(?\d(?:[ ()./-]{0,2}\d){6,13})(?!\w)",
    re.IGNORECASE,
)
_SOCIAL = re.compile(
    r"(?:\bssn|social[ _-]?security(?:[ _-]?(?:number|no|nr))?)[\"']?[^\w\"'(\[]{0,6}[\"']?"
    r"(\d{3}[- ]?\d{2}[- ]?\d{4})(?!\w)",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@?#\"'<>]{0,80}:([^\s/@?#\"'<>]{3,200})@[A-Za-z0-9\[]"
)
_HIDDEN = re.compile(
    r"[*x•#.…]+|\[?(?:redacted|filtered|hidden|masked|removed|secret|password|pass|pw)\]?|[$%{<].*",
    re.IGNORECASE,
)
"""What stands for a password and is none."""

_ENOUGH_DIGITS = re.compile(r"\d(?:[ ()./-]{0,2}\d){6}")
_ABOUT_PERSON = re.compile(
    r"\b((?:first|last|full|sur|given|family|patient|customer|contact)?[_-]?name|patient|customer|vorname|nachname|dob"
    r"|birth[_-]?(?:day|date)|date[_-]of[_-]birth|geburtsdatum|address|street|strasse|anschrift)([\"']?\s?[=:]\s?[\"']?)"
    r"([^\s,;|&\"'{}=]{1,60}(?: [^\s,;|&\"'{}=:]{1,60}){0,4})(?=[\s,;|&\"'}]|\Z)",
    re.IGNORECASE,
)
"""Beside what is about a person for sure, what stands under such a name is too. The last word may be the next name."""

_NEXT_NAME = re.compile(r" [^\s]+\Z")

_WORD_ENDS = " \t\"'<>()[]{},;=|"
_TOKENS = tuple(rule for rule in tokens.RULES if rule.marks)


class Found(Struct, frozen=True):
    """Something that should not stand in a log. start, end: where; sample: what may be shown of it."""

    kind: str
    start: int
    end: int
    sample: str


def found_in(text: str) -> list[Found]:
    """Everything of these kinds in a line, in the order of KINDS. Nothing that was found stands in the samples."""
    found: list[Found] = []
    if "@" in text:
        found += _emails(text)
    if _ENOUGH_DIGITS.search(text):
        found += _numbers(text)
    found += _secrets(text)
    return found


def masked(text: str) -> str:
    """The text with samples in the place of what is found in it, and without names and addresses beside it."""
    shown = text
    found = found_in(text)
    for one in sorted(found, key=lambda each: -each.start):
        if one.end > one.start:
            shown = f"{shown[: one.start]}{one.sample}{shown[one.end :]}"
    if any(one.kind in _OF_PERSONS for one in found):
        shown = _ABOUT_PERSON.sub(_without_value, shown)
    return shown


def _without_value(match: re.Match[str]) -> str:
    # `patient=Jane Sample ssn=…`: the last word of the value is the name of the next one.
    follows = match.string[match.end() : match.end() + 1] == "="
    kept = _NEXT_NAME.search(match[3]) if follows else None
    return f"{match[1]}{match[2]}…{kept.group() if kept else ''}"


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        name, _, domain = match.group().rpartition("@")
        if domain.rpartition(".")[2].lower() in _NO_DOMAIN or domain.lower().endswith(_MACHINES):
            continue
        if (
            _NO_PERSON.fullmatch(name)
            or _within_url(text, match.start())
            or "message-id" in text[max(0, match.start() - 20) : match.start()].lower()
        ):
            continue
        yield Found(EMAIL, *match.span(), f"{name[0]}…@{domain[0]}…")


def _within_url(text: str, at: int) -> bool:
    """Whether it is the user and the host of a URL: nothing between `://` and here ends a word."""
    start = max(text.rfind(end, 0, at) for end in _WORD_ENDS) + 1
    return "://" in text[start:at]


def _numbers(text: str) -> Iterator[Found]:
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            return False
        taken.append((start, end))
        return True

    for start, end in ibans(text):
        if free(start, end):
            yield Found(IBAN, start, end, f"{text[start : start + 2]}…")
    for start, end in cards(text):
        if free(start, end):
            yield Found(CARD, start, end, f"{text[start]}…")
    for match in _SOCIAL.finditer(text):
        if free(*match.span(1)):
            yield Found(SOCIAL, *match.span(1), "…")
    for match in _NATIONAL.finditer(text):
        if free(*match.span(1)):
            yield Found(PHONE, *match.span(1), f"{match[1][0]}…")
    for match in _INTERNATIONAL.finditer(text):
        if free(*match.span()):
            yield Found(PHONE, *match.span(), f"{match.group()[:3]}…")


def _secrets(text: str) -> Iterator[Found]:
    lowered = text.lower()
    for rule in _TOKENS:
        if any(mark in lowered for mark in rule.marks) and rule.apply(text) != text:
            # Where it stands is the redactor's to know: it has been taken out of whatever is shown.
            yield Found(TOKEN, 0, 0, f"{next(mark for mark in rule.marks if mark in lowered)}…")
            break
    if "://" in text:
        for match in _URL_PASSWORD.finditer(text):
            if not _HIDDEN.fullmatch(match[1]):
                yield Found(PASSWORD, *match.span(1), "…")
