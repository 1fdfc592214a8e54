"""Random numbers that belong to a person, a day and a process.

Belongs here: keyed uniforms and what follows from them (normals, whole numbers).
Does not belong here: what a draw decides.

A draw is a hash of (seed, process, day, person), never the next number of a running
generator. Adding a person or a department changes nobody else's life, and a twin who
lives the same day reads the same number.
"""

import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

GAMMA = 0x9E3779B97F4A7C15
"""Step of splitmix64: the odd number nearest 2**64 over the golden ratio."""
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""The two multipliers of splitmix64's finaliser (Steele, Lea and Flood 2014)."""
MASK = 0xFFFFFFFFFFFFFFFF
TO_UNIT = 2.0**-53
"""The top 53 bits of a hash fill a double's significand exactly."""


def _mix(value: int) -> int:
    """Scramble one 64-bit number (splitmix64 finaliser)."""
    value &= MASK
    value = ((value ^ (value >> 30)) * FIRST) & MASK
    value = ((value ^ (value >> 27)) * SECOND) & MASK
    return value ^ (value >> 31)


@njit(cache=True, nogil=True)
def _mix_all(numbers, starts):
    """Turn each number into the hash of what lies so many steps behind its start.

    ``_mix`` compiled: a city of thousands asks 100,000 times for a thousand numbers,
    and as a dozen steps over whole arrays they were a quarter of what it takes.

    Args:
        numbers: uint64 [n]; changed in place.
        starts: uint64 [n], or [1] for all.
    """
    for place in range(len(numbers)):
        start = starts[place if len(starts) > 1 else 0]
        value = start + numbers[place] * np.uint64(GAMMA)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(FIRST)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(SECOND)
        numbers[place] = value ^ (value >> np.uint64(31))


@cache
def _base(seed: int, process: str) -> int:
    """Return where a process's numbers begin."""
    return _mix(_mix(seed + 1) ^ zlib.crc32(process.encode()) * GAMMA)


@dataclass(frozen=True)
class Draws:
    """All random numbers of one city.

    ``day`` may be one day for everybody or one day per person.
    """

    seed: int

    def uniform(
        self, process: str, person: ArrayLike, day: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Return one number in [0, 1) for each person."""
        keys = np.array(person, dtype=np.uint64, ndmin=1)
        if not keys.size:
            return np.empty(keys.shape)
        base = _base(self.seed, process)
        if np.ndim(day):
            starts = np.array(day, dtype=np.uint64)
            _mix_all(starts, np.array([base], dtype=np.uint64))
        else:
            starts = np.array([_mix(base + int(day) * GAMMA)], dtype=np.uint64)
        _mix_all(keys, starts)
        keys >>= np.uint64(11)
        return keys * TO_UNIT

    def normal(
        self, process: str, person: ArrayLike, day: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Return one standard normal number for each person."""
        return ndtri(self.uniform(process, person, day) + TO_UNIT / 2)

    def below(
        self, process: str, person: ArrayLike, ceiling: ArrayLike, day: ArrayLike = 0
    ) -> NDArray[np.int64]:
        """Return one whole number from 0 up to, not including, ``ceiling``."""
        return (self.uniform(process, person, day) * ceiling).astype(np.int64)

    def pick(
        self,
        process: str,
        person: ArrayLike,
        weights: ArrayLike,
        day: ArrayLike = 0,
    ) -> NDArray[np.int64]:
        """Return the position of one of ``weights`` for each person."""
        return position(self.uniform(process, person, day), weights)


def position(number: ArrayLike, weights: ArrayLike) -> NDArray[np.int64]:
    """Return which of ``weights`` (of any sum) a number in [0, 1) falls into."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(edges[:-1] / edges[-1], number, side="right")
