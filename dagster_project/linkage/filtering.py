"""Leave out candidate pairs of which a glance tells that hardly any is one person.

Belongs here: what a glance tells, which glances are not worth a comparison. Does not
belong here: bringing pairs together (``blocking``), comparing them (``compare``).

A broad blocking rule brings together strangers by the thousand for each pair it alone
finds. Comparing them letter by letter is a fifth of a run's work, yet whether names
sound alike and numbers are equal tells most of them already. The pairs a model was
fitted on say which glances hold links: each cell, one outcome of a glance, is expected
to hold as many as its pairs in that sample add up to. The poorest cells are left out
together, as long as they are expected to hold no more than a few in ten thousand of all
links; so what is lost is known, and paid where it buys most. This is a filter in the
sense of Papadakis et al. (2020), "Blocking and Filtering Techniques for Entity
Resolution", with its bound learnt instead of given.
"""

from typing import NamedTuple

import numpy as np
from numba import int64, njit, prange
from numpy.typing import NDArray

from dagster_project.linkage.digits import digits_off
from dagster_project.linkage.encode import Encoded

MOST_LOST = 5e-4
"""Share of the expected links that the pairs left out may hold. Most of these are found
all the same: ``cluster`` compares all records of a component."""

UNSEEN_LINKS = 0.1
"""Links added to each cell of the sample: one of few pairs may hold links that the
sample did not happen to show, and so it is never thought to be empty."""

GLANCE = np.dtype(
    [
        ("first_sound", np.int32),
        ("last_sound", np.int32),
        ("first_letter", np.int32),
        ("last_letter", np.int32),
        ("birth_date", np.int32),
        ("ssn", np.int32),
        ("phone", np.int32),
        ("email", np.int32),
        ("zip", np.int32),
        ("city", np.int32),
    ]
)
"""What a glance reads of a record, 0 where it is missing."""

MISSING, EQUAL, DIFFERENT = 0, 1, 2
"""Outcomes of what is equal or not."""

CELLS = 5 * 4 * 6 * 3 * 3 * 3
"""Outcomes of forename, surname, birth date, SSN, telephone or e-mail, place."""


class Filter(NamedTuple):
    """Which glances are worth a comparison."""

    glances: NDArray[np.void]  # of ``GLANCE``, one per record, as the pairs count them
    worth: NDArray[np.bool_]  # [cell]

    def passed(self, left: NDArray, right: NDArray) -> NDArray[np.bool_]:
        """Return which pairs of places are to be compared."""
        return self.worth[cells(self.glances, left, right)]


def glances(encoded: Encoded) -> NDArray[np.void]:
    """Return what a glance reads, one row of ``GLANCE`` per record."""
    values, names = encoded.values, encoded.names
    known = names.rows["length"] > 0
    letters = np.zeros(len(known), np.int32)
    letters[known] = names.points[names.rows["start"][known]]
    out = np.empty(len(values), GLANCE)
    for name in ("first", "last"):
        out[f"{name}_sound"] = names.rows["sound"][values[name]]
        out[f"{name}_letter"] = letters[values[name]]
    for name in GLANCE.names[4:]:
        out[name] = values[name]
    return out


@njit(cache=True, nogil=True, inline="always")
def _equal(a, b):
    if a <= 0 or b <= 0:
        return MISSING
    return EQUAL if a == b else DIFFERENT


@njit(cache=True, nogil=True, inline="always")
def _date(a, b):
    """Return 0 missing, 1 equal, 2 close, 3 same year, 4 same day of it, 5 else."""
    if a <= 0 or b <= 0:
        return 0
    if a == b:
        return 1
    off = digits_off(int64(a), int64(b))
    if off == 1:
        return 2
    if a >> 16 == b >> 16:
        return 3
    if (a & 0xFFFF) == (b & 0xFFFF):
        return 4
    return 2 if off == 2 else 5


@njit(cache=True, nogil=True, inline="always")
def _cell(rows, a, b):
    """Return the cell of two records; the same for either order.

    Names: 0 missing, 1 one sound, 2 one letter; a forename 3 the other's surname, 4
    else, a surname 3 else.
    """
    first = last = 0
    if rows[a].first_sound > 0 and rows[b].first_sound > 0:
        if rows[a].first_sound == rows[b].first_sound:
            first = 1
        elif (
            rows[a].first_sound == rows[b].last_sound
            or rows[b].first_sound == rows[a].last_sound
        ):
            first = 3
        else:
            first = 2 if rows[a].first_letter == rows[b].first_letter else 4
    if rows[a].last_sound > 0 and rows[b].last_sound > 0:
        if rows[a].last_sound == rows[b].last_sound:
            last = 1
        else:
            last = 2 if rows[a].last_letter == rows[b].last_letter else 3
    phone = _equal(rows[a].phone, rows[b].phone)
    email = _equal(rows[a].email, rows[b].email)
    reach = EQUAL if phone == EQUAL or email == EQUAL else max(phone, email)
    place = _equal(rows[a].zip, rows[b].zip)
    if place == MISSING:
        place = _equal(rows[a].city, rows[b].city)
    cell = (first * 4 + last) * 6 + _date(rows[a].birth_date, rows[b].birth_date)
    cell = cell * 3 + _equal(rows[a].ssn, rows[b].ssn)
    return (cell * 3 + reach) * 3 + place


@njit(parallel=True, cache=True, nogil=True)
def _cells(rows, left, right):
    out = np.empty(len(left), np.int16)
    for q in prange(len(left)):
        out[q] = _cell(rows, left[q], right[q])
    return out


def cells(rows: NDArray[np.void], left: NDArray, right: NDArray) -> NDArray[np.int16]:
    """Return the cell of each pair of places in ``rows``, which are of ``GLANCE``."""
    return _cells(rows, left, right)


def worth_comparing(
    cell: NDArray[np.int16], share: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return per cell whether its pairs are worth a comparison.

    Args:
        cell: of each pair of a sample of the candidates.
        share: the probability that it is one person.

    Returns:
        [cell] False for the cells with the fewest expected links per pair which
        together are expected to hold ``MOST_LOST`` of all links at most.
    """
    pairs = np.bincount(cell, minlength=CELLS)
    links = np.bincount(cell, share, CELLS) + UNSEEN_LINKS
    seen = np.flatnonzero(pairs)
    poorest = seen[np.argsort(links[seen] / pairs[seen], kind="stable")]
    lost = np.cumsum(links[poorest])
    worth = np.ones(CELLS, np.bool_)
    worth[poorest[lost <= MOST_LOST * share.sum()]] = False
    return worth
