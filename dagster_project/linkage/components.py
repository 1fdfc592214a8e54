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


class Components(NamedTuple):
    """Records component after component; only components of two records and more."""

    records: Codes
    starts: Codes  # one more entry at the end


def component_labels(records: int, left: ArrayLike, right: ArrayLike) -> Codes:
    """Return the connected component of every record, numbered by its first record."""
    # Copied, so that one compiled kernel serves numbers of any kind, lists of them too.
    return _labels(records, np.array(left, np.int64), np.array(right, np.int64))


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
    records: int,
    pairs: Scored,
    floor: float,
    largest: int,
    must_link: NDArray[np.int64],
) -> Components:
    """Return the components of pairs from ``floor`` up, none above ``largest`` records.

    Must-links always hold their two records in one component.
    """
    keep = pairs.log_odds >= logit(floor)

    def labels() -> Codes:
        return component_labels(
            records,
            np.concatenate([pairs.left[keep], must_link[:, 0]]),
            np.concatenate([pairs.right[keep], must_link[:, 1]]),
        )

    label = labels()
    for raised in RAISED_FLOORS:
        too_large = np.bincount(label, minlength=1) > largest
        if not too_large.any():
            break
        keep &= ~(too_large[label[pairs.left]] & (pairs.log_odds < logit(raised)))
        label = labels()
    sizes = np.bincount(label, minlength=1)
    order = np.argsort(label, kind="stable")
    several = sizes >= 2
    kept = order[several[label[order]]]
    starts = np.concatenate([[0], np.cumsum(sizes[several])])
    return Components(kept.astype(np.int64), starts.astype(np.int64))
