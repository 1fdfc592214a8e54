"""Rows in the order of several columns of whole numbers; compiled.

Belongs here: that one sort. Does not belong here: what is sorted.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit

from dagster_project.linkage.coded import Codes

DIGIT = 16
"""Bits of a column that are sorted at once."""


@njit(cache=True, nogil=True)
def _by_digit(column, shift, order):
    """Return rows in the order of one digit of a column, else in the order given."""
    mask = (1 << DIGIT) - 1
    starts = np.zeros(mask + 2, np.int64)
    for row in range(len(column)):
        starts[((column[row] >> shift) & mask) + 1] += 1
    starts = np.cumsum(starts)
    out = np.empty_like(order)
    for row in order:
        digit = (column[row] >> shift) & mask
        out[starts[digit]] = row
        starts[digit] += 1
    return out


def in_order(columns: Sequence[Codes]) -> Codes:
    """Return the rows in the order of the first column, then of the next, and so on.

    What ``np.lexsort`` returns of the columns turned round, in less than half the time:
    sorted by digits, the last first (Knuth, TAOCP 3, 5.2.5).

    Args:
        columns: whole numbers from 0.
    """
    order = np.arange(len(columns[0]))
    for column in reversed(columns):
        for shift in range(0, int(column.max(initial=0)).bit_length(), DIGIT):
            order = _by_digit(column, shift, order)
    return order
