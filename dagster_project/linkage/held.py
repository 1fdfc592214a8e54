"""How much identity each record holds: which identifiers, and what it lacks.

Belongs here: reading that off standard records, in a form small enough to be kept. Does
not belong here: the rule of what is linkable (``linkable``), measures and pages of it
(``report``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Coded
from dagster_project.linkage.initials import is_name
from dagster_project.linkage.standardise import Standard

IDENTIFIERS = {
    "forename": "first",
    "surname": "last",
    "middle": "middle",
    "birth date": "dob",
    "sex": "sex",
    "SSN": "ssn",
    "SSN last 4": "ssn_last4",
    "telephone": "phone",
    "e-mail": "email",
    "street": "street",
    "ZIP": "zip",
}
"""What is compared, as it is called to a reader -> its column of ``Standard``."""

LACKING = (
    "no usable name, and nothing else",
    "no usable name, though a date or number",
    "one name alone",
    "both names, but no date, number or place",
)
"""What a record lacks that is unlinkable."""


@dataclass(frozen=True)
class Held:
    """One row per record, in the order of the standard records it was read off."""

    source: Coded
    birth_year: NDArray[np.int16]  # the middle of the years it may be, 0 if unknown
    values: dict[str, NDArray[np.int32]]  # identifier -> a number per value, 0 if none
    lacking: NDArray[np.int8]  # place in ``LACKING``, for those that are unlinkable


def held(standard: Standard) -> Held:
    """Return what each record holds."""
    year = np.where(standard.dob > 0, standard.dob // 10000, 0)
    middle = (standard.year_low + standard.year_high) // 2
    return Held(
        standard.source,
        np.where(year > 0, year, middle).astype(np.int16),
        {name: _values(standard, column) for name, column in IDENTIFIERS.items()},
        _lacking(standard),
    )


def _values(standard: Standard, column: str) -> NDArray[np.int32]:
    values = getattr(standard, column)
    codes = values.codes if isinstance(values, Coded) else values
    if column == "dob":
        codes = np.where(codes % 100 > 0, codes, 0)  # a year alone is no birth date
    return codes.astype(np.int32)


def _lacking(standard: Standard) -> NDArray[np.int8]:
    usable = sum(
        np.array([is_name(value) for value in name.values])[name.codes].astype(np.int8)
        for name in (standard.first, standard.last)
    )
    beside = (standard.dob > 0) | (standard.ssn_last4.codes > 0)
    beside |= (standard.phone.codes > 0) | (standard.email.codes > 0)
    return np.where(usable == 0, beside, usable + 1).astype(np.int8)
