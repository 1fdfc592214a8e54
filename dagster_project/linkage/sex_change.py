"""What a sex that differs says of two records whose forenames differ too.

Belongs here: counting such pairs, and their weight. Does not belong here: how often sex
differs at all (``model``, ``bounds``).

Who changes gender mostly changes the forename with it. So among one person's records
whose forenames are unlike the sex differs far more often than among the others, and a
model that multiplies the two takes one change for two accidents. Among strangers sex
and forename as good as always differ together anyway. Hence the level
``different_with_forename`` of the field ``sex``, which is not counted by itself (that
would count the forename again): it weighs

    log max(m, .1) / u,    m and u of all pairs whose sex differs.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.fields import field, level

WITH_FORENAME = 0.1
"""Share of one person's record pairs of unlike forenames whose sex differs too, at
least. An assumption, not a count."""

SEX = field("sex")
DIFFERENT = level("sex", "different")
DIFFERENT_WITH_FORENAME = level("sex", "different_with_forename")


def sex_counted_once(counts: NDArray) -> NDArray[np.float64]:
    """Return counts with all pairs that differ in sex at one level.

    Args:
        counts: [..., field, level] of pairs.
    """
    counts = counts.copy()
    counts[..., SEX, DIFFERENT] += counts[..., SEX, DIFFERENT_WITH_FORENAME]
    counts[..., SEX, DIFFERENT_WITH_FORENAME] = 0.0
    return counts


def with_sex_of_unlike_forenames(weights: NDArray, m: NDArray) -> NDArray[np.float64]:
    """Return one person's weights, sex as it is where forenames are unlike.

    Args:
        weights: [stratum, field, level] log m/u.
        m: [field, level] of one person.
    """
    weights = weights.copy()
    more = np.log(max(WITH_FORENAME / m[SEX, DIFFERENT], 1.0))
    weights[:, SEX, DIFFERENT_WITH_FORENAME] = weights[:, SEX, DIFFERENT] + more
    return weights
