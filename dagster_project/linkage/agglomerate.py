"""Agglomerate components best first; compiled.

Belongs here: the order of joins within a component, a steward's decisions, the pass
over components. Does not belong here: the score of two clusters (``pooled``), cutting
components (``components``), reading the merges (``cluster``).
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from dagster_project.linkage.compare import compare_pair
from dagster_project.linkage.fields import FIELD_COUNT
from dagster_project.linkage.pooled import (
    NEVER,
    add_pair,
    clusters_of,
    join,
    pooled_score,
)

STEWARD = 1e18
"""Score of a merge that a steward decided."""


class Known(NamedTuple):
    """Pairs that were compared before, by their first record, then their second."""

    starts: NDArray[np.int64]  # per record, where its pairs begin; one more at the end
    right: NDArray[np.int32]
    levels: NDArray[np.uint8]  # [pair, field]


@njit(cache=True, nogil=True)
def _refresh(best, partner, state, i):
    """Find row i's best partner to its right; ties go to the first."""
    best[i] = NEVER
    partner[i] = -1
    for j in range(i + 1, len(state.alive)):
        if state.alive[j] and state.score[i, j] > best[i]:
            best[i] = state.score[i, j]
            partner[i] = j


@njit(cache=True, nogil=True)
def _compare_all(
    rows,
    of,
    records,
    fields,
    known,
    weights,
    factors,
    source,
    strata,
    log_frequency,
    decisions,
    floor,
    alpha,
):
    state = clusters_of(of, fields)
    levels = np.zeros((1, FIELD_COUNT), np.uint8)
    for i in range(len(rows)):
        a = rows[i]
        compared, last = known.starts[a], known.starts[a + 1]
        for j in range(i + 1, len(rows)):
            b = rows[j]
            stratum = strata[source[a], source[b]]
            while compared < last and known.right[compared] < b:
                compared += 1
            if compared < last and known.right[compared] == b:
                for place in range(FIELD_COUNT):
                    levels[0, place] = known.levels[compared, place]
            else:
                values, names, streets, numbers = records
                compare_pair(a, b, values, names, streets, numbers, levels, 0)
            add_pair(
                state,
                i,
                j,
                a,
                b,
                stratum,
                weights,
                factors,
                log_frequency,
                levels,
                floor,
            )
    for i in range(len(state.sizes)):
        for j in range(i + 1, len(state.sizes)):
            if state.sizes[i] * state.sizes[j] > 1.0:
                state.score[i, j] = pooled_score(state, weights, i, j, alpha, floor)
    for row in range(len(decisions)):
        if decisions[row, 2] < 0:
            one, two = of[decisions[row, 0]], of[decisions[row, 1]]
            i, j = min(one, two), max(one, two)
            state.held_apart[i, j] = True
            state.score[i, j] = NEVER
    return state


@njit(cache=True, nogil=True)
def _decided(state, weights, decisions, alpha, floor, merges, scores):
    """Make the joins that a steward decided; return how many."""
    root = np.arange(len(state.alive))
    made = 0
    for row in range(len(decisions)):
        one, two = decisions[row, 0], decisions[row, 1]
        i, j = root[state.of[one]], root[state.of[two]]
        if decisions[row, 2] > 0 and i != j:
            i, j = min(i, j), max(i, j)
            join(state, weights, i, j, alpha, floor)
            root[root == j] = i
            merges[made, 0], merges[made, 1], scores[made] = i, j, STEWARD
            made += 1
    return made


@njit(cache=True, nogil=True)
def _best_first(state, weights, floor, alpha, merges, scores, made):
    """Join the best two clusters until none reaches ``floor``; ties: the first two."""
    m = len(state.alive)
    best = np.empty(m)
    partner = np.empty(m, np.int64)
    for i in range(m):
        if state.alive[i]:
            _refresh(best, partner, state, i)
    while True:
        a = -1
        top = floor
        for i in range(m):
            reaches = state.alive[i] and partner[i] >= 0 and best[i] >= top
            if reaches and (a < 0 or best[i] > top):
                a = i
                top = best[i]
        if a < 0:
            return made
        b = partner[a]
        merges[made, 0], merges[made, 1], scores[made] = a, b, top
        made += 1
        join(state, weights, a, b, alpha, floor)
        for i in range(m):
            if not state.alive[i]:
                continue
            if i == a or partner[i] == a or partner[i] == b:
                _refresh(best, partner, state, i)
            elif i < a and (
                state.score[i, a] > best[i]
                or (state.score[i, a] == best[i] and a < partner[i])
            ):
                best[i] = state.score[i, a]
                partner[i] = a


@njit(parallel=True, cache=True, nogil=True)
def merge_components(
    order,
    rows,
    of,
    starts,
    values,
    names,
    streets,
    numbers,
    fields,
    known,
    weights,
    factors,
    source,
    strata,
    log_frequency,
    decisions,
    decision_starts,
    floor,
    alpha,
):
    """Agglomerate every component down to ``floor``, taken in ``order``.

    ``of`` numbers the clusters that a component's records begin in, see
    ``pooled.clusters_of``. ``decisions`` holds (place, place, +1 must / -1 cannot) by
    component. Returns merges (kept record, joined record), their scores and how many
    each component made; a component of m records owns m - 1 rows from ``starts[c] - c``
    on.
    """
    parts = len(starts) - 1
    merges = np.zeros((len(rows) - parts, 2), np.int64)
    scores = np.zeros(len(rows) - parts)
    made = np.zeros(parts, np.int64)
    for turn in prange(parts):
        c = order[turn]
        inside = rows[starts[c] : starts[c + 1]]
        first, last = starts[c] - c, starts[c + 1] - c - 1
        told = decisions[decision_starts[c] : decision_starts[c + 1]]
        state = _compare_all(
            inside,
            of[starts[c] : starts[c + 1]],
            (values, names, streets, numbers),
            fields,
            known,
            weights,
            factors,
            source,
            strata,
            log_frequency,
            told,
            floor,
            alpha,
        )
        count = _decided(
            state, weights, told, alpha, floor, merges[first:last], scores[first:last]
        )
        made[c] = _best_first(
            state, weights, floor, alpha, merges[first:last], scores[first:last], count
        )
        for row in range(first, first + made[c]):
            merges[row, 0] = inside[state.first[merges[row, 0]]]
            merges[row, 1] = inside[state.first[merges[row, 1]]]
    return merges, scores, made
