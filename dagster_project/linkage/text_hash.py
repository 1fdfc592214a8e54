"""A number for a text that is the same in every run and on every machine.

Belongs here: texts as letters one after another, and their hash. Does not belong here:
what is keyed by it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.sampling import mixed

Hashes = NDArray[np.uint64]

BASE = np.uint64(0x100000001B3)
"""Multiplier of the polynomial, the prime of FNV-1a (Fowler, Noll and Vo)."""

WHOLE = 1 << 62
"""More letters than any text has."""


class Letters(NamedTuple):
    """Texts as the code points of all of them one after another."""

    points: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]


def letters_of(texts: Sequence[str]) -> Letters:
    """Return the letters of texts."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    points = np.frombuffer(bytearray("".join(texts).encode("utf-32-le")), np.int32)
    return Letters(points, np.cumsum(lengths) - lengths, lengths)


def text_hashes(texts: Sequence[str]) -> Hashes:
    """Return 64 bits per text, 0 for '' alone; see ``letter_hashes``."""
    return letter_hashes(letters_of(texts))


def letter_hashes(letters: Letters, longest: int = WHOLE) -> Hashes:
    """Return 64 bits per text, of its first ``longest`` letters; 0 for '' alone.

    The sum of (code point + 1) BASE^place over the letters, well mixed.
    """
    return _hashes(*letters, longest)


@njit(cache=True, nogil=True)
def _hashes(points, starts, lengths, longest):
    out = np.zeros(len(starts), np.uint64)
    for row in range(len(starts)):
        if not lengths[row]:
            continue
        total, power = np.uint64(0), BASE
        for place in range(starts[row], starts[row] + min(longest, lengths[row])):
            total += (np.uint64(points[place]) + np.uint64(1)) * power
            power *= BASE
        out[row] = max(mixed(total, np.uint64(0)), np.uint64(1))
    return out
