"""Score candidate pairs with a fitted model.

Belongs here: scoring in bounded pieces, dropping what cannot matter. Does not belong
here: the formula (``weights``), what is joined (``cluster``).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.blocking import Candidates
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.weights import Weights, log_odds

PIECE = 2_000_000
"""Pairs scored at once."""


class Scored(NamedTuple):
    """Pairs that kept a chance, with their levels and log odds."""

    left: Codes
    right: Codes
    levels: NDArray[np.uint8]
    rule: NDArray[np.uint8]
    log_odds: NDArray[np.float64]

    def kept(self, chosen: NDArray[np.bool_]) -> "Scored":
        """Return some of the pairs."""
        return Scored(*(column[chosen] for column in self))


def logit(probability: float) -> float:
    """Return the log odds of a probability."""
    return float(np.log(probability) - np.log1p(-probability))


def probability(log_odds_: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of log odds."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds_, -700.0, 700.0)))


def compare_and_score(
    encoded: Encoded,
    pairs: Candidates,
    weights: Weights,
    strata: Strata,
    log_frequency: NDArray,
    floor: float,
) -> Scored:
    """Compare candidate pairs and return those whose probability reaches ``floor``.

    Levels are kept for those alone: memory is bounded by what is likely, not by what
    was compared.
    """
    pieces = []
    for start in range(0, max(1, len(pairs.left)), PIECE):
        left, right, rule = (column[start : start + PIECE] for column in pairs)
        levels = compare(encoded, left, right)
        unscored = Scored(left, right, levels, rule, np.zeros(len(left)))
        pieces.append(score(unscored, weights, strata, log_frequency, floor))
    return Scored(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


def score(
    pairs: Scored,
    weights: Weights,
    strata: Strata,
    log_frequency: NDArray,
    floor: float,
) -> Scored:
    """Return the pairs whose probability reaches ``floor``, with new log odds."""
    pieces = []
    for start in range(0, len(pairs.left), PIECE):
        piece = Scored(*(column[start : start + PIECE] for column in pairs))
        stratum = strata.of_pairs(piece.left, piece.right)
        odds = log_odds(
            weights,
            piece.levels,
            piece.left,
            piece.right,
            stratum,
            log_frequency,
            logit(floor),
        )
        pieces.append(piece._replace(log_odds=odds).kept(odds >= logit(floor)))
    if not pieces:
        return pairs
    return Scored(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
