"""Pooled evidence of two clusters, and joining them; compiled.

Belongs here: the state of one component's clusters, their scores, what a join does to
it. Does not belong here: the order of joins (``agglomerate``).

For clusters A and B the Bayes factor of a field is the mean over the record pairs that
have it, so that one mistyped date among five costs log(4/5), and a forename on which
all pairs disagree costs its full weight:

    S(A,B) = mean log lambda_M + alpha log(|A||B|) + sum_k F_k + N
             - log(1 + exp(mean log lambda_H + sum_k log mean exp h_k))
    F_k    = log mean exp w_k + D_k

(linkage recipe 1.5, with D and N added; two of one home are twins or not, see
``weights.kin_joints``, and the last term counts both). An entity's record copies one of
its records, so the mean is the chance that the *first* record of B was copied from A.
The further records of B were told well by B itself; told by the union each costs

    d_k = mean over B's records of log mean_{A+B} exp w_k - log mean_B exp w_k

which is about 0 when the clusters agree, and many nats when three Williams of one twin
lean on the one 'William' among his brother's forty Roberts. Departments copy from one
another and clerks from last time, so n records are not n witnesses: D_k = d_k log n. B
is the smaller cluster; of two equal ones, the one that begins later. What changes in a
life (address, telephone, surname) never counts worse than its worst pair; forename,
birth date, SSN and suffix may.

    N      = min(0, log mean exp(w_first + w_last) - log mean exp w_first
                    - log mean exp w_last)

over the pairs that tell both, where on some pair the forename of one is the surname of
the other: a name that stands in either place agrees once, not on one pair as forename
and on another as surname. Two people who share a forename, each written in both orders
(Lan Vo, Vo Lan; Lan Doan, Doan Lan), would else seem to share both names. Elsewhere
errors in the one name say nothing of the other, and N is 0.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.fields import field, level
from dagster_project.linkage.weights import (
    FORENAME,
    MIDDLE,
    common_frequency,
    term_adjustment,
)

NEVER = -1e18
"""Score of two clusters that a steward holds apart, and of a cluster that is gone."""


SURNAME, AS_FORENAME = field("last"), level("last", "as_first")

DATE, YEAR, SSN, SUFFIX = (
    field(name) for name in ("dob", "birth_year", "ssn", "suffix")
)
"""With the forename, fields that stay the same through a life."""


class Clusters(NamedTuple):
    """Clusters of one component, in the order of their first records.

    Sums of exp(w) and counts per pair of clusters and per record and cluster are
    additive under joining; ``following`` chains the records of a cluster. What belongs
    to a pair of clusters stands at [lower, higher] alone. Only the fields that some
    record tells have room.
    """

    fields: NDArray[np.int64]  # place of each in ``fields.FIELDS``
    of: NDArray[np.int64]  # cluster that each record began in
    match: NDArray[np.float64]  # [cluster, cluster, field]
    household: NDArray[np.float64]
    twin: NDArray[np.float64]  # [cluster, cluster] of the forename
    names: NDArray[np.float64]  # [cluster, cluster, 5] of pairs that tell both names:
    # how many, sums of forename, of surname, and of both together; how many cross them
    count: NDArray[np.float64]
    least: NDArray[np.float64]
    row_match: NDArray[np.float64]  # [cluster, record, field]
    row_count: NDArray[np.float64]
    prior: NDArray[np.float64]  # [cluster, cluster, class]
    score: NDArray[np.float64]
    held_apart: NDArray[np.bool_]
    sizes: NDArray[np.float64]
    alive: NDArray[np.bool_]
    following: NDArray[np.int64]  # next record of the same cluster, -1 at the end
    first: NDArray[np.int64]  # first record of the cluster
    last: NDArray[np.int64]


@njit(cache=True, nogil=True)
def clusters_of(of, fields):
    """Return the clusters that records begin in, nothing known of any pair.

    ``of`` numbers them by their first records, without a gap.
    """
    told, records, m = len(fields), len(of), of.max() + 1
    sizes = np.zeros(m)
    following = np.full(records, -1)
    first, last = np.full(m, -1), np.full(m, -1)
    for record in range(records):
        cluster = of[record]
        if sizes[cluster]:
            following[last[cluster]] = record
        else:
            first[cluster] = record
        last[cluster] = record
        sizes[cluster] += 1.0
    return Clusters(
        fields,
        of,
        np.zeros((m, m, told)),
        np.zeros((m, m, told)),
        np.zeros((m, m)),
        np.zeros((m, m, 5)),
        np.zeros((m, m, told)),
        np.full((m, m, told), np.inf),
        np.zeros((m, records, told)),
        np.zeros((m, records, told)),
        np.zeros((m, m, 2)),
        np.full((m, m), NEVER),
        np.zeros((m, m), np.bool_),
        sizes,
        np.ones(m, np.bool_),
        following,
        first,
        last,
    )


@njit(cache=True, nogil=True)
def add_pair(
    state, one, two, a, b, stratum, weights, factors, log_frequency, levels, floor
):
    """Note the evidence of records a and b, which stand at places one < two.

    ``levels`` holds in its one row how they compare. Where both are all there is of
    their clusters these are scored, as by ``pooled_score``, which would read again what
    is at hand here: most clusters are never more than the one record. The evidence of
    two records of one cluster is kept where nobody asks, but for that of each record.
    """
    i, j = state.of[one], state.of[two]
    i, j = min(i, j), max(i, j)
    factor = home = chance = twin = forename = 1.0
    given = surname = 0.0
    for k in range(len(state.fields)):
        place = state.fields[k]
        number = levels[0, place]
        if not number:
            continue
        match = factors.match[stratum, place, number]
        household = factors.household[stratum, place, number]
        common = common_frequency(weights, place, number, a, b, log_frequency)
        if common <= 0.0:
            rare = np.exp(term_adjustment(weights, stratum, place, number, common))
            match *= rare
            if weights.shared[place]:
                household *= rare
        if not weights.shared[place]:
            household += weights.copied[place, number] * match
        state.match[i, j, k] += match
        state.least[i, j, k] = min(state.least[i, j, k], match)
        state.row_match[state.of[one], two, k] += match
        state.row_match[state.of[two], one, k] += match
        state.household[i, j, k] += household
        state.count[i, j, k] += 1.0
        state.row_count[state.of[one], two, k] += 1.0
        state.row_count[state.of[two], one, k] += 1.0
        factor *= match
        if place in (FORENAME, MIDDLE):
            chance *= household
            forename *= match
        else:
            home *= household
        if place == SURNAME:
            surname = match
        if place == FORENAME:
            given = match
            of_twins = factors.twin[stratum, number]
            state.twin[i, j] += of_twins
            twin *= of_twins
        else:
            twin *= match if weights.of_twins[place] else household
    if given > 0.0 and surname > 0.0:
        state.names[i, j, 0] += 1.0
        state.names[i, j, 1] += given
        state.names[i, j, 2] += surname
        state.names[i, j, 3] += given * surname
        state.names[i, j, 4] += levels[0, SURNAME] == AS_FORENAME
    for kind in range(2):
        state.prior[i, j, kind] += weights.prior[stratum, kind + 1]
    if state.sizes[i] * state.sizes[j] > 1.0:
        return
    score = state.prior[i, j, 0] + np.log(factor)
    if score >= floor:
        score -= _kin(state, weights, i, j, 1.0, home, chance, forename, twin)
    state.score[i, j] = score


@njit(cache=True, nogil=True)
def pooled_score(state, weights, i, j, alpha, floor):
    """Return S(A, B) of clusters i < j.

    Below ``floor`` an upper bound of it is returned, for what costs the time (D, N and
    the household) only ever lowers the score. The mean factors are multiplied and their
    product is taken the logarithm of once: eleven fields that can stand side by side
    stay far within what a double holds.
    """
    pairs = state.sizes[i] * state.sizes[j]
    factor = 1.0
    for k in range(len(state.fields)):
        n = state.count[i, j, k]
        if n > 0:
            factor *= state.match[i, j, k] / n
    score = state.prior[i, j, 0] / pairs + alpha * np.log(pairs) + np.log(factor)
    if score < floor:
        return score
    few, many = (i, j) if state.sizes[i] < state.sizes[j] else (j, i)
    home = chance = twin = forename = 1.0
    for k in range(len(state.fields)):
        place = state.fields[k]
        n = state.count[i, j, k]
        if n > 0:
            mean = state.match[i, j, k] / n
            kin = state.household[i, j, k] / n
            if place in (FORENAME, MIDDLE):
                chance *= kin
                forename *= mean
            else:
                home *= kin
            if place == FORENAME:
                twin *= state.twin[i, j] / n
            else:
                twin *= mean if weights.of_twins[place] else kin
            if state.sizes[few] > 1:
                worst = state.least[i, j, k]
                if place in (FORENAME, DATE, YEAR, SSN, SUFFIX):
                    score += _diluted(state, few, many, k)
                elif mean > worst:
                    cost = _diluted(state, few, many, k)
                    score += max(cost, np.log(worst / mean))
    score += _apart_in_names(state, i, j)
    return score - _kin(state, weights, i, j, pairs, home, chance, forename, twin)


@njit(cache=True, nogil=True, inline="always")
def _apart_in_names(state, i, j):
    """Return N of two clusters."""
    told = state.names[i, j, 0]
    if told < 2.0 or state.names[i, j, 4] == 0.0:
        return 0.0
    together = state.names[i, j, 3] * told
    return min(0.0, np.log(together / (state.names[i, j, 1] * state.names[i, j, 2])))


@njit(cache=True, nogil=True, inline="always")
def _kin(state, weights, i, j, pairs, home, chance, forename, twin):
    """Return log(1 + the odds, over chance, of two people of one home, or twins)."""
    namesakes = weights.kin[1]
    home *= (1.0 - namesakes) * chance + namesakes * forename
    of_home = np.exp(state.prior[i, j, 1] / pairs) * home
    of_twins = np.exp(state.prior[i, j, 0] / pairs) * weights.kin[0] * twin
    return np.log1p(of_home + of_twins)


@njit(cache=True, nogil=True)
def _diluted(state, few, many, k):
    """Return D of one field for the smaller cluster ``few``."""
    total = 0.0
    told = 0
    i = state.first[few]
    while i >= 0:
        own, other = state.row_count[few, i, k], state.row_count[many, i, k]
        if own > 0 and other > 0:
            here = state.row_match[few, i, k]
            both = here + state.row_match[many, i, k]
            total += np.log(both * own / ((own + other) * here))
            told += 1
        i = state.following[i]
    return min(0.0, total / told * np.log(told)) if told > 1 else 0.0


@njit(cache=True, nogil=True)
def join(state, weights, a, b, alpha, floor):
    """Put cluster b into a < b and score a anew against every other cluster."""
    m = len(state.alive)
    state.sizes[a] += state.sizes[b]
    state.alive[b] = False
    state.following[state.last[a]] = state.first[b]
    state.last[a] = state.last[b]
    for i in range(len(state.of)):
        for k in range(len(state.fields)):
            state.row_match[a, i, k] += state.row_match[b, i, k]
            state.row_count[a, i, k] += state.row_count[b, i, k]
    for c in range(m):
        if not state.alive[c] or c == a:
            continue
        i, j = min(a, c), max(a, c)
        low, high = min(b, c), max(b, c)
        for k in range(len(state.fields)):
            state.match[i, j, k] += state.match[low, high, k]
            state.household[i, j, k] += state.household[low, high, k]
            state.count[i, j, k] += state.count[low, high, k]
            least = state.least[low, high, k]
            if least < state.least[i, j, k]:
                state.least[i, j, k] = least
        state.twin[i, j] += state.twin[low, high]
        for part in range(5):
            state.names[i, j, part] += state.names[low, high, part]
        for kind in range(2):
            state.prior[i, j, kind] += state.prior[low, high, kind]
        state.held_apart[i, j] |= state.held_apart[low, high]
        if state.held_apart[i, j]:
            state.score[i, j] = NEVER
        else:
            state.score[i, j] = pooled_score(state, weights, i, j, alpha, floor)
