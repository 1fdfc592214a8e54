"""Agglomerate one component on pooled evidence; compiled.

Belongs here: the pooled score of two clusters and the merges it leads to. Does not
belong here: cutting components (``components``), reading the merges (``cluster``).

For clusters A and B the Bayes factor of a field is the mean over the record pairs that
have it, so that one mistyped date among five costs log(4/5), and a forename on which
all pairs disagree costs its full weight:

    S(A,B) = mean log lambda_M + alpha log(|A||B|) + sum_k log mean exp w_k
             - log(1 + exp(mean log lambda_H + sum_k log mean exp h_k))

(linkage recipe 1.5). Sums and counts per field are additive under merging.
"""

import numpy as np
from numba import njit, prange

from dagster_project.linkage.compare import compare_pair
from dagster_project.linkage.fields import FIELD_COUNT
from dagster_project.linkage.weights import (
    common_frequency,
    log_one_plus_exp,
    term_adjustment,
)

NEVER = -1e18
"""Score of two clusters that a steward holds apart, and of a cluster that is gone."""

STEWARD = 1e18
"""Score of a merge that a steward decided."""


@njit(cache=True, nogil=True)
def _pooled(match, household, count, prior, i, j, pairs, alpha):
    score = prior[i, j, 0] / pairs + alpha * np.log(pairs)
    home = prior[i, j, 1] / pairs
    for place in range(FIELD_COUNT):
        n = count[i, j, place]
        if n > 0:
            score += np.log(match[i, j, place] / n)
            home += np.log(household[i, j, place] / n)
    return score - log_one_plus_exp(home)


@njit(cache=True, nogil=True)
def _pair_evidence(weights, stratum, levels, i, j, log_frequency, match, household):
    """Write exp(w_k) of both classes for one pair; 0 where a side is missing."""
    for place in range(FIELD_COUNT):
        number = levels[place]
        match[place] = household[place] = 0.0
        if number:
            common = common_frequency(weights, levels, i, j, log_frequency, place)
            term = 0.0
            if common <= 0.0:
                term = term_adjustment(weights, stratum, place, number, common)
            home = term if weights.shared[place] else 0.0
            match[place] = np.exp(weights.match[stratum, place, number] + term)
            household[place] = np.exp(weights.household[stratum, place, number] + home)


@njit(cache=True, nogil=True)
def _refresh(best, partner, score, alive, i):
    """Find row i's best partner to its right; ties go to the first."""
    best[i] = NEVER
    partner[i] = -1
    for j in range(i + 1, len(alive)):
        if alive[j] and score[i, j] > best[i]:
            best[i] = score[i, j]
            partner[i] = j


@njit(cache=True, nogil=True)
def _join(a, b, match, household, count, prior, score, held_apart, sizes, alive, alpha):
    """Put cluster b into a and score a anew against every other cluster."""
    sizes[a] += sizes[b]
    alive[b] = False
    for c in range(len(alive)):
        if not alive[c] or c == a:
            continue
        for place in range(FIELD_COUNT):
            match[a, c, place] = match[c, a, place] = (
                match[a, c, place] + match[b, c, place]
            )
            household[a, c, place] = household[c, a, place] = (
                household[a, c, place] + household[b, c, place]
            )
            count[a, c, place] = count[c, a, place] = (
                count[a, c, place] + count[b, c, place]
            )
        for kind in range(2):
            prior[a, c, kind] = prior[c, a, kind] = (
                prior[a, c, kind] + prior[b, c, kind]
            )
        held_apart[a, c] = held_apart[c, a] = held_apart[a, c] or held_apart[b, c]
        if held_apart[a, c]:
            score[a, c] = score[c, a] = NEVER
        else:
            score[a, c] = score[c, a] = _pooled(
                match, household, count, prior, a, c, sizes[a] * sizes[c], alpha
            )


@njit(cache=True, nogil=True)
def _merge_component(
    rows,
    data,
    weights,
    source,
    strata,
    log_frequency,
    decisions,
    floor,
    alpha,
    merges,
    scores,
):
    """Fill ``merges`` with (kept, joined) places in order; return how many there are."""
    values, names, streets = data
    m = len(rows)
    match = np.zeros((m, m, FIELD_COUNT))
    household = np.zeros((m, m, FIELD_COUNT))
    count = np.zeros((m, m, FIELD_COUNT))
    prior = np.zeros((m, m, 2))
    score = np.full((m, m), NEVER)
    held_apart = np.zeros((m, m), np.bool_)
    levels = np.zeros(FIELD_COUNT, np.uint8)
    for i in range(m):
        for j in range(i + 1, m):
            a, b = rows[i], rows[j]
            stratum = strata[source[a], source[b]]
            compare_pair(a, b, values, names, streets, levels)
            _pair_evidence(
                weights,
                stratum,
                levels,
                a,
                b,
                log_frequency,
                match[i, j],
                household[i, j],
            )
            for place in range(FIELD_COUNT):
                match[j, i, place] = match[i, j, place]
                household[j, i, place] = household[i, j, place]
                if levels[place]:
                    count[i, j, place] = count[j, i, place] = 1.0
            for kind in range(2):
                prior[i, j, kind] = weights.prior[stratum, kind + 1]
                prior[j, i, kind] = prior[i, j, kind]
            score[i, j] = score[j, i] = _pooled(
                match, household, count, prior, i, j, 1.0, alpha
            )
    for row in range(len(decisions)):
        if decisions[row, 2] < 0:
            i, j = decisions[row, 0], decisions[row, 1]
            held_apart[i, j] = held_apart[j, i] = True
            score[i, j] = score[j, i] = NEVER
    sizes = np.ones(m)
    alive = np.ones(m, np.bool_)
    root = np.arange(m)
    made = 0
    for row in range(len(decisions)):
        if decisions[row, 2] > 0:
            i, j = root[decisions[row, 0]], root[decisions[row, 1]]
            if i != j:
                i, j = min(i, j), max(i, j)
                _join(
                    i,
                    j,
                    match,
                    household,
                    count,
                    prior,
                    score,
                    held_apart,
                    sizes,
                    alive,
                    alpha,
                )
                for c in range(m):
                    if root[c] == j:
                        root[c] = i
                merges[made, 0], merges[made, 1], scores[made] = i, j, STEWARD
                made += 1
    best = np.empty(m)
    partner = np.empty(m, np.int64)
    for i in range(m):
        _refresh(best, partner, score, alive, i)
    while True:
        a = -1
        top = floor
        for i in range(m):
            if alive[i] and partner[i] >= 0 and best[i] >= top:
                if a < 0 or best[i] > top:
                    a = i
                    top = best[i]
        if a < 0:
            break
        b = partner[a]
        merges[made, 0], merges[made, 1], scores[made] = a, b, top
        made += 1
        _join(
            a, b, match, household, count, prior, score, held_apart, sizes, alive, alpha
        )
        for i in range(m):
            if not alive[i]:
                continue
            if i == a or partner[i] == a or partner[i] == b:
                _refresh(best, partner, score, alive, i)
            elif i < a and score[i, a] > best[i]:
                best[i] = score[i, a]
                partner[i] = a
            elif i < a and score[i, a] == best[i] and a < partner[i]:
                partner[i] = a
    return made


@njit(parallel=True, cache=True, nogil=True)
def merge_components(
    records,
    starts,
    values,
    names,
    streets,
    weights,
    source,
    strata,
    log_frequency,
    decisions,
    decision_starts,
    floor,
    alpha,
):
    """Agglomerate every component down to ``floor``.

    ``decisions`` holds (place, place, +1 must / -1 cannot) by component. Returns merges
    (kept record, joined record), their scores and how many each component made; a
    component of m records owns m - 1 rows from ``starts[c] - c`` on.
    """
    parts = len(starts) - 1
    merges = np.zeros((len(records) - parts, 2), np.int64)
    scores = np.zeros(len(records) - parts)
    made = np.zeros(parts, np.int64)
    for c in prange(parts):
        rows = records[starts[c] : starts[c + 1]]
        first, last = starts[c] - c, starts[c + 1] - c - 1
        made[c] = _merge_component(
            rows,
            (values, names, streets),
            weights,
            source,
            strata,
            log_frequency,
            decisions[decision_starts[c] : decision_starts[c + 1]],
            floor,
            alpha,
            merges[first:last],
            scores[first:last],
        )
        for row in range(first, first + made[c]):
            merges[row, 0] = rows[merges[row, 0]]
            merges[row, 1] = rows[merges[row, 1]]
    return merges, scores, made
