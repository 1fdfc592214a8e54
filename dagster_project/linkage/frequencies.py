"""How common each value is, and how often two records share one by chance.

Belongs here: frequencies per source (in records or in persons) and exact counts of
agreeing pairs per stratum. Does not belong here: what rarity is worth (``weights``).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes, numbered
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import TERM_COLUMNS
from dagster_project.linkage.strata import Strata

BORROWED = 1000.0
"""Records' worth of the overall frequency mixed into each source's own."""

ELSEWHERE = 0.5
"""People beside those of a file, who hold none of its values: of a file of one person,
too, not all the world bears the name. Half a one is what Krichevsky and Trofimov (1981)
give to what was not seen; with a whole one two lone rows of other dates were linked."""

MOST_DISCOUNT = 0.9
"""Largest discount: where nearly every value is held once (SSNs), a holder's value is
still held by another with a tenth of one holder's frequency."""


@dataclass(frozen=True)
class Frequencies:
    """Frequencies per record and column; exact pair counts per stratum and column."""

    log_frequency: NDArray[np.float32]  # [record, term column]; 0 where missing
    agreeing: NDArray[np.float64]  # [stratum, term column] pairs with equal values
    present: NDArray[np.float64]  # [stratum, term column] pairs with both values


def term_values(encoded: Encoded, column: str) -> Codes:
    """Return a column with what cannot be 'equal' taken out: initials."""
    values = encoded.column(column)
    if column in ("first", "last", "middle"):
        return np.where(encoded.names.rows["initial"][values] == 0, values, 0)
    return values


def frequencies(
    encoded: Encoded, strata: Strata, weights: NDArray[np.float64] | None = None
) -> Frequencies:
    """Count every term column.

    f_s(v) = (w_s(v) + 1000 f(v)) / (W_s + 1000): a source's own frequency shrunk to the
    overall one (linkage recipe 1.3), of the file and ``ELSEWHERE``. ``weights`` is one
    over the size of the record's person, so that the values of people who are met often
    do not look common. What counts is how many *others* hold a value: each frequency is
    scaled by ``other_holders`` over its holders.

    Agreeing pairs are exact: sum over v of c_a(v) c_b(v), or c(v)(c(v)-1)/2 within one
    source.
    """
    rows = len(encoded.values)
    weights = np.ones(rows) if weights is None else weights
    logs = np.zeros((rows, len(TERM_COLUMNS)), np.float32)
    agreeing = np.zeros((strata.count, len(TERM_COLUMNS)))
    present = np.zeros_like(agreeing)
    for place, name in enumerate(TERM_COLUMNS):
        values = term_values(encoded, name)
        known = np.flatnonzero(values > 0)
        if len(known):
            distinct, value = numbered(values[known])
            counts, held = _counted(
                known, value, strata.source, weights, distinct, len(strata.sources)
            )
            _write_logs(logs[:, place], known, value, strata.source, *_terms(held))
            _count_pairs(counts, strata, agreeing[:, place], present[:, place])
    return Frequencies(logs, agreeing, present)


@njit(cache=True, nogil=True)
def _counted(known, value, source, weights, distinct, sources):
    """Return records and weight per [value, source]."""
    counts, held = np.zeros((distinct, sources)), np.zeros((distinct, sources))
    for row in range(len(known)):
        cell = value[row], source[known[row]]
        counts[cell] += 1.0
        held[cell] += weights[known[row]]
    return counts, held


def _terms(own):
    """Return the share of others, values per source and the total of each source."""
    held = np.maximum(own.sum(1), 1.0)
    overall = BORROWED * held / (held.sum() + ELSEWHERE)
    others = other_holders(held, discount(held)) / held
    return others, own + overall[:, None], own.sum(0) + BORROWED


@njit(cache=True, nogil=True)
def _write_logs(logs, known, value, source, others, own, total):
    for row in range(len(known)):
        here = source[known[row]]
        share = own[value[row], here] / total[here]
        logs[known[row]] = np.log(others[value[row]] * share)


def discount(held: NDArray[np.float64]) -> float:
    """Return what the holders of a value are discounted by, from all values' holders.

    n_1 / (n_1 + 2 n_2), with n_r the values that r people hold: the Good-Turing
    estimate 2 n_2 / n_1 of a value seen once is then about 1 less this (Good 1953), as
    Ney, Essen and Kneser (1994) use it for all counts.

    Args:
        held: people per value, none below 1.
    """
    whole = np.rint(held)
    once, twice = np.count_nonzero(whole <= 1), np.count_nonzero(whole == 2)
    return min(MOST_DISCOUNT, once / (once + 2.0 * twice + 1.0))


def other_holders(held: NDArray[np.float64], discounted: float) -> NDArray[np.float64]:
    """Return how many other people are expected to hold each value."""
    return np.maximum(held - 1.0, 1.0) - discounted


def _count_pairs(counts, strata: Strata, agreeing, present) -> None:
    totals = counts.sum(0)
    for stratum, (a, b) in enumerate(strata.members()):
        if a == b:
            agreeing[stratum] = (counts[:, a] * (counts[:, a] - 1) / 2).sum()
            present[stratum] = totals[a] * (totals[a] - 1) / 2
        else:
            agreeing[stratum] = (counts[:, a] * counts[:, b]).sum()
            present[stratum] = totals[a] * totals[b]
