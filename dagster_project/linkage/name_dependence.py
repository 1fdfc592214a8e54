"""How much more often two people share both names than chance would have it.

Belongs here: counting pairs that share a full name, and the one factor. Does not belong
here: how often a forename or a surname is shared by itself (``chance``).

Forenames go with surnames (Hussein with Ali, Wei with Chen), and sons bear their
fathers' names. Chance agreement on both is then more frequent than the product of the
two, and a model that multiplies them takes namesakes for one person. The factor

    k = (n_other - q n_equal) / (N u_first u_last)

is read off the pairs that share a full name: n_equal of them have one birth date,
n_other two. Records of one person err in the date too, q times as often as they agree:
q = (m of nearly equal dates + .02) / m of equal dates. What is left are namesakes;
N u_first u_last would be expected. Dates that are wholly different are held to .02 of
the matches there, since the model's own m of that level cannot tell errors from
namesakes.

The factor is counted on equal names and also held against nearly equal ones (field
``full_name``): spellings of one language resemble one another together, too.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import field, level
from dagster_project.linkage.frequencies import term_values

WHOLLY_WRONG = 0.02
"""Share of one person's record pairs whose dates have nothing in common."""

BORROWED_PAIRS = 10.0
"""Pairs' worth of independence mixed in, so that a small file stays near 1."""

MOST = 30.0
"""Largest factor; beyond it the file is no random draw of people."""


class FullNamePairs(NamedTuple):
    """Record pairs with both names and a birth date on both sides."""

    known: float
    equal_dates: float  # that share both names and the date
    other_dates: float  # that share both names, not the date


def count_full_name_pairs(encoded: Encoded) -> FullNamePairs:
    """Count the pairs in closed form: c (c - 1) / 2 for each value."""
    first, last = term_values(encoded, "first"), term_values(encoded, "last")
    dates = encoded.column("birth_date")
    rows = np.flatnonzero((first > 0) & (last > 0) & (dates > 0))
    names = first[rows] * (int(last.max(initial=0)) + 1) + last[rows]
    _, name = np.unique(names, return_inverse=True)
    _, date = np.unique(dates[rows], return_inverse=True)
    both = _pairs(name)
    equal = _pairs(name.astype(np.int64) * (int(date.max(initial=0)) + 1) + date)
    return FullNamePairs(len(rows) * (len(rows) - 1) / 2, equal, both - equal)


def _pairs(values: Codes) -> float:
    counts = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def name_dependence(
    pairs: FullNamePairs, m: NDArray[np.float64], u: NDArray[np.float64]
) -> float:
    """Return k, never below 1, from m [field, level] and the mean u [field, level]."""
    dob = m[field("dob")]
    near = dob[2 : level("dob", "different")].sum() + WHOLLY_WRONG
    namesakes = pairs.other_dates - near / max(dob[1], near) * pairs.equal_dates
    chance = pairs.known * u[field("first"), 1] * u[field("last"), 1]
    factor = (namesakes + BORROWED_PAIRS) / (chance + BORROWED_PAIRS)
    return float(np.clip(factor, 1.0, MOST))
