"""The record pairs a clerical sample stands for, each with its band of probability.

Belongs here: which pairs these are, the same for whoever draws a sample and for whoever
reckons with one. Does not belong here: drawing (``clerical_sample``), rates
(``clerical``).

They are all pairs of records of one person, by the surer the less sure of the two is
linked; and the edges between two people, by the probability of the pair itself, which
counts as below the threshold since the two were held apart. Pairs held apart that are
no edge are not among them: they are too many, and too seldom one person, for a sample
that people can look at to say how many they miss.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.evidence import places_of


@dataclass(frozen=True)
class Frame:
    """Records in the order of their ids, and the edges between two people.

    Attributes:
        cluster: of each record, -1 where it is nobody's.
        confidence: of each record's link, nan where it is linked to none.
        left, right: places of the records of each edge, left < right, ascending.
        band: of each edge.
    """

    cluster: Codes
    confidence: NDArray[np.float64]
    left: Codes
    right: Codes
    band: NDArray[np.float64]

    def bands(self, one: Codes, two: Codes) -> NDArray[np.float64]:
        """Return the band of pairs of places; nan for a pair that is none of these."""
        left, right = np.minimum(one, two), np.maximum(one, two)
        found = np.full(len(left), np.nan)
        records = len(self.cluster)
        held = self.left * records + self.right
        wanted = left * records + right
        place = np.searchsorted(held, wanted)
        known = (left >= 0) & (place < len(held))
        known[known] = held[place[known]] == wanted[known]
        found[known] = self.band[place[known]]
        same = (left >= 0) & (left != right)
        same[same] = self.cluster[left[same]] == self.cluster[right[same]]
        same[same] = self.cluster[left[same]] >= 0
        sure = self.confidence
        found[same] = np.minimum(sure[left[same]], sure[right[same]])
        return found

    def pairs(self) -> tuple[Codes, Codes]:
        """Return the places of all pairs, left < right."""
        linked = np.flatnonzero(~np.isnan(self.confidence) & (self.cluster >= 0))
        order = linked[np.argsort(self.cluster[linked], kind="stable")]
        owner = self.cluster[order]
        ends = np.searchsorted(owner, owner, side="right")
        after = ends - np.arange(len(order)) - 1
        first = np.repeat(np.arange(len(order)), after)
        step = np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
        joined = order[first], order[first + 1 + step]
        return (
            np.concatenate([joined[0], self.left]),
            np.concatenate([joined[1], self.right]),
        )


def frame(
    ids: pa.Array,
    cluster: Codes,
    confidence: NDArray[np.float64],
    edges: pa.Table,
    threshold: float,
) -> Frame:
    """Return the pairs of a run.

    Args:
        ids: record ids, ascending.
        cluster: of each, -1 where it is nobody's.
        confidence: of each, nan where it is linked to none.
        edges: two columns of record ids, then ``match_probability``.
        threshold: probability from which records are one person.
    """
    one, two = (places_of(ids, edges.column(side)) for side in range(2))
    chance: ArrayLike = edges["match_probability"].to_numpy()
    someone = (one >= 0) & (two >= 0)
    someone[someone] = np.minimum(cluster[one[someone]], cluster[two[someone]]) >= 0
    someone[someone] = cluster[one[someone]] != cluster[two[someone]]
    left, right = np.minimum(one, two)[someone], np.maximum(one, two)[someone]
    order = np.lexsort((right, left))
    band = np.minimum(chance[someone], np.nextafter(threshold, 0.0))
    return Frame(cluster, confidence, left[order], right[order], band[order])
