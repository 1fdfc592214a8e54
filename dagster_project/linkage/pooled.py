"""Pooled evidence of two clusters, and joining them; compiled.

Belongs here: the state of one component's clusters, their scores, what a join does to
it. Does not belong here: the order of joins (``agglomerate``).

For clusters A and B the Bayes factor of a field is the mean over the record pairs that
have it, so that one mistyped date among five costs log(4/5), and a forename on which
all pairs disagree costs its full weight:

    S(A,B) = mean log lambda_M + alpha log(|A||B|) + sum_k F_k
             - log(1 + exp(mean log lambda_H + sum_k log mean exp h_k))
    F_k    = max(log min exp w_k, log mean exp w_k + D_k)

(linkage recipe 1.5, with D added). An entity's record copies one of its records, so the
mean is the chance that the *first* record of B was copied from A. The further records
of B were told well by B itself; told by the union they cost

    D_k = sum over B's records but one of log mean_{A+B} exp w_k - log mean_B exp w_k

which is about 0 when the clusters agree, and many nats when three Williams of one twin
lean on the one 'William' among his brother's forty Roberts. B is the smaller cluster;
of two equal ones, the one that begins later. A field never counts worse than its worst
pair.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.compare import compare_pair
from dagster_project.linkage.fields import FIELD_COUNT
from dagster_project.linkage.weights import (
    common_frequency,
    household_weight,
    log_one_plus_exp,
    term_adjustment,
)

NEVER = -1e18
"""Score of two clusters that a steward holds apart, and of a cluster that is gone."""

DILUTION = 1.0
"""Share of D that counts."""


class Clusters(NamedTuple):
    """Clusters of one component, each named by the place of its first record.

    Sums of exp(w) and counts per pair of clusters and per record and cluster are
    additive under joining; ``following`` chains the records of a cluster.
    """

    match: NDArray[np.float64]  # [cluster, cluster, field]
    household: NDArray[np.float64]
    count: NDArray[np.float64]
    least: NDArray[np.float64]
    row_match: NDArray[np.float64]  # [record, cluster, field]
    row_count: NDArray[np.float64]
    prior: NDArray[np.float64]  # [cluster, cluster, class]
    score: NDArray[np.float64]
    held_apart: NDArray[np.bool_]
    sizes: NDArray[np.float64]
    alive: NDArray[np.bool_]
    following: NDArray[np.int64]  # next record of the same cluster, -1 at the end
    last: NDArray[np.int64]  # last record of the cluster


@njit(cache=True, nogil=True)
def singletons(m):
    """Return m clusters of one record each, nothing known of any pair."""
    return Clusters(
        np.zeros((m, m, FIELD_COUNT)),
        np.zeros((m, m, FIELD_COUNT)),
        np.zeros((m, m, FIELD_COUNT)),
        np.full((m, m, FIELD_COUNT), np.inf),
        np.zeros((m, m, FIELD_COUNT)),
        np.zeros((m, m, FIELD_COUNT)),
        np.zeros((m, m, 2)),
        np.full((m, m), NEVER),
        np.zeros((m, m), np.bool_),
        np.ones(m),
        np.ones(m, np.bool_),
        np.full(m, -1),
        np.arange(m),
    )


@njit(cache=True, nogil=True)
def add_pair(state, i, j, a, b, stratum, weights, records, log_frequency, levels):
    """Compare records a and b, which stand at places i and j, and note the evidence."""
    values, names, streets = records
    compare_pair(a, b, values, names, streets, levels)
    for place in range(FIELD_COUNT):
        number = levels[place]
        if not number:
            continue
        common = common_frequency(weights, levels, a, b, log_frequency, place)
        term = 0.0
        if common <= 0.0:
            term = term_adjustment(weights, stratum, place, number, common)
        match = np.exp(weights.match[stratum, place, number] + term)
        household = np.exp(household_weight(weights, stratum, place, number, term))
        for x, y in ((i, j), (j, i)):
            state.match[x, y, place] = state.row_match[x, y, place] = match
            state.household[x, y, place] = household
            state.count[x, y, place] = state.row_count[x, y, place] = 1.0
            state.least[x, y, place] = match
    for kind in range(2):
        state.prior[i, j, kind] = state.prior[j, i, kind] = weights.prior[
            stratum, kind + 1
        ]


@njit(cache=True, nogil=True)
def pooled_score(state, i, j, alpha):
    """Return S(A, B) of the clusters whose first records stand at i and j."""
    pairs = state.sizes[i] * state.sizes[j]
    score = state.prior[i, j, 0] / pairs + alpha * np.log(pairs)
    home = state.prior[i, j, 1] / pairs
    few, many = max(i, j), min(i, j)
    if state.sizes[few] > state.sizes[many]:
        few, many = many, few
    for place in range(FIELD_COUNT):
        n = state.count[i, j, place]
        if n > 0:
            pooled = np.log(state.match[i, j, place] / n)
            home += np.log(state.household[i, j, place] / n)
            if state.sizes[few] > 1:
                worst = np.log(state.least[i, j, place])
                if pooled > worst:
                    pooled += DILUTION * _diluted(state, few, many, place)
                    pooled = max(pooled, worst)
            score += pooled
    return score - log_one_plus_exp(home)


@njit(cache=True, nogil=True)
def _diluted(state, few, many, place):
    """Return D of one field for the smaller cluster ``few``."""
    total = 0.0
    told = 0
    i = few
    while i >= 0:
        own, other = state.row_count[i, few, place], state.row_count[i, many, place]
        if own > 0 and other > 0:
            here = state.row_match[i, few, place]
            both = here + state.row_match[i, many, place]
            total += np.log(both / (own + other)) - np.log(here / own)
            told += 1
        i = state.following[i]
    return min(0.0, total * (told - 1) / told) if told > 1 else 0.0


@njit(cache=True, nogil=True)
def join(state, a, b, alpha):
    """Put cluster b into a and score a anew against every other cluster."""
    m = len(state.alive)
    state.sizes[a] += state.sizes[b]
    state.alive[b] = False
    state.following[state.last[a]] = b
    state.last[a] = state.last[b]
    for i in range(m):
        for place in range(FIELD_COUNT):
            state.row_match[i, a, place] += state.row_match[i, b, place]
            state.row_count[i, a, place] += state.row_count[i, b, place]
    for c in range(m):
        if not state.alive[c] or c == a:
            continue
        for place in range(FIELD_COUNT):
            state.match[a, c, place] += state.match[b, c, place]
            state.match[c, a, place] = state.match[a, c, place]
            state.household[a, c, place] += state.household[b, c, place]
            state.household[c, a, place] = state.household[a, c, place]
            state.count[a, c, place] += state.count[b, c, place]
            state.count[c, a, place] = state.count[a, c, place]
            least = min(state.least[a, c, place], state.least[b, c, place])
            state.least[a, c, place] = state.least[c, a, place] = least
        for kind in range(2):
            state.prior[a, c, kind] += state.prior[b, c, kind]
            state.prior[c, a, kind] = state.prior[a, c, kind]
        apart = state.held_apart[a, c] or state.held_apart[b, c]
        state.held_apart[a, c] = state.held_apart[c, a] = apart
        score = NEVER if apart else pooled_score(state, a, c, alpha)
        state.score[a, c] = state.score[c, a] = score
