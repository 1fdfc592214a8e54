"""Rows that are alike in all: one person written again and again.

Belongs here: which records those are, and what they no longer add to the counts of
chance. Does not belong here: the counts (``frequencies``, ``chance``), whether they are
linked.

Where one person's rows are most of a file, all that they hold looks common, and their
agreement like chance. EM cannot mend that: it never finds the class of one person. So
rows that hold a full name and a whole birth date, and are alike in every field that is
compared, are counted as one person's before anything is fitted, if they are three or
more and many of the file: their values as one row's, their pairs as one pair,
docs/decisions/0030.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import RECORD, Encoded
from dagster_project.linkage.fields import FIELD_COUNT, LEVEL_SLOTS
from dagster_project.linkage.frequencies import term_values
from dagster_project.linkage.sampling import mixed
from dagster_project.linkage.strata import Strata

FEWEST = 3
"""Rows that are alike from which on they are counted as one person's: of two, who may
be strangers of one name and birth date, the evidence is to say it."""


MANY = 0.01
"""Share of all record pairs that such rows make up at least. Below it a value that they
hold is still rare and EM finds them by itself, with every pair as it is."""


class Repeated(NamedTuple):
    """The people whose rows are alike in all, three or more of them, and their rows."""

    weights: NDArray[np.float64]  # per record, 1 / rows that are alike
    left: Codes  # [person] a record
    right: Codes  # [person] another
    rows: NDArray[np.float64]  # [person, source] records

    def levels(self, encoded: Encoded, strata: Strata) -> NDArray[np.float64]:
        """Return [stratum, field, level] how many pairs that do not count stand so."""
        found = compare(encoded, self.left, self.right)
        levels = np.zeros((strata.count, FIELD_COUNT, LEVEL_SLOTS))
        size = self.rows.sum(1)
        spared = 1.0 - 2.0 / (size * (size - 1.0))
        for own, (a, b) in zip(levels, strata.members(), strict=True):
            pairs = self.rows[:, a] * (self.rows[:, b] - (a == b)) / (1 + (a == b))
            for place in range(FIELD_COUNT):
                own[place] = np.bincount(found[:, place], spared * pairs, LEVEL_SLOTS)
        return levels


def repeated(encoded: Encoded, strata: Strata) -> Repeated:
    """Return the records that are alike in all, wherever they come from.

    There are none where they make up too few of a file's pairs to pass for chance.
    """
    records = np.flatnonzero(_telling(encoded))
    words = encoded.values.view((np.uint64, RECORD.itemsize // 8))
    _, group, size = np.unique(
        _hashed(words, records), return_inverse=True, return_counts=True
    )
    weights = np.ones(len(encoded.values))
    alike = np.where(size >= FEWEST, size * (size - 1.0) / 2, 0.0)
    many = (alike > 0.0)[group] & (alike.sum() >= MANY * strata.pairs.sum())
    records, group = records[many], group[many]
    weights[records] = 1.0 / size[group]
    # In the order of their first records, which is that of ids: sums are the same then.
    _, first, person = np.unique(group, return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    person, first = place[person], np.sort(first)
    last = np.zeros(len(first), np.int64)
    last[person] = records
    rows = np.zeros((len(first), len(strata.sources)))
    np.add.at(rows, (person, strata.source[records]), 1.0)
    return Repeated(weights, records[first], last, rows)


def _telling(encoded: Encoded) -> NDArray[np.bool_]:
    named = [term_values(encoded, name) > 0 for name in ("first", "last")]
    return named[0] & named[1] & (encoded.values["birth_date"] > 0)


@njit(cache=True, nogil=True)
def _hashed(values, rows):
    """Return 64 bits for all that is known of each of some records."""
    out = np.zeros(len(rows), np.uint64)
    for place in range(len(rows)):
        for word in values[rows[place]]:
            out[place] = mixed(out[place] ^ word, np.uint64(0))
    return out
