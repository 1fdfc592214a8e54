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
def _address_level(streets, a, b):
    zips = a[ZIP] > 0 and b[ZIP] > 0
    cities = a[CITY] > 0 and b[CITY] > 0
    same_zip = zips and a[ZIP] == b[ZIP]
    same_city = cities and a[CITY] == b[CITY]
    if a[STREET] > 0 and b[STREET] > 0:
        if a[STREET] == b[STREET]:
            return 1
        near = text_similarity(streets, a[STREET], b[STREET], CLOSE_STREET)
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
def compare_pair(i, j, values, names, streets, out):
    """Write the level of every field for records i and j into ``out``."""
    a, b = values[i], values[j]
    is_swapped = swapped(names, a[FIRST], a[LAST], b[FIRST], b[LAST])
    if is_swapped:
        out[F_FIRST] = uint8(SWAP)
        out[F_LAST] = uint8(0)
    else:
        out[F_FIRST] = uint8(
            first_level(
                names,
                a[FIRST],
                b[FIRST],
                a[MIDDLE],
                b[MIDDLE],
                a[ALIAS],
                b[ALIAS],
                a[OTHER_ALIAS],
                b[OTHER_ALIAS],
            )
        )
        out[F_LAST] = uint8(last_level(names, a[LAST], b[LAST], a[FIRST], b[FIRST]))
    for place in range(F_DOB, FIELD_COUNT):
        out[place] = uint8(0)
    if a[BIRTH_DATE] > 0 and b[BIRTH_DATE] > 0:
        out[F_DOB] = uint8(_dob_level(a[BIRTH_DATE], b[BIRTH_DATE]))
    elif a[BIRTH_YEAR] > 0 and b[BIRTH_YEAR] > 0:
        out[F_BIRTH_YEAR] = uint8(_year_level(a[BIRTH_YEAR], b[BIRTH_YEAR]))
    elif a[YEAR_LOW] > 0 and b[YEAR_LOW] > 0:
        out[F_AGE] = uint8(
            _age_level(a[YEAR_LOW], a[YEAR_HIGH], b[YEAR_LOW], b[YEAR_HIGH])
        )
    if a[SSN] > 0 and b[SSN] > 0:
        out[F_SSN] = uint8(_ssn_level(a[SSN], b[SSN]))
    elif a[SSN_LAST4] > 0 and b[SSN_LAST4] > 0:
        out[F_SSN_LAST4] = uint8(1 if a[SSN_LAST4] == b[SSN_LAST4] else 2)
    if a[PHONE] > 0 and b[PHONE] > 0:
        out[F_PHONE] = uint8(_number_level(a[PHONE], b[PHONE]))
    if a[EMAIL] > 0 and b[EMAIL] > 0:
        same = a[EMAIL_LOCAL] == b[EMAIL_LOCAL]
        out[F_EMAIL] = uint8(1 if a[EMAIL] == b[EMAIL] else (2 if same else 3))
    out[F_FULL_NAME] = uint8(0 < out[F_FIRST] <= 4 and 0 < out[F_LAST] <= 4)
    out[F_ADDRESS] = uint8(_address_level(streets, a, b))
    out[F_MIDDLE] = uint8(middle_level(names, a[MIDDLE], b[MIDDLE]))
    if a[SEX] > 0 and b[SEX] > 0:
        out[F_SEX] = uint8(1 if a[SEX] == b[SEX] else 2)
    if a[SUFFIX] > 0 and b[SUFFIX] > 0:
        out[F_SUFFIX] = uint8(1 if a[SUFFIX] == b[SUFFIX] else 2)
    if a[EXTRA_1] > 0 and b[EXTRA_1] > 0:
        out[F_EXTRA_1] = uint8(1 if a[EXTRA_1] == b[EXTRA_1] else 2)
    if a[EXTRA_2] > 0 and b[EXTRA_2] > 0:
        out[F_EXTRA_2] = uint8(1 if a[EXTRA_2] == b[EXTRA_2] else 2)


@njit(parallel=True, cache=True, nogil=True)
def _compare(left, right, values, names, streets):
    levels = np.empty((len(left), FIELD_COUNT), np.uint8)
    for q in prange(len(left)):
        compare_pair(int64(left[q]), int64(right[q]), values, names, streets, levels[q])
    return levels


def compare(encoded: Encoded, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return one row of levels per pair of record places."""
    return _compare(left, right, encoded.values, encoded.names, encoded.streets)
