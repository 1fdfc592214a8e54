"""The u probabilities: how often records of different people agree, per stratum.

Belongs here: sampling random pairs, closed forms, taking the matches out, shrinking.
Does not belong here: how often records of one person agree (``model``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.changed_names import counted_once
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.crossed import crossed_pairs
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import (
    EXACT_COLUMNS,
    FIELD_COUNT,
    LEVEL_COUNTS,
    LEVEL_SLOTS,
    TERM_COLUMNS,
    field,
    level,
)
from dagster_project.linkage.frequencies import Frequencies
from dagster_project.linkage.sampling import keyed_places
from dagster_project.linkage.strata import Strata

SAMPLE = 600_000
"""Random pairs over all strata: the rarest level that matters has u near 1e-4."""

LEAST_SAMPLE = 20_000
"""Random pairs of a stratum at least; a stratum with fewer is compared whole."""

LEAST_SHARE = 0.03
"""What is left of a level's pairs at least when the expected matches are taken out."""

BORROWED_PAIRS = 200.0
"""Sampled pairs' worth of the overall u mixed into a stratum's own."""

UNSEEN = 0.3
"""Added to every level's count, so that a level nobody was sampled at is possible."""

SMALLEST = 1e-10
"""Floor of a u probability before it is normalised."""


@dataclass(frozen=True)
class ChanceSample:
    """Counts of levels among random pairs, before any match is taken out."""

    levels: NDArray[np.float64]  # [stratum, field, level] scaled to all pairs
    compared: NDArray[np.float64]  # [stratum, field] sampled pairs with both sides
    repeats: NDArray[np.float64]  # like ``levels``, of pairs of rows alike in all


def level_mask() -> NDArray[np.bool_]:
    """Return which [field, level] cells exist (level 0 does not count)."""
    numbers = np.arange(LEVEL_SLOTS)
    return (numbers > 0) & (numbers <= LEVEL_COUNTS[:, None])


def count_levels(
    levels: NDArray[np.uint8], stratum: Codes, strata: int
) -> NDArray[np.float64]:
    """Return how many pairs of each stratum stand at each level of each field."""
    counts = np.zeros((strata, FIELD_COUNT, LEVEL_SLOTS))
    for place in range(FIELD_COUNT):
        cell = stratum * LEVEL_SLOTS + levels[:, place]
        counts[:, place] = np.bincount(cell, minlength=strata * LEVEL_SLOTS).reshape(
            strata, LEVEL_SLOTS
        )
    return counts


def sample_chance(
    encoded: Encoded,
    strata: Strata,
    frequencies: Frequencies,
    seed: int,
    repeats: NDArray[np.float64] | float = 0.0,
) -> ChanceSample:
    """Count levels among random pairs of each stratum; level 1 in closed form.

    Names that changed places are counted apart (``crossed``).

    Args:
        encoded: the records.
        strata: of their sources.
        frequencies: of their values.
        seed: key of the random pairs.
        repeats: [stratum, field, level] pairs of rows that are alike in all and do not
            count (``repeated``).
    """
    wanted = max(LEAST_SAMPLE, SAMPLE // strata.count)
    drawn = [
        _random_pairs(strata, number, wanted, seed) for number in range(strata.count)
    ]
    sizes = np.array([len(left) for left, _ in drawn])
    left = np.concatenate([left for left, _ in drawn]).astype(np.int32)
    right = np.concatenate([right for _, right in drawn]).astype(np.int32)
    levels = compare(encoded, left, right)
    counts = count_levels(levels, np.repeat(np.arange(strata.count), sizes), len(sizes))
    counts = counted_once(counts)
    compared = counts[:, :, 1:].sum(2)
    scale = strata.pairs / np.maximum(sizes, 1)
    counts = (counts + UNSEEN) * scale[:, None, None] * level_mask()
    for name, column in EXACT_COLUMNS.items():
        counts[:, field(name), 1] = frequencies.agreeing[:, TERM_COLUMNS.index(column)]
    swap = field("first"), level("first", "swapped")
    counts[:, *swap] = crossed_pairs(encoded, strata, seed)
    return ChanceSample(counts, compared, np.broadcast_to(repeats, counts.shape))


def _random_pairs(strata: Strata, number: int, wanted: int, seed: int):
    a, b = strata.members()[number]
    rows_a = np.flatnonzero(strata.source == a)
    rows_b = np.flatnonzero(strata.source == b)
    if strata.pairs[number] <= wanted:
        left = np.repeat(rows_a, len(rows_b))
        right = np.tile(rows_b, len(rows_a))
        kept = left < right if a == b else left != right
    else:
        key = seed * 1000 + number
        left = rows_a[keyed_places(wanted, len(rows_a), 2 * key)]
        right = rows_b[keyed_places(wanted, len(rows_b), 2 * key + 1)]
        kept = left != right
    return left[kept], right[kept]


def chance(
    sample: ChanceSample, matches: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return u[stratum, field, level]; level 0 is 1.

    u_g = (n_g u_g' + 200 u') / (n_g + 200), where u_g' are the shares of the levels
    after ``matches`` (expected matches per stratum, field and level) are taken out
    (linkage recipe 1.3). Pairs of rows that are alike in all are among these from the
    first, and what is left at least is no more than so much of the others.
    """
    counts, out = sample.levels * level_mask(), sample.repeats
    others = np.maximum(counts - out, 0.0).sum(2, keepdims=True)
    if matches is not None:
        out = np.maximum(matches, out)
    counts = np.maximum(counts - out, LEAST_SHARE * np.minimum(counts, others))
    overall = counts.sum(0)
    overall = overall / np.maximum(overall.sum(1, keepdims=True), 1e-9)
    own = counts / np.maximum(counts.sum(2, keepdims=True), 1e-9)
    weight = sample.compared[:, :, None]
    if len(counts) == 1:
        u = overall[None].copy()
    else:
        u = (own * weight + BORROWED_PAIRS * overall) / (weight + BORROWED_PAIRS)
    u = np.maximum(u, SMALLEST) * level_mask()
    u /= u.sum(2, keepdims=True)
    u[:, :, 0] = 1.0
    return u
