"""Records that share a blocking key, found by sorting; compiled.

Belongs here: grouping records by their keys. Does not belong here: what a key is made
of (``blocking_keys``), how far a rule is followed (``blocking``).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes


class Groups(NamedTuple):
    """Records that share a key, key after key; only keys of two records and more.

    A record is told by its place in the order of likeness, so that those of a key stand
    beside whom they are like.
    """

    places: Codes
    starts: Codes
    sizes: Codes


def key_groups(records: Codes, keys: NDArray[np.uint64], place: Codes) -> Groups:
    """Group records by key; a record counts once for a key.

    Key and place are sorted as one number: the low bits of the key's hash give way to
    the place, and two keys that then look alike only cost a few pairs.

    Args:
        records: of each key.
        keys: a record may have several.
        place: of each record in the order in which those of a key shall stand.
    """
    bits = np.uint64(max(len(place) - 1, 0).bit_length())
    packed = _with_place(records, keys, place, bits)
    packed.sort()
    return Groups(*_grouped(packed, bits))


@njit(cache=True, nogil=True)
def _with_place(records, keys, place, bits):
    out = np.empty(len(keys), np.uint64)
    for row in range(len(keys)):
        out[row] = (keys[row] >> bits << bits) | np.uint64(place[records[row]])
    return out


@njit(cache=True, nogil=True)
def _grouped(packed, bits):
    """Return places, starts and sizes of the keys that two places and more have."""
    places = np.empty(len(packed), np.int64)
    starts, sizes = np.empty((2, len(packed) // 2), np.int64)
    mask = (np.uint64(1) << bits) - np.uint64(1)
    groups = begin = end = 0
    for row in range(len(packed)):
        if row > 0 and packed[row] == packed[row - 1]:
            continue
        if row > 0 and packed[row] >> bits != packed[row - 1] >> bits:
            if end - begin >= 2:
                starts[groups], sizes[groups] = begin, end - begin
                groups += 1
                begin = end
            end = begin  # what a single record has is written over
        places[end] = packed[row] & mask
        end += 1
    if end - begin >= 2:
        starts[groups], sizes[groups] = begin, end - begin
        groups += 1
        begin = end
    return places[:begin], starts[:groups], sizes[:groups]
