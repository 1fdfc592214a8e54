"""Pairs of sources: the strata in which chance agreement and priors are counted.

Belongs here: numbering the strata and their sizes. Does not belong here: estimates.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes

MOST_SOURCES = 12
"""With more sources a stratum holds too few pairs to estimate from; all become one."""


@dataclass(frozen=True)
class Strata:
    """``of[a, b]`` numbers the unordered pair of sources a and b."""

    source: Codes  # per record
    sources: tuple[str, ...]
    of: NDArray[np.int64]
    pairs: NDArray[np.float64]  # record pairs per stratum

    @property
    def count(self) -> int:
        """Return the number of strata."""
        return len(self.pairs)

    def of_pairs(self, left: Codes, right: Codes) -> Codes:
        """Return the stratum of each pair of record places."""
        return self.of[self.source[left], self.source[right]]

    def take(self, rows: Codes) -> "Strata":
        """Return the strata for some of the records, or all in another order."""
        return replace(self, source=self.source[rows])

    def members(self) -> list[tuple[int, int]]:
        """Return the two sources of each stratum."""
        size = len(self.sources)
        return [(a, b) for a in range(size) for b in range(a, size)]


def strata(source: Codes, names: list[str]) -> Strata:
    """Number the pairs of sources; ``source`` codes places in ``names``."""
    used, place = np.unique(source, return_inverse=True)
    labels = tuple(names[code] for code in used.tolist()) or ("none",)
    if len(used) > MOST_SOURCES:
        place, labels = np.zeros(len(source), np.int64), ("all",)
    return number_pairs(place, labels)


def number_pairs(place: Codes, labels: tuple[str, ...]) -> Strata:
    """Number the pairs of ``labels``; ``place`` is each record's label."""
    size = len(labels)
    of = np.zeros((size, size), np.int64)
    counts = np.bincount(place, minlength=size).astype(np.float64)
    pairs = []
    for a in range(size):
        for b in range(a, size):
            of[a, b] = of[b, a] = len(pairs)
            same = counts[a] * (counts[a] - 1) / 2
            pairs.append(same if a == b else counts[a] * counts[b])
    return Strata(place.astype(np.int64), labels, of, np.array(pairs))
