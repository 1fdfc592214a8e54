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
    without_area,
)
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import FIELD_COUNT, FIELD_NAMES, level
from dagster_project.linkage.similarity import text_similarity

CLOSE_STREET = 0.93
"""Jaro-Winkler floor of a street that was mistyped, house number included."""

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

OTHER_FORENAME = level("first", "different")
OTHER_MIDDLE = level("middle", "different")
AS_MIDDLE = level("last", "as_middle")


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
def _phone_level(a, b):
    """Level of two telephones; one without its area code may be nearly equal."""
    if a == b:
        return 1
    return 2 if one_slip(a, b) or without_area(a, b) else 3


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
    zips = values[a].zip > 0 and values[b].zip > 0
    cities = values[a].city > 0 and values[b].city > 0
    same_zip = zips and values[a].zip == values[b].zip
    same_city = cities and values[a].city == values[b].city
    if values[a].street > 0 and values[b].street > 0:
        if values[a].street == values[b].street:
            return 1
        near = text_similarity(
            streets, values[a].street, values[b].street, CLOSE_STREET
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
        names, values[a].first, values[a].last, values[b].first, values[b].last
    )
    if is_swapped:
        out[row, F_FIRST] = uint8(SWAP)
        out[row, F_LAST] = uint8(0)
    else:
        out[row, F_FIRST] = uint8(
            first_level(
                names,
                values[a].first,
                values[b].first,
                values[a].middle,
                values[b].middle,
                values[a].alias,
                values[b].alias,
                values[a].other_alias,
                values[b].other_alias,
            )
        )
        out[row, F_LAST] = uint8(
            last_level(
                names,
                values[a].last,
                values[b].last,
                values[a].first,
                values[b].first,
                values[a].middle,
                values[b].middle,
            )
        )
    for place in range(F_DOB, FIELD_COUNT):
        out[row, place] = uint8(0)
    if values[a].birth_date > 0 and values[b].birth_date > 0:
        out[row, F_DOB] = uint8(
            _dob_level(int64(values[a].birth_date), int64(values[b].birth_date))
        )
    elif values[a].birth_year > 0 and values[b].birth_year > 0:
        out[row, F_BIRTH_YEAR] = uint8(
            _year_level(values[a].birth_year, values[b].birth_year)
        )
    elif values[a].year_low > 0 and values[b].year_low > 0:
        out[row, F_AGE] = uint8(
            _age_level(
                values[a].year_low,
                values[a].year_high,
                values[b].year_low,
                values[b].year_high,
            )
        )
    if values[a].ssn > 0 and values[b].ssn > 0:
        out[row, F_SSN] = uint8(
            _ssn_level(numbers.ssn[values[a].ssn], numbers.ssn[values[b].ssn])
        )
    elif values[a].ssn_last4 > 0 and values[b].ssn_last4 > 0:
        out[row, F_SSN_LAST4] = uint8(
            1 if values[a].ssn_last4 == values[b].ssn_last4 else 2
        )
    if values[a].phone > 0 and values[b].phone > 0:
        out[row, F_PHONE] = uint8(
            _phone_level(numbers.phone[values[a].phone], numbers.phone[values[b].phone])
        )
    if values[a].email > 0 and values[b].email > 0:
        same = values[a].email_local == values[b].email_local
        out[row, F_EMAIL] = uint8(
            1 if values[a].email == values[b].email else (2 if same else 3)
        )
    out[row, F_FULL_NAME] = uint8(
        0 < out[row, F_FIRST] <= 4 and 0 < out[row, F_LAST] <= 4
    )
    out[row, F_ADDRESS] = uint8(_address_level(streets, values, a, b))
    if out[row, F_LAST] != AS_MIDDLE:
        out[row, F_MIDDLE] = uint8(
            middle_level(
                names,
                values[a].middle,
                values[b].middle,
                values[a].first,
                values[b].first,
            )
        )
        if out[row, F_MIDDLE] == OTHER_MIDDLE and out[row, F_FIRST] == OTHER_FORENAME:
            out[row, F_MIDDLE] = uint8(OTHER_MIDDLE + 1)
    if values[a].sex > 0 and values[b].sex > 0:
        other = 3 if out[row, F_FIRST] == OTHER_FORENAME else 2
        out[row, F_SEX] = uint8(1 if values[a].sex == values[b].sex else other)
    if values[a].suffix > 0 and values[b].suffix > 0:
        out[row, F_SUFFIX] = uint8(1 if values[a].suffix == values[b].suffix else 2)
    if values[a].extra_1 > 0 and values[b].extra_1 > 0:
        out[row, F_EXTRA_1] = uint8(1 if values[a].extra_1 == values[b].extra_1 else 2)
    if values[a].extra_2 > 0 and values[b].extra_2 > 0:
        out[row, F_EXTRA_2] = uint8(1 if values[a].extra_2 == values[b].extra_2 else 2)


@njit(parallel=True, cache=True, nogil=True)
def _compare(left, right, values, names, streets, numbers):
    levels = np.empty((len(left), FIELD_COUNT), np.uint8)
    for q in prange(len(left)):
        compare_pair(left[q], right[q], values, names, streets, numbers, levels, q)
    return levels


def compare(encoded: Encoded, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return one row of levels per pair of record places."""
    return _compare(left, right, *encoded.for_kernels)
