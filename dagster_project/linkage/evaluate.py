"""How well a partition matches the truth: pairs and B-cubed.

Belongs here: measures of two partitions of the same records. Does not belong here:
where the truth comes from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Quality:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean; 0 when nothing is right."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Evaluation:
    """Quality over record pairs and over records."""

    pairwise: Quality
    b_cubed: Quality
    true_pairs: int
    found_pairs: int
    right_pairs: int


def evaluate(found: ArrayLike, truth: ArrayLike) -> Evaluation:
    """Compare the clusters ``found`` with the people in ``truth``, record by record.

    Pairwise: of all pairs put together, how many belong together, and the other way
    round. B-cubed (Bagga and Baldwin 1998): the same share per record, averaged, so
    that a person met sixty times does not outweigh sixty people.
    """
    _, found_code = np.unique(np.asarray(found), return_inverse=True)
    _, true_code = np.unique(np.asarray(truth), return_inverse=True)
    if len(found_code) == 0:
        return Evaluation(Quality(1.0, 1.0), Quality(1.0, 1.0), 0, 0, 0)
    cell = true_code.astype(np.int64) * (int(found_code.max()) + 1) + found_code
    _, place, together = np.unique(cell, return_inverse=True, return_counts=True)
    found_size, true_size = np.bincount(found_code), np.bincount(true_code)
    right, made, real = (_pairs(n) for n in (together, found_size, true_size))
    shared = together[place]
    return Evaluation(
        Quality(right / made if made else 1.0, right / real if real else 1.0),
        Quality(
            float((shared / found_size[found_code]).mean()),
            float((shared / true_size[true_code]).mean()),
        ),
        real,
        made,
        right,
    )


def _pairs(sizes: np.ndarray) -> int:
    sizes = sizes.astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())
