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
namesakes. Where hardly a record has a date, streets tell namesakes apart. People move:
q is how often the streets of two records of one name and one telephone or e-mail differ
for each time they agree, and 1 where none share these, as in ``bounds.OTHER_HOME``.

It is chance that k makes more frequent, and nothing else: two of one home, twins and
namesakes of a home bear their names for other reasons. So what the names of a pair say
for any of these, over chance, is less by log k (``model.Model.weights``).

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

FEW_DATES = 0.25
"""Share of records up to which birth dates tell too little of a file's namesakes."""

MOST = 30.0
"""Largest factor; beyond it the file is no random draw of people."""


class FullNamePairs(NamedTuple):
    """Record pairs with both names on both sides, and what tells namesakes apart."""

    known: float
    equal: float  # that share both names, and the birth date or street
    other: float  # that share both names, not the birth date or street
    errors: float | None = None  # q, where it is read off the pairs: of streets


def count_full_name_pairs(encoded: Encoded) -> FullNamePairs:
    """Count the pairs in closed form: c (c - 1) / 2 for each value."""
    first, last = term_values(encoded, "first"), term_values(encoded, "last")
    apart = encoded.column("birth_date")
    by_street = np.count_nonzero(apart) <= FEW_DATES * len(apart)
    if by_street:
        apart = encoded.column("street")
    rows = np.flatnonzero((first > 0) & (last > 0) & (apart > 0))
    name, value = _together(first[rows], last[rows]), apart[rows]
    equal = _pairs(_together(name, value))
    other = _pairs(name) - equal
    known = len(rows) * (len(rows) - 1) / 2
    if not by_street:
        return FullNamePairs(known, equal, other)
    stayed = moved = BORROWED_PAIRS
    for contact in ("phone", "email"):
        told = np.flatnonzero(encoded.column(contact)[rows])
        person = _together(name[told], encoded.column(contact)[rows[told]])
        at_home = _pairs(_together(person, value[told]))
        stayed, moved = stayed + at_home, moved + _pairs(person) - at_home
    return FullNamePairs(known, equal, other, moved / stayed)


def _together(one: Codes, other: Codes) -> Codes:
    """Return codes that are equal where both of two are."""
    both = one.astype(np.int64) * (int(other.max(initial=0)) + 1) + other
    return np.unique(both, return_inverse=True)[1].astype(np.int64)


def _pairs(values: Codes) -> float:
    counts = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def name_dependence(
    pairs: FullNamePairs, m: NDArray[np.float64], u: NDArray[np.float64]
) -> float:
    """Return k, never below 1, from m [field, level] and the mean u [field, level]."""
    dob = m[field("dob")]
    near = dob[2 : level("dob", "different")].sum() + WHOLLY_WRONG
    errors = near / max(dob[1], near) if pairs.errors is None else pairs.errors
    namesakes = pairs.other - errors * pairs.equal
    chance = pairs.known * u[field("first"), 1] * u[field("last"), 1]
    factor = (namesakes + BORROWED_PAIRS) / (chance + BORROWED_PAIRS)
    return float(np.clip(factor, 1.0, MOST))
