"""How many pairs of strangers look as if their forename and surname changed places.

Belongs here: estimating that number. Does not belong here: which names have changed
places (``compare_names.swapped``), other levels (``chance``).

Such pairs are one in a million, so that a sample of all pairs holds none, and a level
that chance is thought never to reach is taken for proof: Mary Brown and Brown Mary
become one woman wherever they live. But whoever changed places holds a forename that is
the other's surname. There are

    sum over names v of (records whose forename is v) (records whose surname is v)

pairs of records of which that is true, and they can be drawn from directly.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import field, level
from dagster_project.linkage.sampling import keyed_unit
from dagster_project.linkage.strata import Strata

DRAWS = 50_000

UNSEEN = 0.3
"""Added to the count of each stratum: a pair nobody drew is possible."""


def crossed_pairs(encoded: Encoded, strata: Strata, seed: int) -> NDArray[np.float64]:
    """Return per stratum how many pairs' names have changed places, matches included.

    A pair both of whose names are crossed exactly is drawn in both its orders, and is
    counted as half a pair for that.

    Args:
        encoded: the records.
        strata: of their sources.
        seed: key of the draws.
    """
    first, last = encoded.column("first"), encoded.column("last")
    size = 1 + int(max(first.max(initial=0), last.max(initial=0)))
    bearers = [np.bincount(names, minlength=size) for names in (first, last)]
    ways = (bearers[0] * bearers[1]).astype(np.float64)
    ways[0] = 0.0
    total = ways.sum()
    if not total:
        return np.zeros(strata.count)
    name = np.searchsorted(np.cumsum(ways), _unit(seed, 0) * total, side="right")
    name = np.minimum(name, size - 1)
    left = _bearer(first, bearers[0], name, _unit(seed, 1))
    right = _bearer(last, bearers[1], name, _unit(seed, 2))
    two = left != right
    left, right = left[two], right[two]
    levels = compare(encoded, left.astype(np.int32), right.astype(np.int32))
    found = levels[:, field("first")] == level("first", "swapped")
    both = first[right] == last[left]
    drawn = np.bincount(
        strata.of_pairs(left, right),
        np.where(both, 0.5, 1.0) * found,
        minlength=strata.count,
    )
    return (drawn + UNSEEN) * total / DRAWS


def _unit(seed: int, kind: int) -> NDArray[np.float64]:
    """Return ``DRAWS`` numbers in [0, 1)."""
    return keyed_unit(np.arange(DRAWS) + kind * DRAWS, seed)


def _bearer(names: Codes, bearers: Codes, wanted: Codes, unit: NDArray) -> Codes:
    """Return for each wanted name one of the records that bear it."""
    rows = np.argsort(names, kind="stable")
    begin = np.cumsum(bearers) - bearers
    return rows[begin[wanted] + (unit * bearers[wanted]).astype(np.int64)]
