"""What the classes of the mixture are held to: where they start, what a home shares.

Belongs here: the tables over levels that are fixed by design. Does not belong here:
estimating the free ones (``model``).
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.chance import level_mask
from dagster_project.linkage.fields import LEVEL_COUNTS, LEVEL_SLOTS, field

SHARED = tuple(field(name) for name in ("last", "phone", "address"))
"""What people of one home share; in their class these are estimated."""

LEAK = 0.005
"""Share of a household's pairs whose date or SSN is as one person's: twins, numbers
copied inside a family. .01 takes true matches, 0 lets twins through."""

LEAKING = tuple(field(name) for name in ("dob", "birth_year", "ssn", "ssn_last4"))

SAME_FORENAME = 0.1
"""Two of a home seldom share a forename: factor on equal, .5 on near levels."""

NEAR_FORENAME = 0.5

START_EQUAL = 0.8
"""Share of level 1 that the classes start from."""


def household_table(household: NDArray, m: NDArray, u: NDArray) -> NDArray[np.float64]:
    """Return h[stratum, field, level]: free where shared, else u with a small leak."""
    table = u.copy()
    first = field("first")
    table[:, first, 1] *= SAME_FORENAME
    table[:, first, 2:5] *= NEAR_FORENAME
    table[:, first, 1:] /= table[:, first, 1:].sum(1, keepdims=True)
    for place in LEAKING:
        table[:, place, 1:] = (1 - LEAK) * u[:, place, 1:] + LEAK * m[None, place, 1:]
    for place in SHARED:
        table[:, place] = household[place]
    table[:, :, 0] = 1.0
    return table


def start_table() -> NDArray[np.float64]:
    """Return the levels a class starts from: mostly equal, the rest spread evenly."""
    rest = (1 - START_EQUAL) / (LEVEL_COUNTS - 1)
    table = np.repeat(rest[:, None], LEVEL_SLOTS, axis=1) * level_mask()
    table[:, 1] = START_EQUAL
    table[:, 0] = 1.0
    return table
