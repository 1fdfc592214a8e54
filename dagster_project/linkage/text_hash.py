"""A number for a text that is the same in every run and on every machine.

Belongs here: the hash of a list of texts. Does not belong here: what is keyed by it.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.sampling import keyed_hash

Hashes = NDArray[np.uint64]

BASE = np.uint64(0x100000001B3)
"""Multiplier of the polynomial, the prime of FNV-1a (Fowler, Noll and Vo)."""


def text_hashes(texts: list[str]) -> Hashes:
    """Return 64 bits per text, 0 for '' alone.

    The sum of (code point + 1) BASE^place over the letters, well mixed: one pass over
    all letters of all texts.
    """
    lengths = np.array([len(text) for text in texts], np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    ends = np.cumsum(lengths)
    place = np.arange(len(points)) - np.repeat(ends - lengths, lengths)
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, BASE))
        letters = (points.astype(np.uint64) + np.uint64(1)) * powers[place]
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(letters)])
        mixed = keyed_hash(sums[ends] - sums[ends - lengths], 0)
    return np.where(lengths > 0, np.maximum(mixed, np.uint64(1)), np.uint64(0))
