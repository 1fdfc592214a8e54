"""Error rates of a linkage from its own posteriors, without the truth.

Belongs here: estimators and their intervals, on arrays. Does not belong here: where the
posteriors come from (``evidence``), what people found by looking (``clerical``),
measures against a known truth (``evaluate``).

Over the decisions d with posterior p_d that cover w_d record pairs

    false-match rate  = sum_linked w (1 - p) / sum_linked w
    missed-match rate = sum_apart  w p / (sum_apart w p + sum_linked w p)

(Enamorado, Fifield and Imai 2019; Belin and Rubin 1995 for the false-match rate). The
intervals hold the truth as often as stated *if the posteriors are calibrated*: each
decision is right or wrong with its own probability, drawn many times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dagster_project.linkage.coded import numbered

DRAWS = 1000
"""Draws behind an interval: its ends move by less than a tenth of its width."""

OUTSIDE = (2.5, 97.5)
"""Percentiles between which 95 of 100 draws lie."""

ODDS_STEP = 1.0
"""Width in nats of the cells in which decisions count as equally sure."""

SIZE_STEPS = 2
"""Steps to a doubling of a decision's record pairs, within which decisions count as
equally large; their mean is kept, and their squares are one per cent off."""

SETTLED = 0.01
"""Share of a group's variance that may be left out of its draws: its interval is half
a per cent narrower at most."""

LARGEST_ODDS = 40.0
"""Log odds beyond which a decision is certain, a steward's among them."""

SLOTS = 1024
"""More than the steps of odds, and of size, that there can be."""


class Estimate(NamedTuple):
    """A rate with its 95 % interval; nan where there is nothing to estimate from."""

    value: float
    low: float
    high: float


NOTHING = Estimate(np.nan, np.nan, np.nan)


class Point(NamedTuple):
    """What linking from ``threshold`` up would give."""

    threshold: float
    precision: Estimate
    recall: Estimate


@dataclass(frozen=True)
class _Cells:
    """Decisions of about the same posterior and size, counted."""

    count: NDArray[np.int64]
    posterior: NDArray[np.float64]
    pairs: NDArray[np.float64]  # record pairs of one decision
    group: NDArray[np.int64]


def _cells(posterior, pairs, group) -> _Cells:
    """Put decisions into narrow cells, so that drawing costs cells, not decisions."""
    posterior, pairs = np.asarray(posterior, float), np.asarray(pairs, float)
    with np.errstate(divide="ignore"):
        odds = np.log(posterior) - np.log1p(-posterior)
    odds = np.clip(odds, -LARGEST_ODDS, LARGEST_ODDS)
    sure = np.floor((odds + LARGEST_ODDS) / ODDS_STEP).astype(np.int64)
    size = np.round(SIZE_STEPS * np.log2(np.maximum(pairs, 1.0))).astype(np.int64)
    keys = (np.asarray(group, np.int64) * SLOTS + sure) * SLOTS + size
    _, place = numbered(keys)
    count, weight = np.bincount(place), np.bincount(place, pairs)
    mean = np.bincount(place, pairs * posterior) / np.maximum(weight, 1e-300)
    owner = np.zeros(len(count), np.int64)
    owner[place] = group
    return _Cells(count, np.clip(mean, 0.0, 1.0), weight / count, owner)


def _draw_true(cells: _Cells, seed: int) -> NDArray[np.float64]:
    """Return true record pairs per [draw, cell].

    Cells that together make less than ``SETTLED`` of their group's variance stand at
    their mean: nearly all decisions are that sure, and drawing them is what takes time.
    """
    expected = cells.count * cells.posterior
    variance = expected * (1.0 - cells.posterior) * cells.pairs**2
    of_group = np.bincount(cells.group, variance)[cells.group]
    telling = variance * np.bincount(cells.group)[cells.group] > SETTLED * of_group
    drawn = np.tile(expected, (DRAWS, 1))
    drawn[:, telling] = np.random.default_rng(seed).binomial(
        cells.count[telling],
        cells.posterior[telling],
        (DRAWS, np.count_nonzero(telling)),
    )
    return drawn * cells.pairs


def ratio(part: NDArray, whole: NDArray, value: float) -> Estimate:
    """Return an estimate whose draws are ``part / whole``, of a part of the whole.

    Sums of the two may differ in their last digit where the part is all.
    """
    known = whole > 0
    if not known.any() or not np.isfinite(value):
        return NOTHING
    low, high = np.percentile(part[known] / whole[known], OUTSIDE)
    bounds = min(low, value), value, max(high, value)
    low, value, high = np.clip(bounds, 0.0, 1.0).tolist()
    return Estimate(value, low, high)


def divide(part: float, whole: float) -> float:
    """Return a ratio; nan where there is nothing to divide by."""
    return float(part / whole) if whole > 0 else np.nan


def share(chance: ArrayLike, weight: ArrayLike, seed: int = 0) -> Estimate:
    """Return the expected share of ``weight`` in which an event of ``chance`` happens.

    Args:
        chance: probability of each independent event.
        weight: how much happens with it, records or record pairs.
        seed: of the draws.
    """
    chance, weight = np.asarray(chance, float), np.asarray(weight, float)
    total = weight.sum()
    if total <= 0:
        return NOTHING
    cells = _cells(chance, weight, np.zeros(len(chance), np.int64))
    drawn = _draw_true(cells, seed).sum(1)
    value = float((chance * weight).sum() / total)
    return ratio(drawn, np.full(DRAWS, total), value)


def curve(
    posterior: ArrayLike, pairs: ArrayLike, thresholds: Sequence[float], seed: int = 0
) -> list[Point]:
    """Return precision and recall over record pairs at each threshold.

    Args:
        posterior: of every decision, joined or apart.
        pairs: record pairs of each decision.
        thresholds: ascending.
        seed: of the draws.
    """
    posterior, pairs = np.asarray(posterior, float), np.asarray(pairs, float)
    band = np.searchsorted(np.asarray(thresholds), posterior, side="right")
    cells = _cells(posterior, pairs, band)
    drawn = _draw_true(cells, seed)
    expected = cells.count * cells.posterior * cells.pairs
    size = cells.count * cells.pairs
    points = []
    for number, threshold in enumerate(thresholds, start=1):
        above = cells.group >= number
        linked = float(size[above].sum())
        right = drawn[:, above].sum(1)
        points.append(
            Point(
                threshold,
                ratio(
                    right,
                    np.full(DRAWS, linked),
                    divide(expected[above].sum(), linked),
                ),
                ratio(
                    right,
                    drawn.sum(1),
                    divide(expected[above].sum(), expected.sum()),
                ),
            )
        )
    return points
