"""Standard records as arrays of whole numbers for the compiled kernels.

Belongs here: the name and street tables (code points, letter bags, sounds, nicknames)
and the matrix with one row per record. Does not belong here: comparing (``compare``).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from jellyfish import metaphone
from numpy.typing import NDArray

from dagster_project.linkage import nicknames
from dagster_project.linkage.coded import Coded, Codes
from dagster_project.linkage.overuse import (
    SSN_HOLDERS,
    default_dates,
    shared_by_strangers,
    without,
)
from dagster_project.linkage.standardise import Standard
from dagster_project.linkage.text_hash import Hashes, text_hashes

VALUE_COLUMNS = (
    "first",
    "last",
    "middle",
    "alias",
    "other_alias",
    "birth_date",
    "birth_year",
    "year_low",
    "year_high",
    "ssn",
    "ssn_last4",
    "phone",
    "email",
    "email_local",
    "street",
    "zip",
    "city",
    "sex",
    "suffix",
    "extra_1",
    "extra_2",
)
"""Columns of ``Encoded.values``. Names and streets are places in their tables; dates
and numbers are packed four bits a digit, so that a digit's slip is a nibble's."""

SHARED_WORDS = 4
"""Most words of a surname that are compared; longer compounds are rare."""

TEXTS_AT_ONCE = 100_000
"""Texts whose letters are counted at once: 32 counts each are soon much memory."""

SOUND_PREFIX = 4
"""Letters of the metaphone that make a blocking key."""


class TextTable(NamedTuple):
    """Distinct texts as code points; place 0 is the missing text."""

    points: NDArray[np.int32]  # all texts one after another
    starts: NDArray[np.int64]  # where each begins; one more entry at the end
    bags: NDArray[np.uint64]  # which letters occur, twice or once


class NameTable(NamedTuple):
    """What the kernel knows of each distinct name; letters as in ``TextTable``.

    Flat because a compiled parallel loop takes no tuple within a tuple.
    """

    points: NDArray[np.int32]
    starts: NDArray[np.int64]
    bags: NDArray[np.uint64]
    sounds: NDArray[np.int64]  # metaphone of the first word
    canonicals: NDArray[np.int64]  # names it may stand for, 0-filled
    words: NDArray[np.int64]  # words of the name, 0-filled
    first_word: NDArray[np.int64]


class NumberTable(NamedTuple):
    """Distinct numbers, their digits packed four bits each; place 0 is missing."""

    ssn: Codes
    phone: Codes


class TextHashes(NamedTuple):
    """Of the distinct values that are only compared whole, for blocking."""

    email: Hashes
    email_local: Hashes
    street: Hashes


class Dropped(NamedTuple):
    """Values too common to be one person's; what is kept of them is their digits."""

    dates: tuple[int, ...]  # yyyymmdd
    ssns: tuple[str, ...]


@dataclass(frozen=True)
class Encoded:
    """All that comparing and blocking need, one row per linkable record."""

    values: NDArray[np.int32]
    names: NameTable
    streets: TextTable
    numbers: NumberTable
    text_hashes: TextHashes
    dropped: Dropped
    name_values: list[str]
    zip_values: list[str]
    city_values: list[str]
    extra_values: tuple[list[str], list[str]]

    def column(self, name: str) -> Codes:
        """Return one column of the value matrix."""
        return self.values[:, VALUE_COLUMNS.index(name)].astype(np.int64)

    def take(self, rows: Codes) -> "Encoded":
        """Return some of the records, or all in another order."""
        return replace(self, values=self.values[rows])

    @property
    def for_kernels(self) -> tuple:
        """Return the arrays in the order in which the kernels take them."""
        return self.values, self.names, self.streets, self.numbers


def text_table(values: list[str]) -> TextTable:
    """Return the code points and letter bags of distinct texts."""
    lengths = np.array([len(value) for value in values], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    points = np.frombuffer("".join(values).encode("utf-32-le"), np.int32).copy()
    return TextTable(points, starts, _bags(points, starts))


def _bags(points: NDArray[np.int32], starts: Codes) -> NDArray[np.uint64]:
    """Return two bits per letter class: it occurs, it occurs twice.

    32 classes by code point; texts that share m letters differ in at most
    len(a) + len(b) - 2m bits, which is what lets the kernel skip hopeless comparisons.
    """
    bags = np.zeros(len(starts) - 1, np.uint64)
    place = np.uint64(2) * np.arange(32, dtype=np.uint64)
    for first in range(0, len(bags), TEXTS_AT_ONCE):
        ends = starts[first : first + TEXTS_AT_ONCE + 1]
        count = len(ends) - 1
        owner = np.repeat(np.arange(count), np.diff(ends))
        letters = points[ends[0] : ends[-1]] % 32
        cells = np.bincount(owner * 32 + letters, minlength=count * 32)
        cells = cells.reshape(count, 32)
        once = ((cells >= 1).astype(np.uint64) << place).sum(1, dtype=np.uint64)
        twice = ((cells >= 2).astype(np.uint64) << (place + np.uint64(1))).sum(
            1, dtype=np.uint64
        )
        bags[first : first + count] = once | twice
    return bags


def pack_digits(text: str) -> int:
    """Return digits four bits each behind a leading 1: zeros keep their place."""
    return int("1" + text, 16)


def encode(records: Standard, dropped: Dropped | None = None) -> Encoded:
    """Turn standard records into the kernels' arrays; overused values go missing.

    Which those are is read off the records, unless ``dropped`` names them.
    """
    places: dict[str, int] = {"": 0}
    columns: dict[str, Codes] = {}
    for name in ("first", "last", "middle", "alias", "other_alias"):
        columns[name] = _places(getattr(records, name), places)
    for words in records.surname_words.values():
        for word in words:
            places.setdefault(word, len(places))
    values = list(places)
    for value in values:
        for word in value.split(" "):
            places.setdefault(word, len(places))
    values = list(places)
    names = _name_table(values, places, records.surname_words)
    surname_sounds = names.sounds[columns["last"]]
    if dropped is None:
        dropped = _overused(records, surname_sounds)
    columns |= _dates(records, dropped)
    columns |= _numbers(records, dropped)
    streets: dict[str, int] = {"": 0}
    columns["street"] = _places(records.street, streets)
    columns["zip"], columns["city"] = records.zip.codes, records.city.codes
    columns["sex"], columns["suffix"] = records.sex, records.suffix
    columns["extra_1"] = records.extra_1.codes
    columns["extra_2"] = records.extra_2.codes
    matrix = np.empty((len(records.record_id), len(VALUE_COLUMNS)), np.int32)
    for place, name in enumerate(VALUE_COLUMNS):
        matrix[:, place] = columns.pop(name)
    return Encoded(
        matrix,
        names,
        text_table(list(streets)),
        NumberTable(_packed(records.ssn), _packed(records.phone)),
        TextHashes(
            text_hashes(records.email.values),
            text_hashes(_local_part(records.email).values),
            text_hashes(list(streets)),
        ),
        dropped,
        values,
        records.zip.values,
        records.city.values,
        (records.extra_1.values, records.extra_2.values),
    )


def _packed(numbers: Coded) -> Codes:
    return np.array([pack_digits(n) if n else 0 for n in numbers.values], np.int64)


def _places(column: Coded, places: dict[str, int]) -> Codes:
    table = [places.setdefault(value, len(places)) for value in column.values]
    return np.array(table, np.int64)[column.codes]


def _name_table(
    values: list[str], places: dict[str, int], surname_words: dict[str, tuple[str, ...]]
) -> NameTable:
    sounds: dict[str, int] = {"": 0}
    canonicals: dict[str, int] = {"": 0}
    known = nicknames.canonical_names()
    sound = np.zeros(len(values), np.int64)
    first_word = np.zeros(len(values), np.int64)
    stands_for = np.zeros((len(values), nicknames.CANONICALS), np.int64)
    words = np.zeros((len(values), SHARED_WORDS), np.int64)
    for place, value in enumerate(values):
        word = value.partition(" ")[0]
        first_word[place] = places[word]
        sound[place] = sounds.setdefault(sound_of(word), len(sounds))
        for slot, name in enumerate(known.get(word, ())):
            stands_for[place, slot] = canonicals.setdefault(name, len(canonicals))
        parts = surname_words.get(value) or value.split(" ")
        shared = [w for w in parts if len(w) > 1]
        for slot, part in enumerate(shared[:SHARED_WORDS]):
            words[place, slot] = places[part]
    return NameTable(*text_table(values), sound, stands_for, words, first_word)


def sound_of(word: str) -> str:
    """Return a word's metaphone, or its first three letters where that is empty."""
    if not word:
        return ""
    return metaphone(word).replace(" ", "") or word[:3]


def _overused(records: Standard, surname_sounds: Codes) -> Dropped:
    ssns = shared_by_strangers(records.ssn.codes, surname_sounds, SSN_HOLDERS)
    return Dropped(
        tuple(default_dates(records.dob, surname_sounds).tolist()),
        tuple(records.ssn.values[code] for code in ssns.tolist()),
    )


def _dates(records: Standard, dropped: Dropped) -> dict[str, Codes]:
    dates = without(records.dob, np.array(dropped.dates, np.int64))
    year = dates // 10000
    exact = np.where(dates % 100 > 0, dates, 0)
    distinct, place = np.unique(exact, return_inverse=True)
    packed = np.array([int(str(date), 16) for date in distinct.tolist()], np.int64)
    return {
        "birth_date": packed[place],
        "birth_year": year,
        "year_low": np.where(year > 0, year, records.year_low),
        "year_high": np.where(year > 0, year, records.year_high),
    }


def _local_part(email: Coded) -> Coded:
    return email.read(lambda address: address.partition("@")[0])


def _numbers(records: Standard, dropped: Dropped) -> dict[str, Codes]:
    ssn = records.ssn.codes
    given = set(dropped.ssns)
    defaults = np.array(
        [c for c, v in enumerate(records.ssn.values) if v in given], int
    )
    last4 = records.ssn_last4.numbers(pack_digits)
    return {
        "ssn": without(ssn, defaults),
        "ssn_last4": np.where(np.isin(ssn, defaults) & (ssn > 0), 0, last4),
        "phone": records.phone.codes,
        "email": records.email.codes,
        "email_local": _local_part(records.email).codes,
    }
