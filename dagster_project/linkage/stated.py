"""The probability that is stated of log odds.

Belongs here: the one map from a model's log odds to a probability. Does not belong
here: log odds (``weights``, ``pooled``), how a file's surplus is counted (``surplus``).

A model that multiplies its fields takes people who are nearly alike for rarer than they
are, and is too sure of the pairs in doubt: of those it gives even odds one in four is
one person. So what is stated is the odds of the model divided by e^excess,

    excess = .85 + surplus of the file, between 0 and 2.5.

Other files of known truth tell the .85, as in Belin and Rubin (1995), the surplus is
read off each file; docs/decisions/0026 has the figures. The thresholds of linking stand
where the model's own odds reach them, as a false link was always weighed there: what
reaches one is stated as no less than it, and what does not as less.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.score import logit, probability

USUAL_EXCESS, MOST_EXCESS = 0.85, 2.5
"""Nats that doubtful log odds are too high by where a file holds as many pairs in doubt
as its model foresees, and at most."""

THRESHOLDS = (0.95, 0.99)
"""Probabilities that the model's own odds reach: the linkage thresholds of use."""


class Stated(NamedTuple):
    """How a file's log odds are stated; ``surplus`` is that of its model."""

    surplus: float

    @property
    def excess(self) -> float:
        """Return the nats that log odds are stated lower."""
        return float(np.clip(USUAL_EXCESS + self.surplus, 0.0, MOST_EXCESS))

    def probability(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that is stated of the model's log odds."""
        stated = probability(log_odds - self.excess)
        for threshold in THRESHOLDS:
            reached = log_odds >= logit(threshold)
            below = np.minimum(stated, np.nextafter(threshold, 0.0))
            stated = np.where(reached, np.maximum(stated, threshold), below)
        return stated

    def log_odds(self, stated: float) -> float:
        """Return the log odds from which so much, or more, is stated."""
        odds = logit(stated) + self.excess
        for threshold in THRESHOLDS:
            if stated <= threshold:
                odds = min(odds, logit(threshold))
            if stated >= threshold:
                odds = max(odds, logit(threshold))
        return odds
