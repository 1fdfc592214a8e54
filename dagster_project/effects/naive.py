"""The comparison not to make: ever exposed against never, as if time stood still.

Belongs here: crude risks by "ever exposed", shown beside the adjusted ones to tell how
far off it is. Does not belong here: anything to act on.

It is wrong twice: people must stay outside long enough to be followed up (immortal
time), and those followed up are sicker (confounding).
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.effects.history import Flags, Ints
from dagster_project.effects.incidence import Z


@dataclass(frozen=True)
class Naive:
    """Crude risks by the horizon among those watched so long."""

    exposed: float
    unexposed: float
    difference: float
    low: float
    high: float
    ratio: float | None


def ever_exposed(
    exposed: Flags, outcome_by_then: Flags, mature: Flags, person: Ints
) -> Naive | None:
    """Return the crude comparison, or None where a side is empty.

    Args:
        exposed: (n,) ever exposed in its window, whenever.
        outcome_by_then: (n,) whether the outcome came by the horizon.
        mature: (n,) whether the horizon lies within the data; others are left out,
            with or without the outcome.
        person: (n,) whose row; rows of one person are one cluster.
    """
    exposed, outcome, person = exposed[mature], outcome_by_then[mature], person[mature]
    if not exposed.any() or exposed.all():
        return None
    risks, influence = [], np.zeros(len(exposed))
    for group, sign in ((exposed, 1), (~exposed, -1)):
        risk = float(outcome[group].mean())
        influence[group] = sign * (outcome[group] - risk) / group.sum()
        risks.append(risk)
    _, cluster = np.unique(person, return_inverse=True)
    error = float(np.sqrt((np.bincount(cluster, influence) ** 2).sum()))
    apart = risks[0] - risks[1]
    ratio = risks[0] / risks[1] if risks[1] else None
    return Naive(*risks, apart, apart - Z * error, apart + Z * error, ratio)
