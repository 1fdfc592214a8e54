"""Score candidate pairs with a fitted model.

Belongs here: scoring in bounded pieces, dropping what cannot matter. Does not belong
here: the formula (``weights``), what is joined (``cluster``).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.blocking import RULES
from dagster_project.linkage.candidates import Candidates
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.filtering import Filter
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.weights import Weights, log_odds

PIECE = 2_000_000
"""Pairs scored at once."""

NATS = float(np.log(2.0))
"""Nats in a bit."""


class Scored(NamedTuple):
    """Pairs that kept a chance, with their levels and log odds."""

    left: Codes
    right: Codes
    levels: NDArray[np.uint8]
    rule: NDArray[np.uint8]
    log_odds: NDArray[np.float64]

    def kept(self, chosen: NDArray[np.bool_] | Codes) -> "Scored":
        """Return some of the pairs, or all in another order."""
        rows = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return Scored(*(np.take(column, rows, axis=0) for column in self))


def logit(probability: float) -> float:
    """Return the log odds of a probability."""
    return float(np.log(probability) - np.log1p(-probability))


def probability(log_odds_: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of log odds."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds_, -700.0, 700.0)))


def compare_and_score(
    encoded: Encoded,
    candidates: list[Candidates],
    weights: Weights,
    strata: Strata,
    log_frequency: NDArray,
    floor: float,
    chosen: Filter | None = None,
) -> tuple[Scored, Codes]:
    """Compare candidate pairs and return those whose probability reaches ``floor``.

    Also returned is how many pairs of each rule did not pass the filter and so were not
    compared. Levels are kept for what reaches the floor alone: memory is bounded by
    what is likely, not by what was compared. Records are laid out in the order in which
    the candidates meet them, which spares a third of the comparing; two of them are
    compared in their own order, as Jaro's similarity may tell them apart.

    Args:
        encoded: the records.
        candidates: the pairs, in a list that is emptied: once scored they are let go.
        weights: the model as the kernels read it.
        strata: pairs of sources.
        log_frequency: of the records' values.
        floor: probability from which a pair is kept.
        chosen: the filter, of records in the order of likeness.
    """
    pairs = candidates.pop()
    record = pairs.record
    near = encoded.take(record), strata.take(record), log_frequency[record]
    pieces, filtered = [], np.zeros(len(RULES), np.int64)
    for start in range(0, max(1, len(pairs.left)), PIECE):
        left, right, rule = (column[start : start + PIECE] for column in pairs[:3])
        if chosen:
            passes = chosen.passed(left, right)
            filtered += np.bincount(rule[~passes], minlength=len(RULES))
            passed = np.flatnonzero(passes)
            left, right, rule = left[passed], right[passed], rule[passed]
        turned = record[left] > record[right]
        left, right = np.where(turned, right, left), np.where(turned, left, right)
        levels = compare(near[0], left, right)
        unscored = Scored(left, right, levels, rule, np.zeros(len(left)))
        pieces.append(score(unscored, weights, *near[1:], floor))
    del near, pairs, left, right, rule, turned, levels, unscored
    columns = _joined(pieces)
    left, right = record[next(columns)], record[next(columns)]
    order = np.argsort((left << 32) | right)
    both = (side.astype(np.int32)[order] for side in (left, right))
    rest = (np.take(column, order, axis=0) for column in columns)
    return Scored(*both, *rest), filtered


def _joined(pieces: list[Scored]) -> Iterator[NDArray]:
    """Yield column after column; the pieces let go of each, for they are large."""
    held = [list(piece) for piece in pieces]
    pieces.clear()
    for _ in Scored._fields:
        yield np.concatenate([columns.pop(0) for columns in held])


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
    return Scored(*_joined(pieces)) if pieces else pairs
