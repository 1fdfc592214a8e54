"""What a sex or middle name that differs says where forenames differ too.

Belongs here: counting such pairs, and their weights. Does not belong here: how often a
field differs at all (``model``, ``bounds``).

Who takes another name, because the gender is another or for any other reason, mostly
changes more than the forename. So among one person's records whose forenames are unlike
sex and middle name differ far more often than among the others, and a model that
multiplies them takes one change for two or three accidents. Among strangers all of them
as good as always differ anyway. Hence the level ``different_with_forename`` of these
fields, which is not counted by itself (that would count the forename again): it weighs

    log max(m, a) / u,    m and u of all pairs that differ in the field,

a as in ``WITH_FORENAME``.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.fields import field, level

WITH_FORENAME = {"sex": 0.1, "middle": 0.2}
"""Shares of one person's record pairs of unlike forenames that differ in these fields
too, at least. Assumptions, not counts."""

PLACES = [
    (
        field(name),
        level(name, "different"),
        level(name, "different_with_forename"),
        share,
    )
    for name, share in WITH_FORENAME.items()
]


def counted_once(counts: NDArray) -> NDArray[np.float64]:
    """Return counts with all pairs that differ in such a field at one level.

    Args:
        counts: [..., field, level] of pairs.
    """
    counts = counts.copy()
    for place, alone, together, _ in PLACES:
        counts[..., place, alone] += counts[..., place, together]
        counts[..., place, together] = 0.0
    return counts


def with_changed_names(weights: NDArray, m: NDArray | None) -> NDArray[np.float64]:
    """Return weights, these fields as they are where forenames are unlike.

    Args:
        weights: [stratum, field, level] log Bayes factors.
        m: [field, level] of one person; none of people of whom a field does not differ
            more often for that.
    """
    weights = weights.copy()
    for place, alone, together, share in PLACES:
        more = 0.0 if m is None else np.log(max(share / m[place, alone], 1.0))
        weights[:, place, together] = weights[:, place, alone] + more
    return weights
