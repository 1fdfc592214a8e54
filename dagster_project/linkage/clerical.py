"""Error rates of a linkage from a clerical sample: pairs that people looked at.

Belongs here: the stratified estimator and its interval. Does not belong here: choosing
or reading the sample, rates from posteriors alone (``quality``).

Posteriors cannot see their own miscalibration, and a sample can (Blakely and Salmond
2002; Christen 2012, ch. 7). Within each stratum of the posterior the sample is taken as
random, and the share of true matches is drawn from its Jeffreys posterior
Beta(x + 1/2, n - x + 1/2) (Brown, Cai and DasGupta 2001), which also behaves where a
stratum is all right or all wrong; rates are ratios of sums over strata (Cochran 1977,
ch. 6). Neither sees what no blocking rule brought together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dagster_project.linkage.quality import DRAWS, Point, divide, ratio

STRATA = (0.001, 0.01, 0.1, 0.5, 0.8, 0.95, 0.99, 0.999)
"""Lower ends of the posterior strata of a clerical sample, below which all is one."""


@dataclass(frozen=True)
class Reviewed:
    """A clerical sample beside the pairs it was drawn from, per posterior stratum.

    A stratum nobody looked into has its model's posterior, with the weight of one look.
    """

    floors: NDArray[np.float64]  # lower end of each stratum's posterior
    pairs: NDArray[np.float64]  # record pairs of the run in the stratum
    expected: NDArray[np.float64]  # their mean posterior
    looked_at: NDArray[np.int64]
    matches: NDArray[np.int64]

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """Return the strata that hold pairs and were not looked into."""
        return (self.pairs > 0) & (self.looked_at == 0)


def reviewed(
    posterior: ArrayLike,
    pairs: ArrayLike,
    sampled: ArrayLike,
    is_match: ArrayLike,
    floors: Sequence[float] = STRATA,
    bands: ArrayLike | None = None,
) -> Reviewed:
    """Count a clerical sample by posterior stratum.

    Args:
        posterior: of every decision of the run.
        pairs: record pairs of each.
        sampled: band, in this run, of each pair that a person looked at.
        is_match: what the person found.
        floors: lower ends of the strata above the lowest.
        bands: what cuts the strata, of every decision; the posterior itself if unset.
    """
    posterior, pairs = np.asarray(posterior, float), np.asarray(pairs, float)
    lower = np.concatenate([[0.0], np.asarray(floors, float)])
    size = len(lower)
    cut = posterior if bands is None else np.asarray(bands, float)
    stratum = np.searchsorted(lower, cut, side="right") - 1
    drawn = np.searchsorted(lower, np.asarray(sampled, float), side="right") - 1
    held = np.bincount(stratum, pairs, minlength=size)
    mean = np.bincount(stratum, pairs * posterior, minlength=size)
    found = np.bincount(drawn, np.asarray(is_match, float), minlength=size)
    return Reviewed(
        lower,
        held,
        mean / np.maximum(held, 1e-300),
        np.bincount(drawn, minlength=size),
        found.astype(np.int64),
    )


def reviewed_curve(sample: Reviewed, seed: int = 0) -> list[Point]:
    """Return precision and recall at each stratum's floor, from what people found."""
    random = np.random.default_rng(seed)
    seen = sample.looked_at > 0
    # One look at a stratum that nobody saw is what the model would have found there.
    matches = np.where(seen, sample.matches, sample.expected)
    looks = np.where(seen, sample.looked_at, 1)
    a, b = matches + 0.5, looks - matches + 0.5
    rate = np.where(seen, matches / looks, sample.expected)
    drawn = random.beta(a, b, (DRAWS, len(a))) * sample.pairs
    expected = rate * sample.pairs
    points = []
    for number, floor in enumerate(sample.floors.tolist()):
        linked = float(sample.pairs[number:].sum())
        right = drawn[:, number:].sum(1)
        points.append(
            Point(
                floor,
                ratio(
                    right,
                    np.full(DRAWS, linked),
                    divide(expected[number:].sum(), linked),
                ),
                ratio(
                    right,
                    drawn.sum(1),
                    divide(expected[number:].sum(), expected.sum()),
                ),
            )
        )
    return points
