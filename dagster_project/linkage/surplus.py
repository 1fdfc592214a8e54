"""How many pairs are in doubt for each that the model foresees there.

Belongs here: foreseeing them and counting them. Does not belong here: what follows for
the probability that is stated (``stated``).

One person's pairs, their levels drawn anew from m, field by field, are what the model
takes one person's pairs for; each has log odds x. Where one of them falls, e^-x pairs
of other people fall too: that is what log odds say. With w of one person's pairs behind
each draw

    foreseen = w * sum of (1 + e^-x) over the draws in doubt,

and the surplus is the log of what is found for each foreseen. Above 0 people are nearly
alike more often than the model knows: relatives, namesakes, names that go together.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.changed_names import PLACES
from dagster_project.linkage.fields import FIELD_COUNT, field, level
from dagster_project.linkage.model import Model
from dagster_project.linkage.sampling import keyed_places, keyed_unit
from dagster_project.linkage.score import Scored, logit, probability
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.weights import log_odds

DOUBTFUL = (0.05, 0.5)
"""Probabilities, as the model has them, between which pairs are counted: few there are
one person, and yet they resemble those that are asked about."""

LIKELY = 0.9
"""Probability of the pairs whose missing fields, sources and rarity are drawn from."""

DRAWS = 50_000

BORROWED = 5.0
"""Pairs' worth of a file as foreseen: a small one stays near 0."""

NEARLY_EQUAL = 4
"""Level up to which both names count as going together (field ``full_name``)."""


def surplus(
    scored: Scored,
    model: Model,
    strata: Strata,
    log_frequency: NDArray[np.float32],
    seed: int,
) -> float:
    """Return the log of the pairs in doubt for each that is foreseen.

    Args:
        scored: the pairs, all that reach ``DOUBTFUL`` among them.
        model: that scored them.
        strata: pairs of sources.
        log_frequency: of the records' values.
        seed: key of the draws.
    """
    low, high = (logit(p) for p in DOUBTFUL)
    chance = probability(scored.log_odds)
    likely = np.flatnonzero(chance >= LIKELY)
    if not len(likely):
        return 0.0
    some = scored.kept(likely[keyed_places(DRAWS, len(likely), seed)])
    odds = log_odds(
        model.weights(),
        drawn_levels(some.levels, model.m, seed),
        some.left,
        some.right,
        strata.of_pairs(some.left, some.right),
        log_frequency,
    )
    drawn = odds[(odds >= low) & (odds < high)]
    foreseen = chance.sum() / DRAWS * (1.0 + np.exp(-drawn)).sum()
    found = ((scored.log_odds >= low) & (scored.log_odds < high)).sum()
    return float(np.log((found + BORROWED) / (foreseen + BORROWED)))


def drawn_levels(
    levels: NDArray[np.uint8], m: NDArray[np.float64], seed: int
) -> NDArray[np.uint8]:
    """Return levels drawn from m wherever both sides of a pair are known.

    Args:
        levels: [pair, field] of real pairs.
        m: [field, level] of the model.
        seed: key of the draws.
    """
    drawn = levels.copy()
    for place in range(FIELD_COUNT):
        known = np.flatnonzero(levels[:, place])
        if not len(known):
            continue
        unit = keyed_unit(known + (place + 1) * len(levels), seed)
        steps = np.cumsum(m[place, 1:])
        number = np.searchsorted(steps, unit * steps[-1], side="right")
        drawn[known, place] = 1 + np.minimum(number, len(steps) - 1)
    names = drawn[:, [field("first"), field("last")]]
    together = ((names > 0) & (names <= NEARLY_EQUAL)).all(1)
    drawn[:, field("full_name")] = together
    unlike = drawn[:, field("first")] == level("first", "different")
    for place, alone, with_forename, _ in PLACES:
        drawn[unlike & (drawn[:, place] == alone), place] = with_forename
    return drawn
