"""Cumulative incidence by Aalen and Johansen on whole days, errors by person.

Belongs here: the curve of one group and each person's influence on it. Does not belong
here: who is in the group.

lifelines' ``AalenJohansenFitter`` breaks ties by random shifts and takes rows for
independent. Here events of one day share the day's people at risk, censoring comes
after them, and rows of one person vary together (infinitesimal jackknife). The tests
hold it against lifelines on days without ties.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.effects.history import Ints
from dagster_project.effects.outcomes import COMPETING, OUTCOME

Floats = NDArray[np.floating]

Z = 1.959963984540054
"""Two-sided 95 % of a normal."""


@dataclass(frozen=True)
class Curve:
    """Arrays by day 0, 1, … ``days``."""

    incidence: Floats
    low: Floats
    high: Floats
    at_risk: Ints  # watched on that day; on day 0 all
    outcomes: Ints  # up to and including the day
    competing: Ints
    censored: Ints


def cumulative_incidence(stop: Ints, what: Ints, person: Ints, days: int) -> Curve:
    """Return the cumulative incidence of the outcome.

    Args:
        stop: (n,) day on which the watch ended; 0 leaves a row without a day.
        what: (n,) CENSORED, OUTCOME or COMPETING.
        person: (n,) whose row; rows of one person are one cluster.
        days: Last day of the curve; later ends are cut there.
    """
    what = np.where(stop > days, 0, what)
    stop = np.minimum(stop, days).astype(np.int64)
    ended = {
        kind: np.bincount(stop[what == kind], minlength=days + 1)
        for kind in (0, OUTCOME, COMPETING)
    }
    leaving = sum(ended.values())
    at_risk = len(stop) - np.concatenate([[0], np.cumsum(leaving)[:-1]])
    size = np.maximum(at_risk, 1)
    hazard = ended[OUTCOME] / size
    both = (ended[OUTCOME] + ended[COMPETING]) / size
    stays = np.cumprod(1 - both)
    before = np.concatenate([[1.0], stays[:-1]])
    incidence = np.minimum(np.cumsum(before * hazard), 1.0)
    error, persons = _errors(
        stop, what, person, size, before, stays, incidence, hazard, both
    )
    low, high = _interval(incidence, error, persons)
    total = {kind: np.cumsum(counts) for kind, counts in ended.items()}
    return Curve(
        incidence, low, high, at_risk, total[OUTCOME], total[COMPETING], total[0]
    )


def _errors(
    stop: Ints,
    what: Ints,
    person: Ints,
    size: Ints,
    before: Floats,
    stays: Floats,
    incidence: Floats,
    hazard: Floats,
    both: Floats,
) -> tuple[Floats, Ints]:
    """Return the standard error of each day's incidence, and persons then watched.

    Incidence F(t) moves with the hazards of each day s up to t: by S(s-) - G(s, t) with
    the outcome's and by -G(s, t) with what competes, G(s, t) = S(s-) (F(t) - F(s)) /
    S(s). As F(t) enters linearly, each person's influence is a + F(t) b with running
    sums a and b, and the variance needs only their cross products.
    """
    days = len(before)
    _, cluster = np.unique(person, return_inverse=True)
    part = np.divide(before, stays, out=np.zeros(days), where=stays > 1e-12) / size
    # Influence on day s of an event, and of being at risk.
    event_a = {
        OUTCOME: before / size + part * incidence,
        COMPETING: part * incidence,
    }
    risk_a = -(before / size * hazard + part * incidence * both)
    risk_b = part * both
    count = int(cluster.max(initial=-1)) + 1
    ends = np.zeros((count, days)), np.zeros((count, days))
    for kind in (OUTCOME, COMPETING):
        rows = what == kind
        np.add.at(ends[0], (cluster[rows], stop[rows]), event_a[kind][stop[rows]])
        np.add.at(ends[1], (cluster[rows], stop[rows]), -part[stop[rows]])
    watched = np.zeros((count, days + 1))
    np.add.at(watched, (cluster, np.zeros(len(stop), dtype=np.int64)), 1)
    np.add.at(watched, (cluster, stop + 1), -1)
    alive = np.cumsum(watched, axis=1)[:, :-1]
    a = np.cumsum(ends[0] + alive * risk_a, axis=1)
    b = np.cumsum(ends[1] + alive * risk_b, axis=1)
    error = np.sqrt(((a + incidence * b) ** 2).sum(axis=0))
    return error, (alive > 0).sum(axis=0)


def _interval(value: Floats, error: Floats, persons: Ints) -> tuple[Floats, Floats]:
    """Return 95 % limits that stay within 0 and 1, by log(-log) as lifelines does.

    While nothing has happened the upper limit is the exact one of none among the
    persons watched (Clopper and Pearson), and likewise where it happened to all.
    """
    inside = (value > 0) & (value < 1) & (error > 0)
    safe = np.where(inside, value, 0.5)
    spread = Z * error / (safe * np.abs(np.log(safe)))
    exact = 0.025 ** (1 / np.maximum(persons, 1))
    exact = np.where(persons > 0, exact, 0.0)
    low = np.where(inside, safe ** np.exp(spread), np.where(value >= 1, exact, 0.0))
    high = np.where(inside, safe ** np.exp(-spread), np.where(value <= 0, 1 - exact, 1))
    return low, np.maximum(high, value)
