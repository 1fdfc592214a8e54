"""Pooled evidence of two clusters, and joining them; compiled.

Belongs here: the state of one component's clusters, their scores, what a join does to
it. Does not belong here: the order of joins (``agglomerate``).

For clusters A and B the Bayes factor of a field is the mean over the record pairs that
have it, so that one mistyped date among five costs log(4/5), and a forename on which
all pairs disagree costs its full weight:

    S(A,B) = mean log lambda_M + alpha log(|A||B|) + sum_k F_k
             - log(1 + exp(mean log lambda_H + sum_k log mean exp h_k))
    F_k    = log mean exp w_k + D_k

(linkage recipe 1.5, with D added; the household term's forename and birth date stand
together, see ``kin_weight``). An entity's record copies one of its records, so the mean
is the chance that the *first* record of B was copied from A. The further records of B
were told well by B itself; told by the union each costs

    d_k = mean over B's records of log mean_{A+B} exp w_k - log mean_B exp w_k

which is about 0 when the clusters agree, and many nats when three Williams of one twin
lean on the one 'William' among his brother's forty Roberts. Departments copy from one
another and clerks from last time, so n records are not n witnesses: D_k = d_k log n. B
is the smaller cluster; of two equal ones, the one that begins later. What changes in a
life (address, telephone, surname) never counts worse than its worst pair; forename,
birth date and SSN may.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.compare import compare_pair
from dagster_project.linkage.fields import FIELD_COUNT, field
from dagster_project.linkage.weights import (
    DATE,
    FORENAME,
    YEAR,
    common_frequency,
    household_weight,
    kin_weight,
    log_one_plus_exp,
    term_adjustment,
)

NEVER = -1e18
"""Score of two clusters that a steward holds apart, and of a cluster that is gone."""


SSN = field("ssn")


class Clusters(NamedTuple):
    """Clusters of one component, each named by the place of its first record.

    Sums of exp(w) and counts per pair of clusters and per record and cluster are
    additive under joining; ``following`` chains the records of a cluster.
    """

    match: NDArray[np.float64]  # [cluster, cluster, field]
    household: NDArray[np.float64]
    twin: NDArray[np.float64]  # [cluster, cluster] of the forename
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
        np.zeros((m, m)),
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
    values, names, streets, numbers = records
    compare_pair(a, b, values, names, streets, numbers, levels, 0)
    for place in range(FIELD_COUNT):
        number = levels[0, place]
        if not number:
            continue
        common = common_frequency(weights, place, number, a, b, log_frequency)
        term = 0.0
        if common <= 0.0:
            term = term_adjustment(weights, stratum, place, number, common)
        match = np.exp(weights.match[stratum, place, number] + term)
        household = np.exp(household_weight(weights, stratum, place, number, term))
        if place == FORENAME:
            twin = np.exp(weights.twin[stratum, number])
            state.twin[i, j] = state.twin[j, i] = twin
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
def pooled_score(state, weights, i, j, alpha):
    """Return S(A, B) of the clusters whose first records stand at i and j."""
    pairs = state.sizes[i] * state.sizes[j]
    score = state.prior[i, j, 0] / pairs + alpha * np.log(pairs)
    home = state.prior[i, j, 1] / pairs
    few, many = max(i, j), min(i, j)
    if state.sizes[few] > state.sizes[many]:
        few, many = many, few
    chance = twin = forename = date = 0.0
    for place in range(FIELD_COUNT):
        n = state.count[i, j, place]
        if n > 0:
            pooled = np.log(state.match[i, j, place] / n)
            if place == FORENAME:
                chance = np.log(state.household[i, j, place] / n)
                twin = np.log(state.twin[i, j] / n)
                forename = pooled
            elif place in (DATE, YEAR):
                date += pooled
            else:
                home += np.log(state.household[i, j, place] / n)
            if state.sizes[few] > 1:
                worst = np.log(state.least[i, j, place])
                steady = place in (FORENAME, DATE, YEAR, SSN)
                if pooled > worst or steady:
                    pooled += _diluted(state, few, many, place)
                    if not steady:
                        pooled = max(pooled, worst)
            score += pooled
    home += kin_weight(weights, chance, twin, forename, date)
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
    return min(0.0, total / told * np.log(told)) if told > 1 else 0.0


@njit(cache=True, nogil=True)
def join(state, weights, a, b, alpha):
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
        state.twin[a, c] += state.twin[b, c]
        state.twin[c, a] = state.twin[a, c]
        for kind in range(2):
            state.prior[a, c, kind] += state.prior[b, c, kind]
            state.prior[c, a, kind] = state.prior[a, c, kind]
        apart = state.held_apart[a, c] or state.held_apart[b, c]
        state.held_apart[a, c] = state.held_apart[c, a] = apart
        score = NEVER if apart else pooled_score(state, weights, a, c, alpha)
        state.score[a, c] = state.score[c, a] = score
