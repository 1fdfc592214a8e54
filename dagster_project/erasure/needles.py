"""What is searched for once a client was erased, and whether a text holds it.

Belongs here: ids, social security numbers, names with birth dates, as they may be
written. Does not belong here: where to look (``search``).

The search knows nothing of how rows were erased: it reads text and nothing else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dagster_project.erasure.client_keys import source_id
from dagster_project.erasure.orders import Identity

What = Literal["client record id", "person id", "social security number", "name"]
LONG = 8
"""Characters from which a department's own id is searched for by itself: a shorter one
may be any number. Shorter ones are looked up where an id stands (``judge``), and as a
whole client record id everywhere."""
BETWEEN = re.compile(r"[^\s\"'/\\;,<>(){}\[\]|=&:\x00-\x1f\x7f\ufffd]+")
"""Words: what stands between the signs that part values in JSON, CSV, HTML and SQL."""
SSN = re.compile(r"\d{9}|\d{3}-\d{2}-\d{4}")
NO_SSN = re.compile(r"(\d)\1{8}|000.*|666.*|9.*|...00.*|.....0000|123456789|078051120")
"""Numbers the Social Security Administration never gave to one person."""


@dataclass(frozen=True)
class Needle:
    """One thing to look for.

    Attributes:
        what: What it is.
        words: Words that all stand in one row or line, case folded.
        whole: Texts of which one stands there as it is; none for a name.
    """

    what: What
    words: frozenset[str]
    whole: tuple[str, ...] = ()


def needles_of(
    records: Iterable[str], persons: Iterable[str], identities: Iterable[Identity]
) -> list[Needle]:
    """Return what to look for, without a value that tells of nobody."""
    found = []
    for record in records:
        own = source_id(record)
        told = (own,) if len(own) >= LONG else (record,)
        found.append(Needle("client record id", _words(own), told))
    found += [Needle("person id", _words(person), (person,)) for person in persons]
    for ssn in sorted({i.ssn for i in identities}):
        if SSN.fullmatch(ssn) and not NO_SSN.fullmatch(ssn):
            dashed = f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}"
            found += [
                Needle("social security number", frozenset((written,)), (written,))
                for written in (ssn, dashed)
            ]
    names = {
        (i.first_name, i.last_name, i.born)
        for i in identities
        if i.first_name and i.last_name and len(i.born) == 10
    }
    for first, last, born in sorted(names):
        name = _words(first) | _words(last)
        found += [
            Needle("name", name | {written.casefold()}) for written in _dates(born)
        ]
    return found


def _words(text: str) -> frozenset[str]:
    # A full stop may end a sentence or be part of an id.
    return frozenset(word.strip(".-").casefold() for word in BETWEEN.findall(text))


def _stands_in(text: str, needle: Needle) -> bool:
    """Say whether an id stands there and not the beginning or end of a longer one."""
    return not needle.whole or any(
        re.search(rf"(?<!\w){re.escape(whole)}(?!\w)", text) for whole in needle.whole
    )


def _dates(born: str) -> list[str]:
    """Return a birth date as departments write it, where it is one word."""
    year, month, day = born.split("-")
    return [born, f"{year}{month}{day}", f"{born}T00"]


class Haystack:
    """Text in which needles are looked for, all at once."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._needles = list(needles)
        self._by_word: dict[str, list[Needle]] = {}
        for needle in self._needles:
            # The longest word is the rarest.
            rarest = max(sorted(needle.words), key=len)
            self._by_word.setdefault(rarest, []).append(needle)

    def found(self, text: str) -> set[Needle]:
        """Return the needles that stand in one row or line."""
        words = _words(text)
        return {
            needle
            for word in words & self._by_word.keys()
            for needle in self._by_word[word]
            if needle.words <= words and _stands_in(text, needle)
        }

    def found_in_bytes(self, data: bytes) -> set[Needle]:
        """Return the ids and numbers that stand anywhere in a file that is no text.

        Such files put values side by side without a sign between them, so a name and a
        birth date in one of them prove nothing; the tables it holds are read as tables.
        """
        return {
            needle
            for needle in self._needles
            for whole in needle.whole
            # What goes on with a digit is another's longer number.
            if (told := whole.encode()) in data
            and re.search(rb"(?<!\d)" + re.escape(told) + rb"(?!\d)", data)
        }
