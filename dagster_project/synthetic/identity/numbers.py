"""Numbers people carry: SSN, phone, e-mail; and the ids systems give to records.

Belongs here: numbers that cannot belong to a real person. Does not belong here: who
tells a number to whom (``told``).

SSN: area 734-749 or 773-899, well-formed, and not issued before 25 June 2011. Phones:
area code 555. E-mail: the reserved domains of RFC 2606. All are one-to-one with the
person's number, so that two people never share one by chance.
"""

from math import gcd

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.city import Ints
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.names.spelling import without_accents

Texts = NDArray[np.object_]

AREAS = (*range(734, 750), *range(773, 900))
SSNS = len(AREAS) * 99 * 9999
OWN_PHONES = 7_900_000
"""Phones of people; numbers above are desks and case managers. Exchanges 200-999."""
PHONE_VERSIONS = 4
"""Phones one person may have in turn."""
PHONE_LIFE = 420
"""Days a phone lasts: lost, stolen, unpaid [A]."""
DOMAINS = ("example.org", "example.com", "example.net")
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CASE_TWINS = 0.01
"""Team-log ids that differ from the person's last one by letter case alone."""


def scattered(number: Ints, size: int, seed: int) -> Ints:
    """Map numbers below ``size`` one-to-one onto others that look unordered."""
    step = int(size * 0.6180339887) + seed % 1000
    while gcd(step, size) != 1:
        step += 1
    return (np.asarray(number, dtype=np.int64) * step + 7919 * (seed + 1)) % size


def ssns(person: Ints, seed: int) -> Texts:
    """Return each person's SSN, nine digits."""
    at = scattered(person, SSNS, seed)
    area = np.array(AREAS)[at // (99 * 9999)]
    rest = at % (99 * 9999)
    values = area * 1_000_000 + (rest // 9999 + 1) * 10_000 + rest % 9999 + 1
    return np.array([str(value) for value in values.tolist()], dtype=object)


def _phone_texts(at: Ints) -> Texts:
    texts = [f"555-{200 + v // 10_000}-{v % 10_000:04d}" for v in at.tolist()]
    return np.array(texts, dtype=object)


def phone_version(person: Ints, day: Ints, seed: int) -> Ints:
    """Return which of their phones people have on a day."""
    start = Draws(seed).below("phone life", person, PHONE_LIFE)
    return np.clip((day + start) // PHONE_LIFE, 0, PHONE_VERSIONS - 1)


def own_phones(person: Ints, version: Ints, seed: int) -> Texts:
    """Return people's own phones."""
    number = person.astype(np.int64) * PHONE_VERSIONS + version
    return _phone_texts(scattered(number, OWN_PHONES, seed))


def shared_phones(desk: Ints) -> Texts:
    """Return phones of shelter desks (0-7) and case managers (from 8)."""
    return _phone_texts(OWN_PHONES + np.asarray(desk, dtype=np.int64) * 37)


def emails(first: Texts, last: Texts, seed: int) -> Texts:
    """Return each person's e-mail address, made of the legal name."""
    person = np.arange(len(first))
    tail = scattered(person, 9973, seed)
    domain = Draws(seed).below("e-mail domain", person, len(DOMAINS))
    texts = []
    for one, two, digits, place in zip(first, last, tail, domain, strict=True):
        name = without_accents(f"{one}.{two}").lower()
        name = "".join(sign for sign in name if sign.isalnum() or sign == ".")
        texts.append(f"{name}{digits}@{DOMAINS[place]}")
    return np.array(texts, dtype=object)


def source_ids(person: Ints, system: Ints, ordinal: Ints, seed: int) -> Texts:
    """Return the id each system gives to each record."""
    draws, ids = Draws(seed), np.full(len(person), "", dtype=object)
    key = ordinal * len(SYSTEMS) + system
    words = [
        (draws.uniform(f"id {part}", person, key) * 2**52).astype(np.int64)
        for part in "abc"
    ]
    for code, name in enumerate(SYSTEMS):
        rows = np.flatnonzero(system == code)
        a, b, c = (word[rows].tolist() for word in words)
        if name == "hmis":
            number = person[rows].astype(np.int64) * 8 + ordinal[rows]
            at = scattered(number, 900_000_000, seed) + 100_000_000
            ids[rows] = [str(value) for value in at.tolist()]
        elif name == "epcr":
            number = person[rows].astype(np.int64) * 4096 + ordinal[rows]
            at = scattered(number, 10**10, seed)
            ids[rows] = [f"PCR-{value:010d}" for value in at.tolist()]
        elif name == "fhir":
            ids[rows] = [_uuid(*abc) for abc in zip(a, b, c, strict=True)]
        else:
            ids[rows] = [_salesforce(*abc) for abc in zip(a, b, c, strict=True)]
            _case_twins(ids, rows, person, ordinal, draws)
    return ids


def _uuid(a: int, b: int, c: int) -> str:
    text = f"{a:013x}{b:013x}{c & 0xFFFFFF:06x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _salesforce(a: int, b: int, c: int) -> str:
    """Return ``a0X`` and fifteen letters and digits; case matters."""
    signs, value = [], a | (b << 52)
    for _ in range(15):
        value, place = divmod(value, 62)
        signs.append(BASE62[place])
    return "a0X" + "".join(signs)


def _case_twins(
    ids: Texts, rows: Ints, person: Ints, ordinal: Ints, draws: Draws
) -> None:
    """Give a few log rows the last row's id in the other letter case, in place."""
    chosen = draws.uniform("case twin", person[rows], ordinal[rows]) < CASE_TWINS
    for row in rows[chosen & (ordinal[rows] % 2 == 1)]:
        if person[row - 1] == person[row]:
            ids[row] = "a0X" + ids[row - 1][3:].swapcase()
