"""Whether exposed and unexposed people can be compared at all.

Belongs here: the chance of exposure given covariates, overlap, balance, effective n.
Does not belong here: the estimate itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.effects.history import Flags

Floats = NDArray[np.floating]

STEPS = 25
RIDGE = 1e-3
"""Keeps the fit finite where a covariate tells exposure apart by itself."""
LOW, HIGH = 0.05, 0.95
"""Beyond these chances the other side is hardly seen (Crump 2009 takes .1 and .9)."""


@dataclass(frozen=True)
class Overlap:
    """How comparable two groups are."""

    share: float  # of all, whose chance of exposure lies between LOW and HIGH
    before: float  # largest standardised difference of a covariate, as seen
    after: float  # the same, weighted by the inverse chance
    n_effective: float  # Kish's effective n of the weighted groups, added up


def overlap(exposed: Flags, x: Floats) -> Overlap:
    """Compare the covariates of exposed and unexposed.

    Args:
        exposed: (n,) ever exposed in its window.
        x: (n, p) covariates.
    """
    chance = _chance(exposed.astype(float), x)
    weight = np.where(exposed, 1 / chance, 1 / (1 - chance))
    even = np.ones(len(exposed))
    return Overlap(
        share=float(np.mean((chance > LOW) & (chance < HIGH))),
        before=_largest_difference(exposed, x, even),
        after=_largest_difference(exposed, x, weight),
        n_effective=sum(_kish(weight[group]) for group in (exposed, ~exposed)),
    )


def _chance(exposed: Floats, x: Floats) -> Floats:
    """Return fitted chances of a logistic regression."""
    columns = np.concatenate([np.ones((len(x), 1)), x], axis=1)
    beta = np.zeros(columns.shape[1])
    beta[0] = np.log(exposed.mean() / (1 - exposed.mean()))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
        hold = columns * (chance * (1 - chance))[:, None]
        second = hold.T @ columns + RIDGE * np.eye(len(beta))
        step = np.linalg.solve(second, columns.T @ (exposed - chance) - RIDGE * beta)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    chance = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
    return np.clip(chance, 1e-3, 1 - 1e-3)


def _largest_difference(exposed: Flags, x: Floats, weight: Floats) -> float:
    """Return the largest difference of means, in pooled standard deviations."""
    if not x.shape[1]:
        return 0.0
    means, spreads = [], []
    for group in (exposed, ~exposed):
        means.append(np.average(x[group], axis=0, weights=weight[group]))
        spreads.append(x[group].var(axis=0))
    pooled = np.sqrt((spreads[0] + spreads[1]) / 2)
    apart = np.abs(means[0] - means[1])
    return float(
        np.max(np.divide(apart, pooled, out=np.zeros_like(apart), where=pooled > 0))
    )


def _kish(weight: Floats) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())
