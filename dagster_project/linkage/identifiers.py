"""Read numbers and addresses that identify: SSN, telephone, e-mail, street, ZIP.

Belongs here: one function per kind, from text to its comparable form or ''. Does not
belong here: what is too common to be one person's (``overuse``).
"""

import re
from typing import NamedTuple

from dagster_project.linkage.word_lists import words


class Ssn(NamedTuple):
    """A social security number: nine digits or '', and the last four or ''."""

    full: str
    last4: str


NO_SSN = Ssn("", "")

SEQUENCES = frozenset({"123456789", "987654321", "012345678", "078051120", "219099999"})
"""Typed to get past a form, or printed on sample cards (078-05-1120, 219-09-9999)."""

ISSUED = re.compile(r"(?!000|666|9|(\d)\1{8})\d{3}(?!00)\d\d(?!0000)\d{4}", re.ASCII)
"""Nine digits as they are nearly always written, of a number that may be somebody's."""

FULL_LENGTHS = (7, 8, 9)
"""Shorter forms lost leading zeros in a spreadsheet."""

ROUNDED = re.compile(r"\d[eE]\+\d")
"""A spreadsheet's ``4.15556E+09``: what is left of it is the same for many people."""


def read_ssn(text: str | None) -> Ssn:
    """Return the full number or its last four digits, nothing if it was never issued.

    Never issued (SSA): area 000, 666 or 9xx, group 00, serial 0000. Areas 734-749 and
    773-899 are accepted: randomised issue has used them since 25 June 2011.
    """
    if not text:
        return NO_SSN
    if ISSUED.fullmatch(text) and text not in SEQUENCES:
        return Ssn(text, text[-4:])
    digits, masked = text, False
    if not (text.isascii() and text.isdigit()):
        if ROUNDED.search(text):
            return NO_SSN
        digits = re.sub(r"\D", "", text)
        masked = bool(re.search(r"[x*]", text.lower()))
    if len(digits) == 4 or (masked and len(digits) >= 4):
        last4 = digits[-4:]
        return NO_SSN if last4 == "0000" else Ssn("", last4)
    if len(digits) not in FULL_LENGTHS or len(set(digits)) == 1 or digits in SEQUENCES:
        return NO_SSN
    if len(digits) == 9:
        area, group, serial = digits[:3], digits[3:5], digits[5:]
        never = area in ("000", "666") or area[0] == "9"
        if never or group == "00" or serial == "0000":
            return NO_SSN
    return Ssn(digits.zfill(9), digits[-4:])


def has_ssn_length(text: str) -> bool:
    """Return whether a text may be a number or its end, whoever's or nobody's."""
    digits = re.sub(r"\D", "", text)
    whole = len(digits) == 4 or len(digits) in FULL_LENGTHS
    return not ROUNDED.search(text) and (whole or bool(read_ssn(text).last4))


SHORTEST_PHONE, LONGEST_PHONE = 7, 18
"""Digits of one telephone number: without its area code, and the longest there is (15)
after the 011 that dials abroad. What has more holds two."""

WITH_AREA = 10
"""Digits of a North American number with its area code."""

EXTENSION = re.compile(r"(?:\bext(?:ension|n)?|x|#)[\s.:#]*\d{1,6}\s*$", re.IGNORECASE)
"""A number within a house, dialled after the telephone's own."""

BETWEEN_PHONES = re.compile(r"[/;,|&\n]|\bor\b|\band\b", re.IGNORECASE)
"""What stands between two numbers in one cell; a slash may also stand within one."""


def read_phone(text: str | None) -> str:
    """Return the last ten digits of a telephone number, '' when it cannot be one.

    An extension is left off, and of two numbers the first is taken. Seven digits stay
    seven: they are nearly equal to a number that ends in them (``compare``), not equal,
    for among a million records every eighth would meet a stranger's.
    """
    if not text:
        return ""
    if ROUNDED.search(text):
        return ""
    digits = _first_phone(text)[-WITH_AREA:]
    if not _is_long(digits) or len(set(digits[-7:])) == 1 or digits[-7:] == "1234567":
        return ""
    return digits


def is_phone(text: str) -> bool:
    """Return whether a text is as long as a telephone number, whoever's or nobody's."""
    return not ROUNDED.search(text) and _is_long(_first_phone(text))


def _is_long(digits: str) -> bool:
    return len(digits) >= SHORTEST_PHONE


def _first_phone(text: str) -> str:
    """Return the digits of the first telephone number in a cell."""
    if text.isascii() and text.isdigit():
        return _first_of_joined(text)
    parts = [_digits(EXTENSION.sub("", p)) for p in BETWEEN_PHONES.split(text)]
    for part in parts:
        if len(part) >= WITH_AREA:
            return _first_of_joined(part)
    long = [part for part in parts if _is_long(part)]
    return long[0] if len(long) > 1 else "".join(parts)


def _first_of_joined(digits: str) -> str:
    if len(digits) <= LONGEST_PHONE:
        return digits
    return digits.removeprefix("00").removeprefix("1")[:WITH_AREA]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def read_email(text: str | None) -> str:
    """Return a lower-case address, '' without a local part and a domain."""
    address = (text or "").strip().lower()
    local, at, domain = address.partition("@")
    if not (local and at and domain) or local in ("none", "noemail", "unknown", "na"):
        return ""
    return address


STREET_WORDS = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "boulevard": "blvd",
    "road": "rd",
    "drive": "dr",
    "place": "pl",
    "court": "ct",
    "lane": "ln",
    "terrace": "ter",
    "apartment": "apt",
    "unit": "apt",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "sixth": "6th",
    "seventh": "7th",
    "eighth": "8th",
    "ninth": "9th",
    "tenth": "10th",
}
"""Street words to their short forms; AVE, ST and BLVD stay different streets."""

NO_ADDRESS = frozenset(
    words(
        """
    unknown none na homeless unhoused houseless transient undomiciled general delivery
    refused no fixed address nfa
    """
    )
)
"""Words that stand where an address would: a thousand people live at 'Homeless'."""


def read_street(folded: str) -> str:
    """Return a folded street address with short forms, '' for what is no address."""
    words = folded.split()
    if not words or (words[0] in NO_ADDRESS and NO_ADDRESS.issuperset(words)):
        return ""
    return " ".join([STREET_WORDS.get(word, word) for word in words])


def read_zip(text: str | None) -> str:
    """Return the first five digits of a ZIP code ('94133.0' and '94133-1234' too)."""
    digits = re.match(r"\d{4,5}", (text or "").strip())
    if not digits or len(set(digits.group())) == 1:
        return ""
    return digits.group().zfill(5) if len(digits.group()) == 5 else digits.group()
