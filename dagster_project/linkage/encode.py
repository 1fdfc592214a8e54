"""Standard records as arrays of whole numbers for the compiled kernels.

Belongs here: one row per record, and what its columns point to. Does not belong here:
letters and sounds of names (``text_tables``), comparing (``compare``).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Coded, Codes
from dagster_project.linkage.fields import FIELD_NAMES
from dagster_project.linkage.overuse import (
    SSN_HOLDERS,
    default_dates,
    default_days,
    of_year_alone,
    shared_by_strangers,
    without,
)
from dagster_project.linkage.standardise import Standard
from dagster_project.linkage.text_hash import Hashes, letter_hashes, text_hashes
from dagster_project.linkage.text_tables import TextTable, name_table, text_table

RECORD = np.dtype(
    [
        # Places in the table of names.
        ("first", np.int32),
        ("last", np.int32),
        ("middle", np.int32),
        ("alias", np.int32),
        ("other_alias", np.int32),
        # Packed four bits a digit, so that a digit's slip is a nibble's.
        ("birth_date", np.int32),
        ("ssn_last4", np.int32),
        # Places in tables of their own, of numbers, texts or plain values.
        ("ssn", np.int32),
        ("phone", np.int32),
        ("email", np.int32),
        ("email_local", np.int32),
        ("street", np.int32),
        ("zip", np.int32),
        ("city", np.int32),
        ("extra_1", np.int32),
        ("extra_2", np.int32),
        ("birth_year", np.int16),
        ("year_low", np.int16),
        ("year_high", np.int16),
        ("sex", np.uint8),
        ("suffix", np.uint8),
    ]
)
"""What the kernels know of a record, 0 where it is missing; 72 bytes lie together,
because pairs reach for records in no order."""

SOUND_PREFIX = 4
"""Letters of the metaphone that make a blocking key."""


TOLD_BY = {
    "first": ("first", "alias", "other_alias"),
    "last": ("last",),
    "dob": ("birth_date",),
    "ssn": ("ssn",),
    "phone": ("phone",),
    "email": ("email",),
    "address": ("street", "zip", "city"),
    "middle": ("middle",),
    "sex": ("sex",),
    "suffix": ("suffix",),
    "full_name": ("last",),
    "extra_1": ("extra_1",),
    "extra_2": ("extra_2",),
}
"""Fields and the columns one of which tells them."""


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

    days: tuple[int, ...]  # mmdd; of a date on one of them the year is kept
    dates: tuple[int, ...]  # yyyymmdd
    ssns: tuple[str, ...]


@dataclass(frozen=True)
class Encoded:
    """All that comparing and blocking need, one row per linkable record."""

    values: NDArray[np.void]  # of ``RECORD``
    names: TextTable
    streets: TextTable
    numbers: NumberTable
    text_hashes: TextHashes
    dropped: Dropped
    name_values: list[str]
    zip_values: list[str]
    city_values: list[str]
    extra_values: tuple[list[str], list[str]]

    def column(self, name: str) -> Codes:
        """Return one column of the records."""
        return self.values[name].astype(np.int64)

    def take(self, rows: Codes) -> "Encoded":
        """Return some of the records, or all in another order."""
        return replace(self, values=np.take(self.values, rows))

    @property
    def told_fields(self) -> Codes:
        """Return the places of the fields in which two of the records may be compared.

        Partial evidence counts only beside a record that has no more than that.
        """
        told = self.values
        tells = {
            name: any(np.any(told[column]) for column in columns)
            for name, columns in TOLD_BY.items()
        }
        for less, more in (
            ("birth_year", "birth_date"),
            ("year_low", "birth_year"),
            ("ssn_last4", "ssn"),
        ):
            only = np.any((told[less] > 0) & (told[more] <= 0))
            tells["age" if less == "year_low" else less] = only
        return np.flatnonzero([tells[name] for name in FIELD_NAMES])

    @property
    def for_kernels(self) -> tuple:
        """Return the arrays in the order in which the kernels take them."""
        return self.values, self.names, self.streets, self.numbers


def pack_digits(text: str) -> int:
    """Return digits four bits each behind a leading 1: zeros keep their place."""
    return int("1" + text, 16)


def encode(records: Standard, dropped: Dropped | None = None) -> Encoded:
    """Turn standard records into the kernels' arrays; overused values go missing.

    Which those are is read off the records, unless ``dropped`` names them.
    """
    places: dict[str, int] = {"": 0}
    rows = np.empty(len(records.record_id), RECORD)
    for name in ("first", "last", "middle", "alias", "other_alias"):
        rows[name] = _places(getattr(records, name), places)
    for words in records.surname_words.values():
        for word in words:
            places.setdefault(word, len(places))
    values = list(places)
    for value in values:
        for word in value.split(" "):
            places.setdefault(word, len(places))
    values = list(places)
    names = name_table(values, places, records.surname_words)
    surname_sounds = names.rows["sound"][rows["last"]].astype(np.int64)
    if dropped is None:
        dropped = _overused(records, surname_sounds)
    email_local = _local_part(records.email)
    streets: dict[str, int] = {"": 0}
    for columns in (_dates(records, dropped), _numbers(records, dropped)):
        for name, column in columns.items():
            rows[name] = column
    rows["email"], rows["email_local"] = records.email.codes, email_local.codes
    rows["street"] = _places(records.street, streets)
    rows["zip"], rows["city"] = records.zip.codes, records.city.codes
    rows["sex"], rows["suffix"] = records.sex, records.suffix
    rows["extra_1"], rows["extra_2"] = records.extra_1.codes, records.extra_2.codes
    street_table = text_table(list(streets))
    return Encoded(
        rows,
        names,
        street_table,
        NumberTable(_packed(records.ssn), _packed(records.phone)),
        TextHashes(
            text_hashes(records.email.values),
            text_hashes(email_local.values),
            letter_hashes(street_table.letters),
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


def _overused(records: Standard, surname_sounds: Codes) -> Dropped:
    days = default_days(records.dob, surname_sounds)
    dates = of_year_alone(records.dob, days)
    defaults = default_dates(dates, surname_sounds)
    dates = without(dates, defaults)
    ssns = shared_by_strangers(records.ssn.codes, surname_sounds, dates, SSN_HOLDERS)
    return Dropped(
        tuple(days.tolist()),
        tuple(defaults.tolist()),
        tuple(records.ssn.values[code] for code in ssns.tolist()),
    )


def _dates(records: Standard, dropped: Dropped) -> dict[str, Codes]:
    dates = of_year_alone(records.dob, np.array(dropped.days, np.int64))
    dates = without(dates, np.array(dropped.dates, np.int64))
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
    }
