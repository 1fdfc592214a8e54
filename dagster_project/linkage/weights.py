"""Log Bayes factors of a pair from its levels, its sources and how rare its values are.

Belongs here: the arrays the kernels read and the compiled sums over fields. Does not
belong here: estimating the probabilities (``model``).
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from dagster_project.linkage.fields import FIELD_COUNT, field

MATCH, HOUSEHOLD = 1, 2
"""Classes beside chance (0): one person; two people of one home."""

FORENAME, DATE, YEAR = field("first"), field("dob"), field("birth_year")
"""Fields that kin are judged by together; see ``kin_weight``."""

CHUNKS = 64
"""Parts a sum over pairs is cut into; fixed, so that the number of threads never
changes the order in which numbers are added."""

WORTH_THREADS = 50_000
"""Fewer pairs are counted sooner by one thread than two threads can be woken."""

NEGLIGIBLE = 1e-12
"""Share below which a pair adds nothing to any expected count."""


class Weights(NamedTuple):
    """What a pair's score is looked up in; natural logarithms throughout."""

    match: NDArray[np.float64]  # [stratum, field, level] log m/u
    household: NDArray[np.float64]  # [stratum, field, level] log h/u
    prior: NDArray[np.float64]  # [stratum, class] log of the share of all pairs
    base: NDArray[np.float64]  # [stratum, field, level] log chance of agreeing
    shared: NDArray[np.bool_]  # [field] a household shares it
    copied: NDArray[np.float64]  # [field] share of a household's pairs that copy it
    twin: NDArray[np.float64]  # [stratum, level of the forename] log t/u
    kin: NDArray[np.float64]  # shares of a household's pairs: twins, namesakes
    column: NDArray[np.int64]  # [field, level] term column or -1
    scale: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Factors(NamedTuple):
    """The Bayes factors whose logarithms the weights are, for sums of factors."""

    match: NDArray[np.float64]  # [stratum, field, level] m/u
    household: NDArray[np.float64]  # [stratum, field, level] h/u
    twin: NDArray[np.float64]  # [stratum, level of the forename] t/u


def factors(weights: Weights) -> Factors:
    """Return the factors of a model."""
    return Factors(
        np.exp(weights.match), np.exp(weights.household), np.exp(weights.twin)
    )


@njit(cache=True, nogil=True, inline="always")
def household_weight(weights, stratum, place, number, term):
    """Return the log Bayes factor of 'two people of one home' for one field.

    log(h/u + copied m/u): a home agrees by chance, or because it shares the value, or
    because one took it from the other as a record of one person would.
    """
    chance = weights.household[stratum, place, number]
    if weights.shared[place]:
        return chance + term
    copied = weights.copied[place]
    if copied == 0.0:
        return chance
    alike = weights.match[stratum, place, number] + term
    return np.log(np.exp(chance) + copied * np.exp(alike))


@njit(cache=True, nogil=True, inline="always")
def term_adjustment(weights, stratum, place, number, common):
    """Return scale * (log chance of agreeing - log frequency), clipped (recipe 1.3).

    ``common`` is the log frequency of the more common of the two values.
    """
    raw = weights.scale[place, number] * (weights.base[stratum, place, number] - common)
    return min(weights.high[place, number], max(weights.low[place, number], raw))


@njit(cache=True, nogil=True, inline="always")
def kin_weight(weights, chance, twin, forename, date):
    """Return the logarithm of ``kin_factor`` from logarithms."""
    return np.log(
        kin_factor(
            weights, np.exp(chance), np.exp(twin), np.exp(forename), np.exp(date)
        )
    )


@njit(cache=True, nogil=True, inline="always")
def kin_factor(weights, chance, twin, forename, date):
    """Return the Bayes factor of 'one home' for forename and birth date together.

    Most of a home agree on both as strangers do; twins agree on the date as one person
    does, namesakes on the forename. Nobody is both.

    Args:
        weights: the model.
        chance: h/u of the forename's level.
        twin: t/u of the same.
        forename: m/u of the same, its rarity included.
        date: m/u of the birth date.
    """
    twins, namesakes = weights.kin[0], weights.kin[1]
    strangers = 1.0 - twins - namesakes
    return strangers * chance + twins * twin * date + namesakes * forename


@njit(cache=True, nogil=True)
def common_frequency(weights, place, number, i, j, log_frequency):
    """Return the log frequency of the more common value, or 1 where no rule applies."""
    if number == 0:
        return 1.0
    column = weights.column[place, number]
    if column < 0:
        return 1.0
    return max(log_frequency[i, column], log_frequency[j, column])


@njit(parallel=True, cache=True, nogil=True)
def _frequencies(weights, levels, left, right, log_frequency):
    out = np.empty((len(left), FIELD_COUNT), np.float32)
    for q in prange(len(left)):
        for place in range(FIELD_COUNT):
            out[q, place] = common_frequency(
                weights, place, levels[q, place], left[q], right[q], log_frequency
            )
    return out


def pair_frequencies(weights, levels, left, right, log_frequency):
    """Return [pair, field] log frequencies, 1 where the level has no term rule."""
    return _frequencies(weights, levels, left, right, log_frequency)


@njit(cache=True, nogil=True, inline="always")
def field_scores(weights, stratum, place, number, common):
    """Return what one field adds to the log joints of match and of household."""
    term = 0.0
    if common <= 0.0:
        term = term_adjustment(weights, stratum, place, number, common)
    match = weights.match[stratum, place, number] + term
    return match, household_weight(weights, stratum, place, number, term)


@njit(cache=True, nogil=True, inline="always")
def log_one_plus_exp(x):
    """Return log(1 + e^x) without overflow."""
    return x + np.log1p(np.exp(-x)) if x > 0 else np.log1p(np.exp(x))


def most_match(weights: Weights) -> NDArray[np.float64]:
    """Return [stratum, field, level] m/u of a value as rare as can be, logarithms."""
    most = weights.match + np.where(weights.column >= 0, weights.high, 0.0)
    most[:, :, 0] = 0.0
    return most


@njit(parallel=True, cache=True, nogil=True)
def _log_odds(weights, most, levels, left, right, stratum, log_frequency, floor):
    out = np.empty(len(left))
    for q in prange(len(left)):
        g = stratum[q]
        best = weights.prior[g, 1]
        for place in range(FIELD_COUNT):
            best += most[g, place, levels[q, place]]
        if best < floor:
            out[q] = best
            continue
        match, household = weights.prior[g, 1], weights.prior[g, 2]
        chance = twin = forename = date = 0.0
        for place in range(FIELD_COUNT):
            number = levels[q, place]
            if number:
                common = common_frequency(
                    weights, place, number, left[q], right[q], log_frequency
                )
                m, h = field_scores(weights, g, place, number, common)
                match += m
                if place == FORENAME:
                    chance, twin, forename = h, weights.twin[g, number], m
                elif place in (DATE, YEAR):
                    date += m
                else:
                    household += h
        household += kin_weight(weights, chance, twin, forename, date)
        out[q] = match - log_one_plus_exp(household)
    return out


def log_odds(weights, levels, left, right, stratum, log_frequency, floor=-np.inf):
    """Return the log odds that each pair is one person, or a bound below ``floor``.

    logit p = log lambda_M + sum of log Bayes factors - log(1 + household), linkage
    recipe 1.4. The bound spares the sum: no value agrees better than a rarest one.
    """
    most = most_match(weights)
    return _log_odds(weights, most, levels, left, right, stratum, log_frequency, floor)


@njit(cache=True, nogil=True)
def _count_chunk(
    weights,
    levels,
    stratum,
    common,
    start,
    end,
    match,
    household,
    totals,
    responsibility,
):
    for q in range(start, end):
        g = stratum[q]
        m, h = weights.prior[g, 1], weights.prior[g, 2]
        chance = twin = forename = date = 0.0
        for place in range(FIELD_COUNT):
            number = levels[q, place]
            if number:
                told, home = field_scores(weights, g, place, number, common[q, place])
                m += told
                if place == FORENAME:
                    chance, twin, forename = home, weights.twin[g, number], told
                elif place in (DATE, YEAR):
                    date += told
                else:
                    h += home
        h += kin_weight(weights, chance, twin, forename, date)
        top = max(0.0, max(m, h))
        em, eh = np.exp(m - top), np.exp(h - top)
        both = np.exp(-top) + em + eh
        em, eh = em / both, eh / both
        responsibility[q] = em + eh
        if em + eh < NEGLIGIBLE:
            continue
        totals[g, 1] += em
        totals[g, 2] += eh
        for place in range(FIELD_COUNT):
            number = levels[q, place]
            if number:
                match[g, place, number] += em
                household[place, number] += eh


@njit(parallel=True, cache=True, nogil=True)
def _count_parallel(
    weights, levels, stratum, common, match, household, totals, responsibility
):
    for chunk in prange(CHUNKS):
        _count_chunk(
            weights,
            levels,
            stratum,
            common,
            len(levels) * chunk // CHUNKS,
            len(levels) * (chunk + 1) // CHUNKS,
            match[chunk],
            household[chunk],
            totals[chunk],
            responsibility,
        )


@njit(cache=True, nogil=True)
def _count_serial(
    weights, levels, stratum, common, match, household, totals, responsibility
):
    for chunk in range(CHUNKS):
        _count_chunk(
            weights,
            levels,
            stratum,
            common,
            len(levels) * chunk // CHUNKS,
            len(levels) * (chunk + 1) // CHUNKS,
            match[chunk],
            household[chunk],
            totals[chunk],
            responsibility,
        )


def expected_counts(weights, levels, stratum, common, strata, responsibility):
    """Return expected pairs per class and level: the E step.

    Returns match counts [stratum, field, level], household counts [field, level] and
    class totals [stratum, class]; writes the share of each pair that is no chance into
    ``responsibility``. Summed in fixed chunks, so threads never change a byte.
    """
    slots = weights.match.shape[2]
    match = np.zeros((CHUNKS, strata, FIELD_COUNT, slots))
    household = np.zeros((CHUNKS, FIELD_COUNT, slots))
    totals = np.zeros((CHUNKS, strata, 3))
    count = _count_parallel if len(levels) >= WORTH_THREADS else _count_serial
    count(weights, levels, stratum, common, match, household, totals, responsibility)
    return [part.sum(0) for part in (match, household, totals)]
