"""Watches cut where an exposure begins and where its first month ends.

Belongs here: counting-process rows, so that nobody is exposed before it happens.
Does not belong here: the model (``cox``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.effects.history import Flags, Ints

Floats = NDArray[np.floating]

EFFECT_DAYS = 30
"""An exposure is compared in the 30 days that begin with it; later days stand on their
own. Its own day is taken out: nobody knows whether the outcome or the exposure of that
day came first, and either answer would be a guess in one side's favour."""


@dataclass(frozen=True)
class PersonDays:
    """One row per index and stretch of days over which no exposure changes."""

    index: Ints  # position of the index
    start: Ints
    stop: Ints
    event: Flags
    exposed: Floats  # (rows, 2 * exposures): first stretch, later, of each exposure


def cut(
    stop: Ints, event: Flags, onset: Ints, end: Ints, effect_days: int = EFFECT_DAYS
) -> PersonDays:
    """Cut each watch at its exposures.

    Args:
        stop: (n,) days watched, at least 1.
        event: (n,) whether the outcome came on day ``stop``.
        onset: (n, exposures) day on which each exposure happened; NEVER if none.
        end: (n, exposures) day on which another takes its place; NEVER if it lasts.
        effect_days: How long the first stretch of an exposure is, with its own day,
            which gives no row unless it is time zero.
    """
    edges = np.concatenate([onset - 1, onset, onset + effect_days - 1, end], axis=1)
    edges = np.clip(edges, 0, stop[:, None])
    zero = np.zeros((len(stop), 1), dtype=np.int64)
    bounds = np.sort(np.concatenate([zero, edges, stop[:, None]], axis=1), axis=1)
    low, high = bounds[:, :-1].ravel(), bounds[:, 1:].ravel()
    index = np.repeat(np.arange(len(stop)), bounds.shape[1] - 1)
    own_day = (low[:, None] == onset[index] - 1) & (high[:, None] == onset[index])
    kept = (high > low) & ~own_day.any(axis=1)
    low, high, index = low[kept], high[kept], index[kept]
    begun = (low[:, None] >= onset[index]) & (low[:, None] < end[index])
    later = begun & (low[:, None] >= onset[index] + effect_days - 1)
    exposed = np.stack([begun & ~later, later], axis=2).reshape(len(low), -1)
    return PersonDays(
        index=index,
        start=low,
        stop=high,
        event=event[index] & (high == stop[index]),
        exposed=exposed.astype(float),
    )
