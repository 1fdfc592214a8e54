import numpy as np
import pytest

from dagster_project.linkage.fields import FIELD_COUNT, LEVEL_SLOTS, term_tables
from dagster_project.linkage.pooled import (
    DATE,
    SSN,
    SUFFIX,
    SURNAME,
    YEAR,
    clusters_of,
    join,
    pooled_score,
)
from dagster_project.linkage.weights import FORENAME, MIDDLE, Weights

ALPHA = 0.5
NO_FLOOR = -np.inf
TWINS, NAMESAKES = 0.07, 0.02
SHARED = np.arange(FIELD_COUNT) % 3 == 1
OF_TWINS = np.arange(FIELD_COUNT) % 2 == 1


def kin_only() -> Weights:
    """Return weights of which nothing but the shares of kin is read."""
    table = np.zeros((1, FIELD_COUNT, LEVEL_SLOTS))
    return Weights(
        table,
        table,
        np.zeros((1, 3)),
        table,
        SHARED,
        OF_TWINS,
        np.zeros(FIELD_COUNT),
        np.zeros((1, LEVEL_SLOTS)),
        np.array([TWINS, NAMESAKES]),
        *term_tables(),
    )


WEIGHTS = kin_only()


def filled(match, household, twin, present, prior):
    """Return singletons with the evidence of every pair noted by hand."""
    m = len(match)
    state = clusters_of(np.arange(m), np.arange(FIELD_COUNT))
    for table in (state.match, state.row_match):
        table[...] = np.where(present, match, 0.0)
    state.household[...] = np.where(present, household, 0.0)
    for table in (state.count, state.row_count):
        table[...] = present
    state.twin[...] = np.where(present[..., FORENAME], twin, 0.0)
    state.names[...] = names_told(match, present)
    state.least[...] = np.where(present, match, np.inf)
    state.prior[...] = prior
    return state


def crossed(match):
    """Say of a tenth of the pairs that the surname of one is the other's forename."""
    return (match[..., SURNAME] > 50.0) & (match[..., FORENAME] < 50.0)


def names_told(match, present):
    """Return what a pair's names add: one pair, the names, both, crossed."""
    given, surname = match[..., FORENAME], match[..., SURNAME]
    both = present[..., FORENAME] & present[..., SURNAME]
    one = np.ones_like(given)
    told = np.stack([one, given, surname, given * surname, crossed(match)], -1)
    return np.where(both[..., None], told, 0.0)


def by_definition(a, b, match, household, twin, present, prior):
    """Return S(A, B) straight from the formula in the module's docstring."""
    many, few = sorted((a, b), key=lambda c: (-len(c), c[0]))
    cross = np.ix_(a, b)
    score = prior[cross][..., 0].mean() + ALPHA * np.log(len(a) * len(b))
    home = prior[cross][..., 1].mean()
    twins = prior[cross][..., 0].mean() + np.log(TWINS)
    chance = forename = 0.0
    for k in range(FIELD_COUNT):
        seen = present[cross][..., k]
        if not seen.any():
            continue
        factors = match[cross][..., k][seen]
        pooled = np.log(factors.mean())
        kin = np.log(household[cross][..., k][seen].mean())
        if k in (FORENAME, MIDDLE):
            chance += kin
            forename += pooled
        else:
            home += kin
        if k == FORENAME:
            twins += np.log(twin[cross][seen].mean())
        else:
            twins += pooled if OF_TWINS[k] else kin
        cost, told = 0.0, 0
        for i in few:
            own = [match[i, j, k] for j in few if j != i and present[i, j, k]]
            other = [match[i, j, k] for j in many if present[i, j, k]]
            if own and other:
                cost += np.log(np.mean(own + other)) - np.log(np.mean(own))
                told += 1
        cost = min(0.0, cost / told * np.log(told)) if told > 1 else 0.0
        diluted = pooled + cost
        if k not in (FORENAME, DATE, YEAR, SSN, SUFFIX):
            diluted = max(np.log(factors.min()), diluted)
        score += diluted
    both = present[cross][..., FORENAME] & present[cross][..., SURNAME]
    if (both & crossed(match)[cross]).any():
        given, surname = (match[cross][..., k][both] for k in (FORENAME, SURNAME))
        separate = given.mean() * surname.mean()
        score += min(0.0, np.log((given * surname).mean() / separate))
    home += np.log((1 - NAMESAKES) * np.exp(chance) + NAMESAKES * np.exp(forename))
    return score - np.logaddexp(0.0, np.logaddexp(home, twins))


def drawn(seed, m):
    """Return the evidence of every pair of m records, the same both ways round."""
    draw = np.random.default_rng(seed)
    shape = (m, m, FIELD_COUNT)
    match = np.exp(draw.normal(0, 3, shape))
    household = np.exp(draw.normal(0, 2, shape))
    present = draw.random(shape) < 0.7
    prior = draw.normal(-6, 2, (m, m, 2))
    twin = np.exp(draw.normal(0, 1, (m, m, 1)))
    for table in (match, household, present, prior, twin):
        lower = np.tril_indices(m, -1)
        table[lower] = table.transpose(1, 0, 2)[lower]
    present[np.arange(m), np.arange(m)] = False
    return match, household, twin[..., 0], present, prior


@pytest.mark.parametrize("seed", range(6))
def test_joining_keeps_the_score_that_the_formula_defines(seed):
    m = 9
    evidence = drawn(seed, m)
    state = filled(*evidence)
    clusters = {i: [i] for i in range(m)}
    for a, b in ((0, 3), (1, 2), (0, 5), (4, 7), (1, 4), (0, 8)):
        join(state, WEIGHTS, a, b, ALPHA, NO_FLOOR)
        clusters[a] += clusters.pop(b)
        for c in clusters:
            if c != a:
                expected = by_definition(clusters[a], clusters[c], *evidence)
                pair = min(a, c), max(a, c)
                assert state.score[pair] == pytest.approx(expected, abs=1e-9)
                above = pooled_score(state, WEIGHTS, *pair, ALPHA, expected - 0.1)
                assert above == pytest.approx(expected)
                bound = pooled_score(state, WEIGHTS, *pair, ALPHA, np.inf)
                assert bound >= expected - 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_records_that_begin_in_clusters_stand_as_if_they_had_been_joined(seed):
    of = np.array([0, 1, 0, 2, 3, 1, 0, 2, 4])
    match, household, twin, present, prior = evidence = drawn(seed, len(of))
    joined = filled(*evidence)
    for a, b in ((0, 2), (1, 5), (0, 6), (3, 7)):
        join(joined, WEIGHTS, a, b, ALPHA, NO_FLOOR)
    state = clusters_of(of, np.arange(FIELD_COUNT))
    for one in range(len(of)):
        for two in range(len(of)):
            if one == two:
                continue
            told = present[one, two]
            row, pair = (of[one], two), (of[one], of[two])
            state.row_match[row] += np.where(told, match[one, two], 0.0)
            state.row_count[row] += told
            state.match[pair] += np.where(told, match[one, two], 0.0)
            state.household[pair] += np.where(told, household[one, two], 0.0)
            state.count[pair] += told
            seen = np.where(told, match[one, two], np.inf)
            state.least[pair] = np.minimum(state.least[pair], seen)
            state.twin[pair] += twin[one, two] * told[FORENAME]
            state.names[pair] += names_told(match, present)[one, two]
            state.prior[pair] += prior[one, two]
    first = state.first.tolist()
    assert first == [0, 1, 3, 4, 8]
    for i in range(5):
        for j in range(i + 1, 5):
            score = pooled_score(state, WEIGHTS, i, j, ALPHA, NO_FLOOR)
            as_joined = pooled_score(
                joined, WEIGHTS, first[i], first[j], ALPHA, NO_FLOOR
            )
            assert score == pytest.approx(as_joined, abs=1e-9)


def test_leaning_on_one_odd_record_costs_more_than_the_mean():
    """Forty records, one of them with the other twin's forename; three of the twin."""
    m, odd, twin = 43, 39, range(40, 43)
    match = np.ones((m, m, FIELD_COUNT))
    equal, different = 30.0, 0.02
    hers = np.isin(np.arange(m), [odd, *twin])
    match[..., 0] = np.where(hers[:, None] == hers[None, :], equal, different)
    present = np.zeros((m, m, FIELD_COUNT), bool)
    present[..., 0] = ~np.eye(m, dtype=bool)
    ones = np.ones_like(match)
    prior = np.full((m, m, 2), -9.0)
    state = filled(match, ones, ones[..., 0], present, prior)
    for i in range(1, 40):
        join(state, WEIGHTS, 0, i, ALPHA, NO_FLOOR)
    join(state, WEIGHTS, 40, 41, ALPHA, NO_FLOOR)
    join(state, WEIGHTS, 40, 42, ALPHA, NO_FLOOR)
    mean = np.log((3 * equal + 117 * different) / 120)
    without_field = -9.0 + ALPHA * np.log(120) - np.log1p(np.exp(-9.0))
    assert mean > -0.5, "the mean alone would hardly hold the twins apart"
    assert state.score[0, 40] - without_field < mean - 2.0
