"""How much identity records hold: identifiers, and what unlinkable ones lack.

Belongs here: completeness, distinctiveness, reasons. Does not belong here: the rule of
what is linkable (``linkage.linkable``).
"""

import numpy as np

from dagster_project.linkage.coded import Coded, Codes
from dagster_project.linkage.standardise import Standard


def why_unlinkable(standard: Standard) -> tuple[Codes, list[str]]:
    """Return per record what it would lack if it were unlinkable (``linkable``)."""
    usable = sum(
        np.array([len(value) > 1 for value in name.values])[name.codes].astype(int)
        for name in (standard.first, standard.last)
    )
    beside = (standard.dob > 0) | (standard.ssn_last4.codes > 0)
    beside |= (standard.phone.codes > 0) | (standard.email.codes > 0)
    reasons = [
        "no usable name, and nothing else",
        "no usable name, though a date or number",
        "one name alone",
        "both names, but no date, number or place",
    ]
    return np.where(usable == 0, beside.astype(int), usable + 1), reasons


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
"""What is compared, as it is called on the page -> its column of ``Standard``."""


def identifier(standard: Standard, name: str) -> Codes:
    """Return an identifier's values as numbers, 0 where missing."""
    column = getattr(standard, IDENTIFIERS[name])
    codes = column.codes if isinstance(column, Coded) else column
    return np.where(codes % 100 > 0, codes, 0) if name == "birth date" else codes


def distinctiveness(values: Codes) -> tuple[float, float, float]:
    """Return share present, distinct values per present one, and entropy in bits.

    Shannon's entropy (1948) of the values among the records that have one: how many
    yes-or-no questions one value answers. It cannot exceed log2 of the records.
    """
    present = values[values > 0]
    if not len(values) or not len(present):
        return (0.0 if len(values) else np.nan), np.nan, np.nan
    _, counts = np.unique(present, return_counts=True)
    p = counts / len(present)
    entropy = float(-(p * np.log2(p)).sum())
    return len(present) / len(values), len(counts) / len(present), abs(entropy)
