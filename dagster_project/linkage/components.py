"""Cut the records into components small enough to agglomerate.

Belongs here: connected components of likely pairs, and what to do with a huge one.
Does not belong here: joining records (``cluster``).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.score import Scored, logit

RAISED_FLOORS = (0.3, 0.7, 0.95, 0.99, 0.999, 0.9999, 1 - 1e-6, 1 - 1e-8, 1 - 1e-10)
"""Probabilities below which a too large component loses its edges, one after the
other, until its pieces are small enough."""


ROOM = 5
"""Most records of a component for each cluster that it may begin with."""


class Components(NamedTuple):
    """Records component after component; only components of two records and more."""

    records: Codes
    starts: Codes  # one more entry at the end
    of: Codes  # number, within its component, of the cluster that each record is in
    cut: NDArray[np.bool_]  # of every record there is: whether its component was cut

    @property
    def numbers(self) -> Codes:
        """Return the component of each of the records."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def component_labels(records: int, left: ArrayLike, right: ArrayLike) -> Codes:
    """Return the connected component of every record, numbered by its first record."""
    # Copied, so that one compiled kernel serves numbers of any kind, lists of them too.
    return _labels(records, np.array(left, np.int64), np.array(right, np.int64))


def first_of_component(records: int, left: ArrayLike, right: ArrayLike) -> Codes:
    """Return the place of the first record of every record's connected component."""
    label = component_labels(records, left, right)
    first = np.full(label.max(initial=-1) + 1, records)
    np.minimum.at(first, label, np.arange(records))
    return first[label]


@njit(cache=True, nogil=True)
def _root(parent, record):
    while parent[record] != record:
        parent[record] = parent[parent[record]]
        record = parent[record]
    return record


@njit(cache=True, nogil=True)
def _labels(records, left, right):
    """Unite by first record, halving paths (Tarjan and van Leeuwen, 1984)."""
    parent = np.arange(records)
    for q in range(len(left)):
        one, two = _root(parent, left[q]), _root(parent, right[q])
        parent[max(one, two)] = min(one, two)
    label = np.empty(records, np.int64)
    found = 0
    for record in range(records):
        root = _root(parent, record)
        if root == record:
            label[record] = found
            found += 1
        else:
            label[record] = label[root]
    return label


def components(
    pairs: Scored,
    floor: float,
    largest: int,
    must_link: NDArray[np.int64],
    clusters: Codes,
    among: NDArray[np.bool_],
) -> Components:
    """Return the components of pairs from ``floor`` up, of ``largest`` clusters.

    Must-links always hold their two records in one component, and so do clusters.

    Args:
        pairs: scored pairs.
        floor: probability from which pairs hold a component together.
        largest: most clusters of one component; of records, ``ROOM`` times as many.
        must_link: a steward's pairs of records.
        clusters: of each record, the first record of the cluster it is already in.
        among: whether each record is to be looked at.
    """
    records = len(clusters)
    keep = pairs.log_odds >= logit(floor)
    if not among.all():
        keep &= among[pairs.left] & among[pairs.right]
        must_link = must_link[among[must_link].all(1)]
    begun = clusters == np.arange(records)
    later = np.flatnonzero(~begun & among)

    def labels() -> Codes:
        return component_labels(
            records,
            np.concatenate([pairs.left[keep], must_link[:, 0], later]),
            np.concatenate([pairs.right[keep], must_link[:, 1], clusters[later]]),
        )

    def too_large() -> NDArray[np.bool_]:
        rows = np.bincount(label, minlength=1)
        held = np.bincount(label[begun], minlength=len(rows))
        return (held > largest) | (rows > ROOM * largest)

    label = labels()
    cut = too_large()[label]
    for raised in RAISED_FLOORS:
        large = too_large()
        if not large.any():
            break
        keep &= ~(large[label[pairs.left]] & (pairs.log_odds < logit(raised)))
        label = labels()
    sizes = np.bincount(label, minlength=1)
    order = np.argsort(label, kind="stable")
    several = sizes >= 2
    kept = order[several[label[order]]].astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes[several])]).astype(np.int64)
    return Components(kept, starts, _numbered(kept, starts, clusters), cut)


def _numbered(records: Codes, starts: Codes, clusters: Codes) -> Codes:
    """Return the number of each record's cluster among those of its component."""
    begun = np.cumsum(clusters[records] == records) - 1
    number = np.zeros(len(clusters), np.int64)
    number[records] = begun - np.repeat(begun[starts[:-1]], np.diff(starts))
    return number[clusters[records]]
