"""Log Bayes factors of a pair from its levels, its sources and how rare its values are.

Belongs here: the arrays the kernels read and the compiled sums over fields. Does not
belong here: estimating the probabilities (``model``).
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from dagster_project.linkage.fields import FIELD_COUNT, field

MATCH, HOUSEHOLD, TWIN = 1, 2, 3
"""Classes beside chance (0): one person; two people of one home; twins, which have no
prior of their own but are as many to so many matches."""

FORENAME, MIDDLE = field("first"), field("middle")
"""The names that tell kin from one person; see ``kin_joints``."""

CHUNKS = 64
"""Parts a sum over pairs is cut into; fixed, so that the number of threads never
changes the order in which numbers are added."""

WORTH_THREADS = 50_000
"""Fewer pairs are counted sooner by one thread than two threads can be woken."""

LEAST_KIN = 1e-300
"""Stands for no twins where a logarithm is taken."""

NEGLIGIBLE = 1e-9
"""Share below which a pair adds nothing to any expected count: of all pairs that a
model is fitted on, less than a thousandth of a pair."""

LEAST_JOINT = np.log(NEGLIGIBLE / 3)
"""Log joint over that of chance which each of three classes must reach to add more."""


class Weights(NamedTuple):
    """What a pair's score is looked up in; natural logarithms throughout."""

    match: NDArray[np.float64]  # [stratum, field, level] log m/u
    household: NDArray[np.float64]  # [stratum, field, level] log h/u
    prior: NDArray[np.float64]  # [stratum, class] log of the share of all pairs
    base: NDArray[np.float64]  # [stratum, field, level] log chance of agreeing
    shared: NDArray[np.bool_]  # [field] a household shares it
    of_twins: NDArray[np.bool_]  # [field] twins share it as one person's records do
    copied: NDArray[np.float64]  # [field, level] share of a household's pairs that copy
    # it, where that depends on how rare the value is; elsewhere ``household`` has it
    twin: NDArray[np.float64]  # [stratum, level of the forename] log t/u
    kin: NDArray[np.float64]  # twins per match; namesakes' share of a household's
    column: NDArray[np.int64]  # [field, level] term column or -1
    scale: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    beside: NDArray[np.int64]  # [field, level] a second term column or -1


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
    copied = weights.copied[place, number]
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
def kin_joints(weights, stratum, home, chance, forename, twin):
    """Return the log joints, over that of chance, of two of a home, and of twins.

    Most of a home agree on forename and middle name as strangers do, namesakes as one
    person does.
    Twins share home, surname and birth date as the records of one person do, and so
    they are told from one person by what else there is: a twin's forename, the SSN.

    Args:
        weights: the model.
        stratum: the pair of sources.
        home: sum of log h/u over the fields but forename and middle name.
        chance: log h/u of these two.
        forename: log m/u of the same, their rarity included.
        twin: log t/u of the forename, with log m/u of what twins share, and log h/u of
            the rest.
    """
    namesakes = weights.kin[1]
    names = (1.0 - namesakes) * np.exp(chance) + namesakes * np.exp(forename)
    one = weights.prior[stratum, 2] + home + np.log(names)
    return one, twin_joint(weights, stratum, twin)


@njit(cache=True, nogil=True, inline="always")
def twin_joint(weights, stratum, twin):
    """Return the log joint, over that of chance, of twins; see ``kin_joints``."""
    return weights.prior[stratum, 1] + np.log(max(weights.kin[0], LEAST_KIN)) + twin


@njit(cache=True, nogil=True, inline="always")
def kin_log_odds(weights, stratum, home, chance, forename, twin):
    """Return the log odds, over chance, that two records are two people of one home."""
    one, two = kin_joints(weights, stratum, home, chance, forename, twin)
    top = max(one, two)
    return top + np.log(np.exp(one - top) + np.exp(two - top))


@njit(cache=True, nogil=True)
def common_frequency(weights, place, number, i, j, log_frequency):
    """Return the log frequency of the more common value, or 1 where no rule applies.

    Of names that changed places, that of the forename and of the surname together.
    """
    if number == 0:
        return 1.0
    column = weights.column[place, number]
    if column < 0:
        return 1.0
    common = max(log_frequency[i, column], log_frequency[j, column])
    beside = weights.beside[place, number]
    if beside < 0:
        return common
    return common + max(log_frequency[i, beside], log_frequency[j, beside])


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
        match, home = weights.prior[g, 1], 0.0
        chance = twin = forename = 0.0
        for place in range(FIELD_COUNT):
            number = levels[q, place]
            if number:
                common = common_frequency(
                    weights, place, number, left[q], right[q], log_frequency
                )
                m, h = field_scores(weights, g, place, number, common)
                match += m
                if place in (FORENAME, MIDDLE):
                    chance += h
                    forename += m
                else:
                    home += h
                if place == FORENAME:
                    twin += weights.twin[g, number]
                else:
                    twin += m if weights.of_twins[place] else h
        kin = kin_log_odds(weights, g, home, chance, forename, twin)
        out[q] = match - log_one_plus_exp(kin)
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
    open_share,
):
    for q in range(start, end):
        g = stratum[q]
        m, home = weights.prior[g, 1], 0.0
        chance = twin = forename = 0.0
        for place in range(FIELD_COUNT):
            number = levels[q, place]
            if number:
                told, h = field_scores(weights, g, place, number, common[q, place])
                m += told
                if place in (FORENAME, MIDDLE):
                    chance += h
                    forename += told
                else:
                    home += h
                if place == FORENAME:
                    twin += weights.twin[g, number]
                else:
                    twin += told if weights.of_twins[place] else h
        most = weights.prior[g, 2] + home + max(chance, forename)
        most = max(most, twin_joint(weights, g, twin))
        if max(m, most) < LEAST_JOINT:
            continue
        h, t = kin_joints(weights, g, home, chance, forename, twin)
        top = max(0.0, max(m, max(h, t)))
        e0, em, eh, et = np.exp(-top), np.exp(m - top), np.exp(h - top), np.exp(t - top)
        whole = e0 + em + eh + et
        open_share[q] = 1.0 - max(max(e0, em), max(eh, et)) / whole
        em, eh, et = em / whole, eh / whole, et / whole
        totals[g, 1] += em
        totals[g, 2] += eh
        totals[g, 3] += et
        for place in range(FIELD_COUNT):
            number = levels[q, place]
            if number:
                match[g, place, number] += em
                household[place, number] += eh


@njit(parallel=True, cache=True, nogil=True)
def _count_parallel(
    weights, levels, stratum, common, match, household, totals, open_share
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
            open_share,
        )


@njit(cache=True, nogil=True)
def _count_serial(
    weights, levels, stratum, common, match, household, totals, open_share
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
            open_share,
        )


def expected_counts(weights, levels, stratum, common, strata, open_share):
    """Return expected pairs per class and level: the E step.

    Returns match counts [stratum, field, level], household counts [field, level] and
    class totals [stratum, class], those of twins last; writes the share of each pair
    that is not of its likeliest class into ``open_share``, which comes as zeros. Summed
    in fixed chunks, so threads never change a byte.
    """
    slots = weights.match.shape[2]
    match = np.zeros((CHUNKS, strata, FIELD_COUNT, slots))
    household = np.zeros((CHUNKS, FIELD_COUNT, slots))
    totals = np.zeros((CHUNKS, strata, 4))
    count = _count_parallel if len(levels) >= WORTH_THREADS else _count_serial
    count(weights, levels, stratum, common, match, household, totals, open_share)
    return [part.sum(0) for part in (match, household, totals)]
