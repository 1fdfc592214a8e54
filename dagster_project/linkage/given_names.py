"""What forename and middle name say together, wherever each is written; compiled.

Belongs here: given names that are the same but for where they are parted and in which
order they stand. Does not belong here: levels (``compare_names``).

A Chinese Xiaofang is Xiao in a system that has a field for middle names, and of a
Vietnamese Thanh Hằng one clerk writes down Hằng first and the other Thanh.
"""

import numpy as np
from numba import njit, uint64

SPACE = 32
ONCE = uint64(0x5555555555555554)
"""Bits of a letter bag that say which letters occur, the space's left out."""


@njit(cache=True, nogil=True)
def same_given(names, first_a, middle_a, first_b, middle_b):
    """Return whether forename and middle name are the same in any split or order.

    The words of one, written together, are those of the other, beginning with any of
    them; or they are exchanged, and one that is a middle name now is an initial. Such
    alone are no names that could be the same.
    """
    rows = names.rows
    if first_a == 0 or first_b == 0:
        return False
    if _shortened(names, first_a, middle_a, first_b, middle_b) or _shortened(
        names, first_b, middle_b, first_a, middle_a
    ):
        return True
    letters_a = (rows[first_a].bag | rows[middle_a].bag) & ONCE
    if letters_a != (rows[first_b].bag | rows[middle_b].bag) & ONCE:
        return False
    if rows[first_a].initial and (middle_a == 0 or rows[middle_a].initial):
        return False
    if rows[first_b].initial and (middle_b == 0 or rows[middle_b].initial):
        return False
    one, begins_one = _together(names, first_a, middle_a)
    other, begins_other = _together(names, first_b, middle_b)
    if len(one) != len(other):
        return False
    return _turned(one, other, begins_other) or _turned(other, one, begins_one)


@njit(cache=True, nogil=True, inline="always")
def _shortened(names, first_a, middle_a, first_b, middle_b):
    """Return whether B is A exchanged, the forename cut: Robert E. of Edward Robert."""
    rows, points = names.rows, names.points
    return (
        first_b == middle_a
        and rows[first_b].initial == 0
        and rows[middle_b].initial != 0
        and points[rows[middle_b].start] == points[rows[first_a].start]
    )


@njit(cache=True, nogil=True)
def _together(names, first, middle):
    """Return the letters of both names without spaces, and where words begin."""
    most = names.rows[first].length + names.rows[middle].length
    letters, begins = np.empty(most, np.int32), np.zeros(most, np.bool_)
    count = 0
    for name in (first, middle):
        begin = True
        start = names.rows[name].start
        for place in range(start, start + names.rows[name].length):
            if names.points[place] == SPACE:
                begin = True
                continue
            letters[count], begins[count] = names.points[place], begin
            begin = False
            count += 1
    return letters[:count], begins[:count]


@njit(cache=True, nogil=True)
def _turned(one, other, begins):
    """Return whether ``other`` is ``one`` if it is read from some word's beginning."""
    count = len(one)
    for begin in range(count):
        if not begins[begin]:
            continue
        same = 0
        while same < count and one[same] == other[(begin + same) % count]:
            same += 1
        if same == count:
            return True
    return False
