"""The probability that is stated of log odds: of a join, and of a pair.

Belongs here: the two maps from a model's log odds to a probability. Does not belong
here: log odds (``weights``, ``pooled``), how a file's surplus is counted (``surplus``),
what its clusters say of pairs (``stated_pairs``).

A model that multiplies its fields takes people who are nearly alike for rarer than they
are, and is too sure in doubt: of joins it gives even odds one in four is one person. So
what is stated of a join is the odds of the model divided by e^excess,

    excess = .6 + surplus of the file, between 0 and 2.5.

Other files of known truth tell the .6, as in Belin and Rubin (1995), the surplus is
read off each file; docs/decisions/0026 has the figures. The thresholds of linking stand
where the model's own odds reach them, as a false link was always weighed there: what
reaches one is stated as no less than it, and what does not as less.

A pair knows less than the join that brings its records together, and most pairs in
doubt lie within people whose other records tell. So what is stated of a pair is how
many pairs of its weight the file's own clusters join, docs/decisions/0028.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.score import logit, probability

USUAL_EXCESS, MOST_EXCESS = 0.6, 2.5
"""Nats that doubtful log odds are too high by where a file holds as many pairs in doubt
as its model foresees, and at most."""

THRESHOLDS = (0.95, 0.99)
"""Probabilities that the model's own odds reach: the linkage thresholds of use."""

STEP = 0.5
KNOTS = np.arange(-6.75, 8.0, STEP)
"""Log odds of the model at which a file says what it states of pairs; between them it
is interpolated, beyond them it rises as the model's do."""


class Stated(NamedTuple):
    """How a file's log odds are stated.

    ``surplus`` is that of its model; ``pairs`` the log odds stated of pairs at
    ``KNOTS``, rising, or none before the file's records were joined.
    """

    surplus: float
    pairs: tuple[float, ...] = ()

    @property
    def excess(self) -> float:
        """Return the nats that log odds of joins are stated lower."""
        return float(np.clip(USUAL_EXCESS + self.surplus, 0.0, MOST_EXCESS))

    def of_joins(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that is stated of the pooled log odds of joins."""
        stated = probability(log_odds - self.excess)
        for threshold in THRESHOLDS:
            reached = log_odds >= logit(threshold)
            np.maximum(stated, threshold, out=stated, where=reached)
            below = np.nextafter(threshold, 0.0)
            np.minimum(stated, below, out=stated, where=~reached)
        return stated

    def join_log_odds(self, stated: float) -> float:
        """Return the log odds from which so much, or more, is stated of a join."""
        odds = logit(stated) + self.excess
        for threshold in THRESHOLDS:
            if stated <= threshold:
                odds = min(odds, logit(threshold))
            if stated >= threshold:
                odds = max(odds, logit(threshold))
        return odds

    def of_pairs(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that is stated of the log odds of pairs."""
        return probability(interpolated(log_odds, KNOTS, self._at_knots))

    def pair_log_odds(self, stated: float) -> float:
        """Return the log odds from which so much, or more, is stated of a pair."""
        return float(interpolated(np.array([logit(stated)]), self._at_knots, KNOTS)[0])

    @property
    def _at_knots(self) -> NDArray[np.float64]:
        return np.array(self.pairs) if self.pairs else KNOTS - self.excess


def interpolated(
    values: NDArray[np.float64], given: NDArray[np.float64], to: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where values come to on the line through the points (given, to).

    Both rise; beyond its ends the line has slope 1.
    """
    beyond = np.minimum(values - given[0], 0.0) + np.maximum(values - given[-1], 0.0)
    return np.interp(values, given, to) + beyond
