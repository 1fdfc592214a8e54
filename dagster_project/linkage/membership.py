"""Who belongs to a cluster at the moment of a join, read off the merges; compiled.

Belongs here: what is asked of the members of the two clusters that a join brings
together. Does not belong here: making the joins (``agglomerate``), what is told of them
(``cluster``, ``review``).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes


@njit(cache=True, nogil=True)
def _sizes_at_joins(kept, joined, records):
    sizes = np.ones(records, np.int64)
    found = np.empty((len(kept), 2), np.int64)
    for row in range(len(kept)):
        a, b = kept[row], joined[row]
        found[row, 0], found[row, 1] = sizes[a], sizes[b]
        sizes[a] += sizes[b]
    return found


def sizes_at_joins(kept: Codes, joined: Codes, records: int) -> Codes:
    """Return [join, side] how many records each of the two clusters had.

    Args:
        kept: per join, the first record of the cluster that stays.
        joined: the same of the cluster that comes to it.
        records: how many there are.
    """
    return _sizes_at_joins(kept, joined, records)


@njit(cache=True, nogil=True)
def _weaken(weakest, following, record, score):
    while record >= 0:
        weakest[record] = min(weakest[record], score)
        record = following[record]


@njit(cache=True, nogil=True)
def _weakest_joins(kept, joined, score, records):
    weakest = np.full(records, np.inf)
    following = np.full(records, -1)
    last = np.arange(records)
    sizes = np.ones(records, np.int64)
    for row in range(len(kept)):
        a, b = kept[row], joined[row]
        if sizes[a] <= sizes[b]:
            _weaken(weakest, following, a, score[row])
        if sizes[b] <= sizes[a]:
            _weaken(weakest, following, b, score[row])
        following[last[a]] = b
        last[a] = last[b]
        sizes[a] += sizes[b]
    return weakest


def weakest_joins(
    kept: Codes, joined: Codes, score: NDArray[np.float64], records: int
) -> NDArray[np.float64]:
    """Return each record's weakest join; inf where it never joined.

    A join's score counts for the smaller side, which is the one that came (both sides
    when they are equal): a late newcomer does not lower the others.

    Args:
        kept: per join, the first record of the cluster that stays.
        joined: the same of the cluster that comes to it.
        score: of each join.
        records: how many there are.
    """
    return _weakest_joins(kept, joined, score, records)


@njit(cache=True, nogil=True)
def _likeliest_pairs(kept, joined, asked, records, starts, right, log_odds):
    best = np.full(len(kept), -1)
    following = np.full(records, -1)
    last = np.arange(records)
    for row in range(len(kept)):
        a, b = kept[row], joined[row]
        if asked[row]:
            x = a
            while x >= 0:
                y = b
                while y >= 0:
                    low, high = min(x, y), max(x, y)
                    first, end = starts[low], starts[low + 1]
                    place = first + np.searchsorted(right[first:end], high)
                    if place < end and right[place] == high:
                        known = best[row]
                        if (
                            known < 0
                            or log_odds[place] > log_odds[known]
                            or (log_odds[place] == log_odds[known] and place < known)
                        ):
                            best[row] = place
                    y = following[y]
                x = following[x]
        following[last[a]] = b
        last[a] = last[b]
    return best


def likeliest_pairs(
    kept: Codes,
    joined: Codes,
    asked: NDArray[np.bool_],
    records: int,
    left: Codes,
    right: Codes,
    log_odds: NDArray[np.float64],
) -> Codes:
    """Return per join the place of the likeliest scored pair between its two sides.

    -1 where no pair was scored, and for joins that are not ``asked`` about.

    Args:
        kept: per join, the first record of the cluster that stays.
        joined: the same of the cluster that comes to it.
        asked: which joins are asked about.
        records: how many there are.
        left: of the scored pairs, sorted by left, then right.
        right: the other record of each pair.
        log_odds: of each pair.
    """
    starts = np.searchsorted(left, np.arange(records + 1))
    return _likeliest_pairs(kept, joined, asked, records, starts, right, log_odds)
