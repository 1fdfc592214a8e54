"""Compare two records over every field; one compiled kernel.

Belongs here: levels of dates, numbers and addresses, and the pass over pairs. Does not
belong here: names (``compare_names``), weights (``model``).
"""

import numpy as np
from numba import int64, njit, prange, uint8

from dagster_project.linkage.compare_names import (
    SWAP,
    first_level,
    last_level,
    middle_level,
    swapped,
)
from dagster_project.linkage.digits import (
    day_and_month_swapped,
    digits_off,
    one_slip,
)
from dagster_project.linkage.encode import VALUE_COLUMNS, Encoded
from dagster_project.linkage.fields import FIELD_COUNT, FIELD_NAMES
from dagster_project.linkage.similarity import text_similarity

CLOSE_STREET = 0.93
"""Jaro-Winkler floor of a street that was mistyped, house number included."""

(
    FIRST,
    LAST,
    MIDDLE,
    ALIAS,
    OTHER_ALIAS,
    BIRTH_DATE,
    BIRTH_YEAR,
    YEAR_LOW,
    YEAR_HIGH,
    SSN,
    SSN_LAST4,
    PHONE,
    EMAIL,
    EMAIL_LOCAL,
    STREET,
    ZIP,
    CITY,
    SEX,
    SUFFIX,
    EXTRA_1,
    EXTRA_2,
) = range(len(VALUE_COLUMNS))
(
    F_FIRST,
    F_LAST,
    F_DOB,
    F_BIRTH_YEAR,
    F_AGE,
    F_SSN,
    F_SSN_LAST4,
    F_PHONE,
    F_EMAIL,
    F_ADDRESS,
    F_MIDDLE,
    F_SEX,
    F_SUFFIX,
    F_FULL_NAME,
    F_EXTRA_1,
    F_EXTRA_2,
) = range(len(FIELD_NAMES))


@njit(cache=True, nogil=True)
def _dob_level(a, b):
    """Level of two full dates, packed yyyymmdd; see ``fields`` for the names."""
    if a == b:
        return 1
    if one_slip(a, b) or day_and_month_swapped(a) == b:
        return 2
    if (a >> 8) == (b >> 8) or ((a >> 16) == (b >> 16) and (a & 0xFF) == (b & 0xFF)):
        return 3
    if (a & 0xFFFF) == 0x0101 or (b & 0xFFFF) == 0x0101:
        years = (a >> 16) - (b >> 16)
        if -2 <= years <= 2:
            return 4
    if (a & 0xFFFF) == (b & 0xFFFF):
        return 5
    return 6 if digits_off(a, b) == 2 else 7


@njit(cache=True, nogil=True)
def _year_level(a, b):
    """Level of two years of birth, as whole numbers."""
    off = abs(a - b)
    if off == 0:
        return 1
    if off == 1:
        return 2
    tens = a // 10 == b // 10 or a % 10 == b % 10
    return 3 if tens and (off == 10 or off == 2) else 4


@njit(cache=True, nogil=True)
def _age_level(low_a, high_a, low_b, high_b):
    """Level of two intervals of birth years by the gap between them."""
    gap = max(low_a - high_b, low_b - high_a)
    if gap <= 0:
        return 1
    if gap <= 2:
        return 2
    return 3 if gap <= 6 else 4


@njit(cache=True, nogil=True)
def _number_level(a, b):
    if a == b:
        return 1
    return 2 if one_slip(a, b) else 3


@njit(cache=True, nogil=True)
def _ssn_level(a, b):
    if a == b:
        return 1
    if one_slip(a, b):
        return 2
    if digits_off(a, b) == 2:
        return 3
    return 4 if (a & 0xFFFF) == (b & 0xFFFF) else 5


@njit(cache=True, nogil=True)
def _address_level(streets, values, a, b):
    zips = values[a, ZIP] > 0 and values[b, ZIP] > 0
    cities = values[a, CITY] > 0 and values[b, CITY] > 0
    same_zip = zips and values[a, ZIP] == values[b, ZIP]
    same_city = cities and values[a, CITY] == values[b, CITY]
    if values[a, STREET] > 0 and values[b, STREET] > 0:
        if values[a, STREET] == values[b, STREET]:
            return 1
        near = text_similarity(
            streets, values[a, STREET], values[b, STREET], CLOSE_STREET
        )
        if near >= CLOSE_STREET:
            return 2
        if same_zip:
            return 4
        return 6 if same_city else 7
    if zips:
        if same_zip:
            return 3
        return 6 if same_city else 7
    if cities:
        return 5 if same_city else 7
    return 0


@njit(cache=True, nogil=True)
def compare_pair(a, b, values, names, streets, numbers, out, row):
    """Write the level of every field for records a and b into a row of ``out``.

    Rows are not taken out of the arrays: views would be counted, by all threads.
    """
    is_swapped = swapped(
        names, values[a, FIRST], values[a, LAST], values[b, FIRST], values[b, LAST]
    )
    if is_swapped:
        out[row, F_FIRST] = uint8(SWAP)
        out[row, F_LAST] = uint8(0)
    else:
        out[row, F_FIRST] = uint8(
            first_level(
                names,
                values[a, FIRST],
                values[b, FIRST],
                values[a, MIDDLE],
                values[b, MIDDLE],
                values[a, ALIAS],
                values[b, ALIAS],
                values[a, OTHER_ALIAS],
                values[b, OTHER_ALIAS],
            )
        )
        out[row, F_LAST] = uint8(
            last_level(
                names,
                values[a, LAST],
                values[b, LAST],
                values[a, FIRST],
                values[b, FIRST],
            )
        )
    for place in range(F_DOB, FIELD_COUNT):
        out[row, place] = uint8(0)
    if values[a, BIRTH_DATE] > 0 and values[b, BIRTH_DATE] > 0:
        out[row, F_DOB] = uint8(
            _dob_level(int64(values[a, BIRTH_DATE]), int64(values[b, BIRTH_DATE]))
        )
    elif values[a, BIRTH_YEAR] > 0 and values[b, BIRTH_YEAR] > 0:
        out[row, F_BIRTH_YEAR] = uint8(
            _year_level(values[a, BIRTH_YEAR], values[b, BIRTH_YEAR])
        )
    elif values[a, YEAR_LOW] > 0 and values[b, YEAR_LOW] > 0:
        out[row, F_AGE] = uint8(
            _age_level(
                values[a, YEAR_LOW],
                values[a, YEAR_HIGH],
                values[b, YEAR_LOW],
                values[b, YEAR_HIGH],
            )
        )
    if values[a, SSN] > 0 and values[b, SSN] > 0:
        out[row, F_SSN] = uint8(
            _ssn_level(numbers.ssn[values[a, SSN]], numbers.ssn[values[b, SSN]])
        )
    elif values[a, SSN_LAST4] > 0 and values[b, SSN_LAST4] > 0:
        out[row, F_SSN_LAST4] = uint8(
            1 if values[a, SSN_LAST4] == values[b, SSN_LAST4] else 2
        )
    if values[a, PHONE] > 0 and values[b, PHONE] > 0:
        out[row, F_PHONE] = uint8(
            _number_level(
                numbers.phone[values[a, PHONE]], numbers.phone[values[b, PHONE]]
            )
        )
    if values[a, EMAIL] > 0 and values[b, EMAIL] > 0:
        same = values[a, EMAIL_LOCAL] == values[b, EMAIL_LOCAL]
        out[row, F_EMAIL] = uint8(
            1 if values[a, EMAIL] == values[b, EMAIL] else (2 if same else 3)
        )
    out[row, F_FULL_NAME] = uint8(
        0 < out[row, F_FIRST] <= 4 and 0 < out[row, F_LAST] <= 4
    )
    out[row, F_ADDRESS] = uint8(_address_level(streets, values, a, b))
    out[row, F_MIDDLE] = uint8(
        middle_level(names, values[a, MIDDLE], values[b, MIDDLE])
    )
    if values[a, SEX] > 0 and values[b, SEX] > 0:
        out[row, F_SEX] = uint8(1 if values[a, SEX] == values[b, SEX] else 2)
    if values[a, SUFFIX] > 0 and values[b, SUFFIX] > 0:
        out[row, F_SUFFIX] = uint8(1 if values[a, SUFFIX] == values[b, SUFFIX] else 2)
    if values[a, EXTRA_1] > 0 and values[b, EXTRA_1] > 0:
        out[row, F_EXTRA_1] = uint8(
            1 if values[a, EXTRA_1] == values[b, EXTRA_1] else 2
        )
    if values[a, EXTRA_2] > 0 and values[b, EXTRA_2] > 0:
        out[row, F_EXTRA_2] = uint8(
            1 if values[a, EXTRA_2] == values[b, EXTRA_2] else 2
        )


@njit(parallel=True, cache=True, nogil=True)
def _compare(left, right, values, names, streets, numbers):
    levels = np.empty((len(left), FIELD_COUNT), np.uint8)
    for q in prange(len(left)):
        compare_pair(left[q], right[q], values, names, streets, numbers, levels, q)
    return levels


def compare(encoded: Encoded, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return one row of levels per pair of record places."""
    return _compare(left, right, *encoded.for_kernels)
