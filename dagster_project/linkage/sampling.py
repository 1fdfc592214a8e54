"""Random numbers that depend on a key and a place, never on an order of drawing.

Belongs here: the hash and samples of record pairs. Does not belong here: what is
estimated from a sample.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

AT_ONCE = 1_000_000
"""Places hashed at once: of all pairs of a million records it would be much memory."""


@njit(cache=True, nogil=True, inline="always")
def mixed(place, key):
    """Return 64 well-mixed bits (SplitMix64; Steele, Lea and Flood 2014)."""
    x = place + (key + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def keyed_hash(places: NDArray, key: int) -> NDArray[np.uint64]:
    """Return 64 well-mixed bits per place, others for each key."""
    return _all_mixed(places.astype(np.uint64), np.uint64(key))


@njit(cache=True, nogil=True)
def _all_mixed(places, key):
    out = np.empty(len(places), np.uint64)
    for row in range(len(places)):
        out[row] = mixed(places[row], key)
    return out


def keyed_unit(places: NDArray, key: int) -> NDArray[np.float64]:
    """Return a number in [0, 1) per place, others for each key."""
    return (keyed_hash(places, key) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def keyed_places(size: int, below: int, key: int) -> NDArray[np.int64]:
    """Return ``size`` whole numbers in [0, below), the same for the same key."""
    unit = keyed_unit(np.arange(size, dtype=np.uint64), key)
    return np.minimum((unit * below).astype(np.int64), below - 1)


def keyed_subset(size: int, wanted: int, key: int) -> NDArray[np.int64]:
    """Return about ``wanted`` of ``size`` places, ascending; all when that is fewer."""
    if wanted >= size:
        return np.arange(size)
    below = np.uint64(wanted / size * 2.0**64)
    pieces = []
    for first in range(0, size, AT_ONCE):
        places = np.arange(first, min(first + AT_ONCE, size), dtype=np.uint64)
        pieces.append(first + np.flatnonzero(keyed_hash(places, key) < below))
    return np.concatenate(pieces)
