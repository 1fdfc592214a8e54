"""How two numbers packed four bits a digit differ; compiled.

Belongs here: slips of digits. Does not belong here: what a slip means for a field.
"""

from numba import int64, njit

LOCAL_BITS = 28
"""Bits of the seven digits of a telephone without its area code."""


@njit(cache=True, nogil=True, inline="always")
def digits_off(a, b):
    """Return how many packed digits differ."""
    x = a ^ b
    x = x | (x >> int64(1))
    x = (x | (x >> int64(2))) & int64(0x1111111111111111)
    count = 0
    while x:
        count += 1
        x &= x - int64(1)
    return count


@njit(cache=True, nogil=True, inline="always")
def neighbours_swapped(a, b):
    """Return whether two numbers differ by one transposition of neighbouring digits."""
    x = a ^ b
    if x == 0:
        return False
    shift = int64(0)
    while (x & int64(15)) == 0:
        x >>= int64(4)
        shift += int64(4)
    if x > 255:
        return False
    one = (a >> shift) & int64(255)
    two = (b >> shift) & int64(255)
    return ((one >> int64(4)) | ((one & int64(15)) << int64(4))) == two


@njit(cache=True, nogil=True, inline="always")
def one_slip(a, b):
    """Return whether one digit or one transposition turns a into b."""
    return digits_off(a, b) == 1 or neighbours_swapped(a, b)


@njit(cache=True, nogil=True, inline="always")
def without_area(a, b):
    """Return whether one telephone is the other less an area code of three digits."""
    few, many = min(a, b), max(a, b)
    rest = (many ^ few) & int64((1 << LOCAL_BITS) - 1)
    return few >> LOCAL_BITS == 1 and many >> (LOCAL_BITS + 12) == 1 and rest == 0


@njit(cache=True, nogil=True, inline="always")
def day_and_month_swapped(date):
    """Return a packed yyyymmdd with its day and month changed over."""
    day = date & int64(0xFF)
    month = (date >> int64(8)) & int64(0xFF)
    return (date & ~int64(0xFFFF)) | (day << int64(8)) | month
