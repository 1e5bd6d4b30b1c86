"""Numbers with check digits: cards and bank accounts. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CARD = re.compile(r"(?<![\w.+-])(?:\d[ -]?){12,18}\d(?![\w-])")
_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5}")
_CARD_WORD = re.compile(
    r"(?:card|credit|debit|\bpan\b|\bcc\b|visa|master|amex|kreditkarte|karte)[^\d]{0,24}\Z", re.IGNORECASE
)
_LOOKED_BACK = 40
"""Characters before a number in which a word may say that it is one of a card."""

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
}  # fmt: skip
"""Characters of an account number by country (ISO 13616 registry)."""


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of payment cards stand.

    One number in ten has a right check digit, so that is not enough: it has to begin as a card does, and be written in
    groups as on a card or stand behind a word that says what it is.
    """
    for match in _CARD.finditer(text):
        digits = re.sub(r"[ -]", "", match.group())
        if not _begins_as_card(digits) or not luhn(digits):
            continue
        before = text[max(0, match.start() - _LOOKED_BACK) : match.start()]
        if _GROUPED.fullmatch(match.group()) or _CARD_WORD.search(before):
            yield match.span()


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where account numbers stand: right length for their country, right check digits (ISO 7064, mod 97-10)."""
    for match in _IBAN.finditer(text):
        start = match.start()
        wanted = _IBAN_LENGTHS.get(match.group()[:2])
        if wanted is None:
            continue
        # A word in capitals behind it may look like one more group.
        taken, end = "", start
        while len(taken) < wanted and end < match.end():
            if text[end] != " ":
                taken += text[end]
            end += 1
        if len(taken) == wanted and not text[end : end + 1].isalnum() and mod97(taken):
            yield start, end


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod97(iban: str) -> bool:
    """Whether the check digits of an account number are right: letters count from A = 10."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _begins_as_card(digits: str) -> bool:
    length, two, four = len(digits), int(digits[:2]), int(digits[:4])
    match digits[0]:
        case "4":
            return length in (13, 16, 19)
        case "5":
            return length == 16 and 51 <= two <= 55
        case "2":
            return length == 16 and 2221 <= four <= 2720
        case "3":
            return length == 15 and two in (34, 37)
        case "6":
            return length == 16 and (four == 6011 or two == 65 or 644 <= int(digits[:3]) <= 649)
    return False
