"""What is stated of pairs: how many of their weight the clusters make one person.

Belongs here: reading it off the joins of a file. Does not belong here: the map that is
made of it (``stated``), the joins themselves (``cluster``).

A pair in doubt is decided by what else its records' people are known by. For a pair

    joined            the probability stated of the weaker join of its two records,
    of two lone ones  what a join of this weight would be stated as,
    else              three tenths of that: more was known, and it spoke against them

is what its clusters say; the mean over the pairs of a weight, made to rise with the
weight (pool-adjacent-violators, Ayer et al. 1955), is what is stated of each. No truth
is needed for it. docs/decisions/0028 has the figures.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.cluster import Merges
from dagster_project.linkage.score import Scored, probability
from dagster_project.linkage.stated import KNOTS, STEP, interpolated

KEPT_APART = 0.3
"""Share of the pairs of a weight that are one person though the pooled evidence of
their clusters, of which one has more records, keeps them apart."""

BORROWED = 5.0
"""Pairs' worth per knot of what would be stated of a join."""


def stated_pairs(pairs: Scored, merges: Merges, loose: float) -> tuple[float, ...]:
    """Return the log odds to state of pairs at ``KNOTS``.

    Args:
        pairs: scored pairs.
        merges: the joins of their records.
        loose: stated probability down to which joins are told.
    """
    low, high = KNOTS[0] - STEP / 2, KNOTS[-1] + STEP / 2
    near = (pairs.log_odds >= low) & (pairs.log_odds < high)
    log_odds = pairs.log_odds[near]
    told = _told(pairs.left[near], pairs.right[near], log_odds, merges, loose)
    knot = ((log_odds - low) / STEP).astype(np.int64)
    size = len(KNOTS)
    weight = np.bincount(knot, minlength=size) + BORROWED
    usual = probability(KNOTS - merges.stated.excess)
    share = (np.bincount(knot, told, size) + BORROWED * usual) / weight
    place = (np.bincount(knot, log_odds, size) + BORROWED * KNOTS) / weight
    share, place = _rising(share, place, weight)
    return tuple(interpolated(KNOTS, place, np.log(share) - np.log1p(-share)).tolist())


def _rising(share, place, weight) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return shares that rise, and the mean place of each: neighbours that fall pool.

    scipy has it too, in a module that takes a third of a second to load.
    """
    blocks: list[tuple[float, float, float]] = []
    for block in zip(share.tolist(), place.tolist(), weight.tolist(), strict=True):
        while blocks and blocks[-1][0] >= block[0]:
            block = _pooled(blocks.pop(), block)
        blocks.append(block)
    shares, places, _ = np.array(blocks).T
    return shares, places


def _pooled(one: tuple, other: tuple) -> tuple[float, float, float]:
    """Return the weighted means of (share, place, weight), and the weight of both."""
    weight = one[2] + other[2]
    share, place = ((one[k] * one[2] + other[k] * other[2]) / weight for k in range(2))
    return share, place, weight


def _told(left, right, log_odds, merges: Merges, loose: float) -> NDArray[np.float64]:
    """Return what the clusters say of each pair."""
    cluster, weakest = merges.partition(loose), merges.confidence(loose)
    alone = np.bincount(cluster, minlength=merges.records)[cluster] == 1
    lone = probability(log_odds - merges.stated.excess)
    apart = np.where(alone[left] & alone[right], lone, KEPT_APART * lone)
    joined = merges.stated.of_joins(np.minimum(weakest[left], weakest[right]))
    return np.where(cluster[left] == cluster[right], joined, apart)
